import type { Contract } from "#sim/factorio/test/contracts/contract";

const LABELLED = `local inv = inv{ blueprint = 1, coal = 1 } local s, c = inv.find_item_stack("blueprint"), inv.find_item_stack("coal")`;

/** LuaItemStack, LuaItem, LuaEquipmentGrid. */
export const itemStackContracts: readonly Contract[] = [
  {
    member: "LuaItemStack.valid",
    says: "Is this object valid?",
    lua: `return inv()[1].valid`,
    gives: [true],
  },
  {
    member: "LuaItemStack.valid_for_read",
    says: "Is this valid for reading?",
    lua: `local i = inv{ coal = 1 } return i[1].valid_for_read, i[2].valid_for_read`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.name",
    says: "Prototype name of the item held in this stack.",
    lua: `return inv{ coal = 1 }[1].name`,
    gives: ["coal"],
  },
  {
    member: "LuaItemStack.type",
    says: "Type of the item prototype.",
    lua: `return inv{ ['firearm-magazine'] = 1 }[1].type`,
    gives: ["ammo"],
  },
  {
    member: "LuaItemStack.count",
    says: "Number of items in this stack.",
    lua: `
      local s = inv{ coal = 5 }[1] s.count = 9
      local nine = s.count s.count = 0
      return nine, s.valid_for_read
    `,
    gives: [9, false],
  },
  {
    member: "LuaItemStack.quality",
    says: "The quality of this item.",
    lua: `local i = inv() i.insert{ name = 'coal', quality = 'legendary' } return i[1].quality.name`,
    gives: ["legendary"],
  },
  {
    member: "LuaItemStack.prototype",
    says: "Prototype of the item held in this stack.",
    lua: `return inv{ coal = 1 }[1].prototype == prototypes.item.coal`,
    gives: [true],
  },
  {
    member: "LuaItemStack.health",
    says: "How much health the item has, as a number in range `[0, 1]`.",
    lua: `
      local s = inv{ ['steel-chest'] = 1 }[1]
      local full = s.health s.health = 0.5
      return full, s.health
    `,
    gives: [1, 0.5],
  },
  {
    member: "LuaItemStack.ammo",
    says: "Number of bullets left in the magazine.",
    lua: `
      local i = inv() i.insert{ name = 'firearm-magazine', count = 2, ammo = 4 }
      return i[1].ammo, inv{ ['firearm-magazine'] = 1 }[1].ammo
    `,
    gives: [4, 10],
  },
  {
    member: "LuaItemStack.durability",
    says: "Durability of the contained item.",
    lua: `
      local i = inv() i.insert{ name = 'repair-pack', durability = 120 }
      return i[1].durability, inv{ ['repair-pack'] = 1 }[1].durability
    `,
    gives: [120, 300],
  },
  {
    member: "LuaItemStack.spoil_tick",
    says: "The tick this item spoils, or `0` if it does not spoil.",
    lua: `
      local s = inv{ nutrients = 1 }[1]
      return s.spoil_tick - game.tick, inv{ coal = 1 }[1].spoil_tick
    `,
    gives: [7200, 0],
  },
  {
    member: "LuaItemStack.spoil_percent",
    says: "The percent spoiled this item is if it spoils.",
    lua: `
      local i = inv() i.insert{ name = 'nutrients', spoil_percent = 0.5 }
      return i[1].spoil_percent, inv{ coal = 1 }[1].spoil_percent
    `,
    gives: [0.5, 0],
  },
  {
    member: "LuaItemStack.tags",
    says: "_Can only be used if this is ItemWithTags_",
    lua: `local i = inv() i[1].set_stack{ name = 'item-with-tags', tags = { a = 1 } } return i[1].tags.a`,
    gives: [1],
  },
  {
    member: "LuaItemStack.item",
    says: "If the item has additional data, returns LuaItem pointing at the extra data, otherwise returns nil.",
    lua: `return inv{ ['light-armor'] = 1 }[1].item ~= nil, inv{ coal = 1 }[1].item == nil`,
    gives: [true, true],
  },
  {
    member: "LuaItemStack.item_number",
    says: "The unique identifier for this item, if any.",
    lua: `return inv{ ['light-armor'] = 1 }[1].item_number > 0, inv{ coal = 1 }[1].item_number == nil`,
    gives: [true, true],
  },
  {
    member: "LuaItemStack.grid",
    says: "The equipment grid of this item, if any.",
    lua: `return inv{ coal = 1 }[1].grid == nil`,
    gives: [true],
  },
  {
    member: "LuaItemStack.is_ammo",
    says: "If this is an ammo item.",
    lua: `return inv{ ['firearm-magazine'] = 1 }[1].is_ammo, inv{ coal = 1 }[1].is_ammo`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_armor",
    says: "If this is an armor item.",
    lua: `return inv{ ['light-armor'] = 1 }[1].is_armor, inv{ coal = 1 }[1].is_armor`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_tool",
    says: "If this is a tool item.",
    lua: `return inv{ coal = 1 }[1].is_tool`,
    gives: [false],
  },
  {
    member: "LuaItemStack.is_repair_tool",
    says: "If this is a repair tool item.",
    lua: `return inv{ ['repair-pack'] = 1 }[1].is_repair_tool`,
    gives: [true],
  },
  {
    member: "LuaItemStack.is_module",
    says: "If this is a module",
    lua: `return inv{ ['speed-module'] = 1 }[1].is_module`,
    gives: [true],
  },
  {
    member: "LuaItemStack.is_blueprint",
    says: "If this is a blueprint item.",
    lua: `return inv{ blueprint = 1 }[1].is_blueprint`,
    gives: [true],
  },
  {
    member: "LuaItemStack.is_item_with_tags",
    says: "If this is an item with tags item.",
    lua: `return inv{ ['item-with-tags'] = 1 }[1].is_item_with_tags`,
    gives: [true],
  },
  {
    member: "LuaItemStack.is_item_with_entity_data",
    says: "If this is an item with entity data item.",
    lua: `return inv{ coal = 1 }[1].is_item_with_entity_data`,
    gives: [false],
  },
  {
    member: "LuaItemStack.clear",
    says: "Clear this item stack.",
    lua: `local s = inv{ coal = 1 }[1] s.clear() return s.valid_for_read`,
    gives: [false],
  },
  {
    member: "LuaItemStack.set_stack",
    says: "Set this item stack to another item stack.",
    lua: `
      local s = inv()[3]
      local ok = s.set_stack{ name = 'coal', count = 500 }
      local n = s.count s.set_stack()
      return ok, n, s.valid_for_read
    `,
    gives: [true, 50, false],
  },
  {
    member: "LuaItemStack.can_set_stack",
    says: "Would a call to LuaItemStack::set_stack succeed?",
    lua: `return inv()[1].can_set_stack('coal')`,
    gives: [true],
  },
  {
    member: "LuaItemStack.drain_ammo",
    says: "Remove ammo from this ammo item.",
    lua: `local s = inv{ ['firearm-magazine'] = 2 }[1] s.drain_ammo(13) return s.count, s.ammo`,
    gives: [1, 7],
  },
  {
    member: "LuaItem.name",
    says: "Name of the item prototype",
    lua: `return inv{ ['light-armor'] = 1 }[1].item.name`,
    gives: ["light-armor"],
  },
  {
    member: "LuaItem.type",
    says: "Type of the item prototype",
    lua: `return inv{ ['light-armor'] = 1 }[1].item.type`,
    gives: ["armor"],
  },
  {
    member: "LuaItem.item_number",
    says: "The unique identifier for this item, if any.",
    lua: `local s = inv{ ['light-armor'] = 1 }[1] return s.item.item_number == s.item_number`,
    gives: [true],
  },
  {
    member: "LuaItem.prototype",
    says: "Item prototype of this item",
    lua: `return inv{ ['light-armor'] = 1 }[1].item.prototype.name`,
    gives: ["light-armor"],
  },
  {
    member: "LuaItem.quality",
    says: "The quality of this item.",
    lua: `return inv{ ['light-armor'] = 1 }[1].item.quality.name`,
    gives: ["normal"],
  },
  {
    member: "LuaItem.valid",
    says: "Is this object valid?",
    lua: `local i = inv{ ['light-armor'] = 1 } local item = i[1].item i.clear() return item.valid`,
    gives: [false],
  },
  {
    member: "LuaEquipmentGrid.width",
    says: "Width of the equipment grid.",
    lua: `return with_grid()[1].grid.width`,
    gives: [5],
  },
  {
    member: "LuaEquipmentGrid.height",
    says: "Height of the equipment grid.",
    lua: `return with_grid()[1].grid.height`,
    gives: [4],
  },
  {
    member: "LuaEquipmentGrid.valid",
    says: "Is this object valid?",
    lua: `return with_grid()[1].grid.valid`,
    gives: [true],
  },
  {
    member: "LuaItemStack.set_blueprint_entity_tag",
    says: "Sets the given tag on the given blueprint entity index in this blueprint item.",
    lua: `
      local seen = listen("on_player_setup_blueprint")
      local held = test.blueprint{ chest() }
      seen[1].stack.set_blueprint_entity_tag(1, "probe", 5)
      return held[1].tags.probe, (pcall(seen[1].stack.set_blueprint_entity_tag, 2, "probe", 5))
    `,
    gives: [5, false],
  },
  {
    member: "LuaItemStack.get_blueprint_entity_tag",
    says: "Gets the given tag on the given blueprint entity index in this blueprint item.",
    lua: `
      local seen = listen("on_player_setup_blueprint") test.blueprint{ chest() }
      local stack = seen[1].stack
      stack.set_blueprint_entity_tag(1, "probe", 5)
      return stack.get_blueprint_entity_tag(1, "probe")
    `,
    gives: [5],
  },
  {
    member: "LuaLazyLoadedValue.get",
    says: "Gets the value of this lazy loaded value.",
    lua: `
      local seen, c = listen("on_player_setup_blueprint"), chest() test.blueprint{ c }
      return seen[1].mapping.get()[1] == c
    `,
    gives: [true],
  },
  {
    member: "LuaLazyLoadedValue.valid",
    says: "Is this object valid?",
    lua: `local seen = listen("on_player_setup_blueprint") test.blueprint{ chest() } return seen[1].mapping.valid`,
    gives: [true],
  },
  {
    member: "LuaItemStack.label",
    says: "The current label for this item, if any.",
    lua: `${LABELLED} local none = s.label == nil s.label = "mine" return none, s.label, (pcall(function() return c.label end))`,
    gives: [true, "mine", false],
  },
  {
    member: "LuaItemStack.label_color",
    says: "The current label color for this item, if any.",
    lua: `${LABELLED} local none = s.label_color == nil s.label_color = { r = 1 } return none, s.label_color.r`,
    gives: [true, 1],
  },
  {
    member: "LuaItemStack.allow_manual_label_change",
    says: "Whether the label for this item can be manually changed.",
    lua: `${LABELLED} local before = s.allow_manual_label_change s.allow_manual_label_change = false return before, s.allow_manual_label_change`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_blueprint_book",
    says: "If this is a blueprint book item.",
    lua: `return inv{ ["blueprint-book"] = 1 }[1].is_blueprint_book, inv{ coal = 1 }[1].is_blueprint_book`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_deconstruction_item",
    says: "If this is a deconstruction tool item.",
    lua: `return inv{ ["deconstruction-planner"] = 1 }[1].is_deconstruction_item, inv{ coal = 1 }[1].is_deconstruction_item`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_upgrade_item",
    says: "If this is a upgrade item.",
    lua: `return inv{ ["upgrade-planner"] = 1 }[1].is_upgrade_item, inv{ coal = 1 }[1].is_upgrade_item`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_selection_tool",
    says: "If this is a selection tool item.",
    lua: `return inv{ ["selection-tool"] = 1 }[1].is_selection_tool, inv{ coal = 1 }[1].is_selection_tool`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.is_item_with_inventory",
    says: "If this is an item with inventory item.",
    lua: "return inv{ coal = 1 }[1].is_item_with_inventory",
    gives: [false],
  },
  {
    member: "LuaItemStack.is_item_with_label",
    says: "If this is an item with label item.",
    lua: `${LABELLED} return s.is_item_with_label, c.is_item_with_label`,
    gives: [true, false],
  },
  {
    member: "LuaItemStack.swap_stack",
    says: "Swaps this item stack with the given item stack if allowed.",
    lua: `local a, b = inv{ coal = 5 }, inv{ wood = 3 } local f = filtered() f.set_filter(1, "stone") return a[1].swap_stack(b[1]), a.get_item_count("wood"), b.get_item_count("coal"), a[1].swap_stack(f[1])`,
    gives: [true, 3, 5, false],
  },
];

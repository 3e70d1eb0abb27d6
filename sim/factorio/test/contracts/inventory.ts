import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaInventory. */
export const inventoryContracts: readonly Contract[] = [
  {
    member: "LuaInventory.insert",
    says: "Insert items into this inventory.",
    lua: `return inv().insert{ name = 'iron-plate', count = 4801 }, inv().insert('coal')`,
    gives: [4800, 1],
  },
  {
    member: "LuaInventory.remove",
    says: "Remove items from this inventory.",
    lua: `
      local i = inv{ coal = 60 }
      return i.remove{ name = 'coal', count = 50 }, i.remove{ name = 'coal', count = 50 }, i.remove('coal')
    `,
    gives: [50, 10, 0],
  },
  {
    member: "LuaInventory.can_insert",
    says: "Can at least some items be inserted?",
    lua: `
      local i = inv{ ['iron-plate'] = 4799 }
      local one = i.can_insert('iron-plate') i.insert('iron-plate')
      return one, i.can_insert('iron-plate')
    `,
    gives: [true, false],
  },
  {
    member: "LuaInventory.clear",
    says: "Clear this inventory of all items so that it becomes empty.",
    lua: `local i = inv{ coal = 1 } i.clear() return i.is_empty()`,
    gives: [true],
  },
  {
    member: "LuaInventory.is_empty",
    says: "Does this inventory contain nothing?",
    lua: `return inv().is_empty(), inv{ coal = 1 }.is_empty()`,
    gives: [true, false],
  },
  {
    member: "LuaInventory.is_full",
    says: "Is every stack in this inventory full?",
    lua: `return inv{ coal = 2400 }.is_full(), inv{ coal = 2399 }.is_full()`,
    gives: [true, false],
  },
  {
    member: "LuaInventory.get_item_count",
    says: "Get the number of all or some items in this inventory.",
    lua: `
      local i = inv{ coal = 3, stone = 4 } i.insert{ name = 'coal', quality = 'rare', count = 9 }
      return i.get_item_count(), i.get_item_count('coal'), i.get_item_count{ name = 'coal', quality = 'rare' }, i.get_item_count(prototypes.item.stone)
    `,
    gives: [16, 3, 9, 4],
  },
  {
    member: "LuaInventory.get_contents",
    says: "Get counts of all items in this inventory.",
    lua: `
      local i = inv{ coal = 51 } i.insert{ name = 'coal', quality = 'epic' }
      local c = i.get_contents()
      return #c, c[1].name, c[1].quality, c[1].count, c[2].quality, c[2].count
    `,
    gives: [2, "coal", "normal", 51, "epic", 1],
  },
  {
    member: "LuaInventory.get_insertable_count",
    says: "Gets the number of the given item that can be inserted into this inventory.",
    lua: `
      local i = inv{ ['iron-plate'] = 4750 }
      return i.get_insertable_count('iron-plate'), i.get_insertable_count('coal')
    `,
    gives: [50, 0],
  },
  {
    member: "LuaInventory.count_empty_stacks",
    says: "Counts the number of empty stacks.",
    lua: `
      local i = inv{ coal = 51 } i.set_bar(11)
      return i.count_empty_stacks(), i.count_empty_stacks(false, false)
    `,
    gives: [46, 8],
  },
  {
    member: "LuaInventory.find_item_stack",
    says: "Finds the first LuaItemStack in the inventory that matches the given item name.",
    lua: `
      local s, n = inv{ coal = 51 }.find_item_stack('coal')
      return s.count, n, (inv().find_item_stack('coal')) == nil
    `,
    gives: [50, 1, true],
  },
  {
    member: "LuaInventory.find_empty_stack",
    says: "Finds the first empty stack.",
    lua: `local s, n = inv{ coal = 51 }.find_empty_stack() return s.valid_for_read, n`,
    gives: [false, 3],
  },
  {
    member: "LuaInventory.sort_and_merge",
    says: "Sorts and merges the items in this inventory.",
    lua: `
      local i = inv() i[5].set_stack{ name = 'coal', count = 20 } i[9].set_stack{ name = 'coal', count = 20 } i.sort_and_merge()
      return i[1].count, i.count_empty_stacks()
    `,
    gives: [40, 47],
  },
  {
    member: "LuaInventory.supports_bar",
    says: "Does this inventory support a bar?",
    lua: `return inv().supports_bar()`,
    gives: [true],
  },
  {
    member: "LuaInventory.get_bar",
    says: "Get the current bar.",
    lua: `local i = inv() i.set_bar(2) return i.get_bar()`,
    gives: [2],
  },
  {
    member: "LuaInventory.set_bar",
    says: "Set the current bar.",
    lua: `
      local i = inv() i.set_bar(2)
      local one = i.insert{ name = 'coal', count = 500 } i.set_bar()
      return one, i.insert{ name = 'stone', count = 500 }
    `,
    gives: [50, 500],
  },
  {
    member: "LuaInventory.supports_filters",
    says: "If this inventory supports filters.",
    lua: `return inv().supports_filters()`,
    gives: [false],
  },
  {
    member: "LuaInventory.get_filter",
    says: "Gets the filter for the given item stack index.",
    lua: `
      local i = filtered() i.set_filter(1, 'coal')
      return i.get_filter(1).name, i.get_filter(2) == nil
    `,
    gives: ["coal", true],
  },
  {
    member: "LuaInventory.set_filter",
    says: "Sets the filter for the given item stack index.",
    lua: `
      local i = filtered()
      local ok = i.set_filter(1, 'coal')
      return ok, i[1].can_set_stack('stone'), i[1].can_set_stack('coal')
    `,
    gives: [true, false, true],
  },
  {
    member: "LuaInventory.index",
    says: "The inventory index this inventory uses, if any.",
    lua: `return inv().index`,
    gives: [1],
  },
  {
    member: "LuaInventory.entity_owner",
    says: "The entity that owns this inventory, if any.",
    lua: `
      local c = chest()
      return c.get_inventory(1).entity_owner == c, game.create_inventory(2).entity_owner == nil
    `,
    gives: [true, true],
  },
  {
    member: "LuaInventory.mod_owner",
    says: "The mod that owns this inventory, if any.",
    lua: `return game.create_inventory(3).mod_owner, inv().mod_owner == nil`,
    gives: ["level", true],
  },
  {
    member: "LuaInventory.destroy",
    says: "Destroys this inventory.",
    lua: `local i = game.create_inventory(3) i.destroy() return i.valid`,
    gives: [false],
  },
  {
    member: "LuaInventory.valid",
    says: "Is this object valid?",
    lua: `local c = chest() local i = c.get_inventory(1) c.destroy() return i.valid`,
    gives: [false],
  },
  {
    member: "LuaInventory.[]",
    says: "The indexing operator.",
    lua: `local i = inv{ coal = 7 } return i[1].count, i[48].valid_for_read`,
    gives: [7, false],
  },
  {
    member: "LuaInventory.length",
    says: "Get the number of slots in this inventory.",
    lua: `return #inv()`,
    gives: [48],
  },
];

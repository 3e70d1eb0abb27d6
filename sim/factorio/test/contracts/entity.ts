import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaEntity. */
export const entityContracts: readonly Contract[] = [
  {
    member: "LuaEntity.name",
    says: "Name of the entity prototype.",
    lua: `return chest().name`,
    gives: ["steel-chest"],
  },
  {
    member: "LuaEntity.type",
    says: "The entity prototype type of this entity.",
    lua: `return requester().type`,
    gives: ["logistic-container"],
  },
  {
    member: "LuaEntity.unit_number",
    says: "A unique number identifying this entity for the lifetime of the save.",
    lua: `local a, b = chest(), chest() return b.unit_number - a.unit_number`,
    gives: [1],
  },
  {
    member: "LuaEntity.valid",
    says: "Is this object valid?",
    lua: `local c = chest() local before = c.valid c.destroy() return before, c.valid`,
    gives: [true, false],
  },
  {
    member: "LuaEntity.localised_name",
    says: "Localised name of the entity.",
    lua: `return chest().localised_name[1]`,
    gives: ["entity-name.steel-chest"],
  },
  {
    member: "LuaEntity.ghost_name",
    says: "Name of the entity or tile contained in this ghost.",
    lua: `return create{ name = 'entity-ghost', inner_name = 'steel-chest' }.ghost_name`,
    gives: ["steel-chest"],
  },
  {
    member: "LuaEntity.prototype",
    says: "The entity prototype of this entity.",
    lua: `return chest().prototype == prototypes.entity['steel-chest']`,
    gives: [true],
  },
  {
    member: "LuaEntity.quality",
    says: "The quality of this entity.",
    lua: `return create{ name = 'steel-chest', quality = 'rare' }.quality.name, chest().quality.name`,
    gives: ["rare", "normal"],
  },
  {
    member: "LuaEntity.position",
    says: "The current position of the entity.",
    lua: `local p = create{ name = 'steel-chest', position = { 7.2, -3.9 } }.position return p.x, p.y`,
    gives: [7.5, -3.5],
  },
  {
    member: "LuaEntity.direction",
    says: "The current direction this entity is facing.",
    lua: `
      local c = create{ name = 'constant-combinator', direction = defines.direction.east }
      local d = c.direction c.direction = defines.direction.south
      return d, c.direction
    `,
    gives: [4, 8],
  },
  {
    member: "LuaEntity.surface",
    says: "The surface this entity is currently on.",
    lua: `return chest().surface == game.surfaces.nauvis`,
    gives: [true],
  },
  {
    member: "LuaEntity.surface_index",
    says: "Unique index (ID) associated with the surface this entity is currently on.",
    lua: `return chest().surface_index`,
    gives: [1],
  },
  {
    member: "LuaEntity.force",
    says: "The force of this entity.",
    lua: `local c = chest() local before = c.force.name c.force = 'enemy' return before, c.force.name`,
    gives: ["player", "enemy"],
  },
  {
    member: "LuaEntity.force_index",
    says: "Unique index (ID) associated with the force of this entity.",
    lua: `return chest().force_index`,
    gives: [1],
  },
  {
    member: "LuaEntity.health",
    says: "The current health of the entity, if any.",
    lua: `local c = chest() c.health = 12 return c.health`,
    gives: [12],
  },
  {
    member: "LuaEntity.max_health",
    says: "Max health of this entity.",
    lua: `return chest().max_health`,
    gives: [350],
  },
  {
    member: "LuaEntity.get_health_ratio",
    says: "The health ratio of this entity between 1 and 0 (for full health and no health respectively).",
    lua: `local c = chest() c.health = 175 return c.get_health_ratio()`,
    gives: [0.5],
  },
  {
    member: "LuaEntity.minable",
    says: "Not minable entities can still be destroyed.",
    lua: `local c = chest() local before = c.minable c.minable_flag = false return before, c.minable`,
    gives: [true, false],
  },
  {
    member: "LuaEntity.minable_flag",
    says: "Script controlled flag that allows entity to be mined.",
    lua: `local c = chest() c.minable_flag = false return c.minable_flag`,
    gives: [false],
  },
  {
    member: "LuaEntity.destructible",
    says: "If set to `false`, this entity can't be damaged and won't be attacked automatically.",
    lua: `local c = chest() c.destructible = false return c.destructible`,
    gives: [false],
  },
  {
    member: "LuaEntity.rotatable",
    says: "When entity is not to be rotatable (inserter, transport belt etc), it can't be rotated by player using the R key.",
    lua: `local c = chest() c.rotatable = false return c.rotatable`,
    gives: [false],
  },
  {
    member: "LuaEntity.operable",
    says: "Player can't open gui of this entity and he can't quick insert/input stuff in to the entity when it is not operable.",
    lua: `local c = chest() c.operable = false return c.operable`,
    gives: [false],
  },
  {
    member: "LuaEntity.active",
    says: "A deactivated entity will stop all of its operations (car will stop moving, inserters will stop working, fish will stop moving, etc).",
    lua: `local c = chest() local before = c.active c.disabled_by_script = true return before, c.active`,
    gives: [true, false],
  },
  {
    member: "LuaEntity.disabled_by_script",
    says: "If the updatable entity is disabled by script.",
    lua: `local c = chest() c.disabled_by_script = true return c.disabled_by_script`,
    gives: [true],
  },
  {
    member: "LuaEntity.custom_status",
    says: "A custom status for this entity that will be displayed in the GUI.",
    lua: `
      local c = chest() c.custom_status = { diode = defines.entity_status_diode.red, label = { 'x' } }
      local s = c.custom_status c.custom_status = nil
      return s.diode == defines.entity_status_diode.red, s.label[1], c.custom_status == nil
    `,
    gives: [true, "x", true],
  },
  {
    member: "LuaEntity.bounding_box",
    says: "LuaEntityPrototype::collision_box around entity's given position and respecting the current entity orientation.",
    lua: `
      local b = create{ name = 'steel-chest', position = { 3, 3 } }.bounding_box
      return b.left_top.x <= 3.5, b.right_bottom.y >= 3.5
    `,
    gives: [true, true],
  },
  {
    member: "LuaEntity.gps_tag",
    says: "Returns a rich text string containing this entity's position and surface name as a gps tag.",
    lua: `return create{ name = 'steel-chest', position = { 1, 2 } }.gps_tag`,
    gives: ["[gps=1.5,2.5,nauvis]"],
  },
  {
    member: "LuaEntity.last_user",
    says: "The last player that changed any setting on this entity.",
    lua: `
      return test.build{ name = 'steel-chest', position = { 0, 0 } }.last_user.name, chest().last_user == nil
    `,
    gives: ["engineer", true],
  },
  {
    member: "LuaEntity.link_id",
    says: "The link ID this linked container is using.",
    lua: `local c = create{ name = 'linked-chest' } c.link_id = 5 return c.link_id`,
    gives: [5],
  },
  {
    member: "LuaEntity.energy",
    says: "Energy stored in the entity's energy buffer (energy stored in electrical devices etc.).",
    lua: `local a = create{ name = 'accumulator' } a.energy = 9e9 return a.energy, chest().energy`,
    gives: [5000000, 0],
  },
  {
    member: "LuaEntity.electric_buffer_size",
    says: "The buffer size for the electric energy source.",
    lua: `
      local e = create{ name = 'electric-energy-interface' } e.electric_buffer_size = 100
      return e.electric_buffer_size, chest().electric_buffer_size == nil
    `,
    gives: [100, true],
  },
  {
    member: "LuaEntity.fluids_count",
    says: "Returns count of fluid storages.",
    lua: `return tank().fluids_count, chest().fluids_count`,
    gives: [1, 0],
  },
  {
    member: "LuaEntity.add_fluid",
    says: "Adds the given fluid to the entity's given fluid storage if possible.",
    lua: `
      local t = tank()
      local first = t.add_fluid(1, { name = 'water', amount = 30000 })
      return first, t.add_fluid(1, { name = 'steam', amount = 1 })
    `,
    gives: [25000, 0],
  },
  {
    member: "LuaEntity.insert_fluid",
    says: "Insert fluid into this entity. Fluidbox is chosen automatically.",
    lua: `
      local t = tank()
      return t.insert_fluid{ name = 'water', amount = 30000 }, t.insert_fluid{ name = 'steam', amount = 1 }, t.get_fluid(1).amount
    `,
    gives: [25000, 0, 25000],
  },
  {
    member: "LuaEntity.get_fluid",
    says: "Gets the fluid in the entity's given fluid storage if one exists.",
    lua: `
      local t = tank()
      local none = t.get_fluid(1) t.add_fluid(1, { name = 'water', amount = 10, temperature = 20 }) t.add_fluid(1, { name = 'water', amount = 10, temperature = 40 })
      local f = t.get_fluid(1)
      return none == nil, f.name, f.amount, f.temperature
    `,
    gives: [true, "water", 20, 30],
  },
  {
    member: "LuaEntity.set_fluid",
    says: "Sets the fluid in the entity's given fluid storage to the provided fluid if possible.",
    lua: `
      local t = tank()
      return t.set_fluid(1, { name = 'steam', amount = 5.5, temperature = 165 }), t.get_fluid(1).temperature
    `,
    gives: [5.5, 165],
  },
  {
    member: "LuaEntity.remove_fluid",
    says: "Removes the given fluid amount from the entity's given fluid storage if possible.",
    lua: `
      local t = tank() t.add_fluid(1, { name = 'water', amount = 10 })
      local r = t.remove_fluid(1, 50)
      return r.amount, t.get_fluid(1) == nil
    `,
    gives: [10, true],
  },
  {
    member: "LuaEntity.clear_fluid",
    says: "Removes all fluid from the entity's given fluid storage if possible.",
    lua: `
      local t = tank() t.add_fluid(1, { name = 'water', amount = 10 })
      return t.clear_fluid(1).amount, t.get_fluid(1) == nil
    `,
    gives: [10, true],
  },
  {
    member: "LuaEntity.get_fluid_capacity",
    says: "Gets the maximum capacity of the entity's given fluid storage.",
    lua: `return tank().get_fluid_capacity(1)`,
    gives: [25000],
  },
  {
    member: "LuaEntity.get_fluid_contents",
    says: "Get amounts of all fluids in this entity.",
    lua: `
      local t = tank() t.add_fluid(1, { name = 'water', amount = 10 })
      return t.get_fluid_contents().water
    `,
    gives: [10],
  },
  {
    member: "LuaEntity.get_inventory",
    says: "Get an inventory belonging to this entity.",
    lua: `
      local c = chest()
      return #c.get_inventory(defines.inventory.chest), c.get_inventory(defines.inventory.character_main) == nil
    `,
    gives: [48, true],
  },
  {
    member: "LuaEntity.get_output_inventory",
    says: "Gets the entity's output inventory if it has one.",
    lua: `return chest().get_output_inventory() == nil, #tostring(chest().get_output_inventory()) > 0`,
    gives: [false, true],
  },
  {
    member: "LuaEntity.insert",
    says: "Insert items into this entity.",
    lua: `return chest().insert{ name = 'iron-plate', count = 5000 }`,
    gives: [4800],
  },
  {
    member: "LuaEntity.can_insert",
    says: "Can at least some items be inserted?",
    lua: `
      local c = chest()
      local before = c.can_insert('coal') c.insert{ name = 'iron-plate', count = 4800 }
      return before, c.can_insert('coal')
    `,
    gives: [true, false],
  },
  {
    member: "LuaEntity.remove_item",
    says: "Remove items from this entity.",
    lua: `
      local c = chest() c.insert{ name = 'coal', count = 3 }
      return c.remove_item{ name = 'coal', count = 10 }
    `,
    gives: [3],
  },
  {
    member: "LuaEntity.has_items_inside",
    says: "Does this entity have any item inside it?",
    lua: `
      local c = chest()
      local before = c.has_items_inside() c.insert('coal')
      return before, c.has_items_inside()
    `,
    gives: [false, true],
  },
  {
    member: "LuaEntity.clear_items_inside",
    says: "Remove all items from this entity.",
    lua: `local c = chest() c.insert('coal') c.clear_items_inside() return c.has_items_inside()`,
    gives: [false],
  },
  {
    member: "LuaEntity.destroy",
    says: "Destroys the entity.",
    lua: `
      local c = chest()
      local seen = listen('script_raised_destroy') c.destroy{ raise_destroy = true }
      return #seen, c.valid
    `,
    gives: [1, false],
  },
  {
    member: "LuaEntity.die",
    says: "Immediately kills the entity.",
    lua: `local c = chest() local seen = listen('on_entity_died') c.die() return #seen, c.valid`,
    gives: [1, false],
  },
  {
    member: "LuaEntity.clone",
    says: "Clones this entity.",
    lua: `
      local c = requester() c.get_requester_point().get_section(1).set_slot(1, want('coal', 5))
      local seen = listen('on_entity_cloned')
      local d = c.clone{ position = { 90, 90 } }
      return #seen, d.position.x, d.get_requester_point().get_section(1).get_slot(1).min, d ~= c
    `,
    gives: [1, 90.5, 5, true],
  },
  {
    member: "LuaEntity.copy_settings",
    says: "Copies settings from the given entity onto this entity.",
    lua: `
      local a, b = requester(), requester() a.get_requester_point().get_section(1).set_slot(2, want('coal', 7)) b.copy_settings(a)
      return b.get_requester_point().get_section(1).get_slot(2).min
    `,
    gives: [7],
  },
  {
    member: "LuaEntity.to_be_deconstructed",
    says: "Is this entity marked for deconstruction?",
    lua: `return chest().to_be_deconstructed()`,
    gives: [false],
  },
  {
    member: "LuaEntity.is_player",
    says: "When `true` control adapter is a LuaPlayer object, `false` for entities including characters with players.",
    lua: `return chest().is_player()`,
    gives: [false],
  },
  {
    member: "LuaEntity.request_from_buffers",
    says: "Whether this requester chest is set to also request from buffer chests.",
    lua: `local c = requester() c.request_from_buffers = true return c.request_from_buffers`,
    gives: [true],
  },
  {
    member: "LuaEntity.get_requester_point",
    says: "Gets the requester logistic point for this entity if it has one.",
    lua: `
      return requester().get_requester_point() ~= nil, chest().get_requester_point() == nil, create{ name = 'storage-chest' }.get_requester_point() == nil
    `,
    gives: [true, true, true],
  },
  {
    member: "LuaEntity.get_logistic_point",
    says: "Gets all the `LuaLogisticPoint`s that this entity owns.",
    lua: `
      local c, i = requester(), defines.logistic_member_index.logistic_container
      return c.get_logistic_point(i) == c.get_requester_point(), c.get_logistic_point()[i] == c.get_requester_point(), chest().get_logistic_point(i) == nil
    `,
    gives: [true, true, true],
  },
  {
    member: "LuaEntity.get_logistic_sections",
    says: "Gives logistic sections of this entity if it uses logistic sections.",
    lua: `
      return requester().get_logistic_sections().sections_count, chest().get_logistic_sections() == nil
    `,
    gives: [1, true],
  },
  {
    member: "LuaEntity.get_control_behavior",
    says: "Gets the control behavior of the entity (if any).",
    lua: `return combinator().get_control_behavior() == nil, chest().get_control_behavior() == nil`,
    gives: [true, true],
  },
  {
    member: "LuaEntity.get_or_create_control_behavior",
    says: "Gets (and or creates if needed) the control behavior of the entity.",
    lua: `
      local c = combinator()
      return c.get_or_create_control_behavior() ~= nil, c.get_control_behavior() ~= nil
    `,
    gives: [true, true],
  },
];

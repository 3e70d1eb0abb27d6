import type { Contract } from "#sim/factorio/test/contracts/contract";

/** What LuaEntity has for inserters. */
export const inserterContracts: readonly Contract[] = [
  {
    member: "LuaEntity.pickup_position",
    says: "Inserters must have `allow_custom_vectors` set to true on their prototype to allow changing the pickup position.",
    lua: `
      local _, arm = line()
      local p, at = arm.position, arm.pickup_position
      arm.direction = defines.direction.east
      local turned = arm.pickup_position
      return at.x - p.x, at.y - p.y, turned.x - p.x, turned.y - p.y, (pcall(function() arm.pickup_position = p end))
    `,
    gives: [0, -1, 1, 0, false],
  },
  {
    member: "LuaEntity.drop_position",
    says: "Position where the entity puts its stuff.",
    lua: `
      local _, arm = line("long-handed-inserter")
      local p, at = arm.position, arm.drop_position
      return at.x - p.x, math.floor((at.y - p.y) * 10 + 0.5)
    `,
    gives: [0, 22],
  },
  {
    member: "LuaEntity.pickup_target",
    says: "writing to this attribute allows a mod to choose which one to pick up items from.",
    lua: `
      local from, arm = line()
      local first = arm.pickup_target == from
      local other = create{ name = "iron-chest", position = from.position }
      local still = arm.pickup_target == from
      arm.pickup_target = other
      local chosen = arm.pickup_target == other
      other.destroy()
      local back = arm.pickup_target == from
      from.destroy()
      return first, still, chosen, back, arm.pickup_target == nil
    `,
    gives: [true, true, true, true, true],
  },
  {
    member: "LuaEntity.drop_target",
    says: "The entity this entity is putting its items to. If there are multiple possible entities at the drop-off point, writing to this attribute allows a mod to choose which one to drop off items to.",
    lua: `
      local _, arm, to = line()
      local first = arm.drop_target == to
      arm.drop_target = create{ name = "iron-chest", position = to.position }
      return first, arm.drop_target.name
    `,
    gives: [true, "iron-chest"],
  },
  {
    member: "LuaEntity.held_stack",
    says: "The item stack currently held in an inserter's hand.",
    lua: `
      local from, arm = line()
      from.insert{ name = "coal", count = 2 } run(1)
      return arm.held_stack.name, arm.held_stack.count, from.get_item_count("coal")
    `,
    gives: ["coal", 1, 1],
  },
  {
    member: "LuaEntity.held_stack_position",
    says: `Current position of the inserter's "hand".`,
    lua: `
      local from, arm = line()
      local function at() return math.floor((arm.held_stack_position.y - arm.position.y) * 10 + 0.5) end
      local rest = at()
      from.insert{ name = "coal" } run(1)
      run(18)
      local half = at()
      run(18)
      return rest, half, at()
    `,
    gives: [-10, 1, 12],
  },
  {
    member: "LuaEntity.inserter_filter_mode",
    says: "The filter mode for this filter inserter.",
    lua: `
      local from, arm = line()
      local before = arm.inserter_filter_mode
      arm.use_filters = true arm.set_filter(1, "coal") arm.inserter_filter_mode = "blacklist"
      from.insert{ name = "coal" } from.insert{ name = "stone" } run(1)
      return before, arm.inserter_filter_mode, arm.held_stack.name
    `,
    gives: ["whitelist", "blacklist", "stone"],
  },
  {
    member: "LuaEntity.inserter_stack_size_override",
    says: "Set to `0` to reset.",
    lua: `
      local from, arm = line()
      arm.inserter_stack_size_override = 3
      from.insert{ name = "coal", count = 5 } run(1)
      local held, set = arm.held_stack.count, arm.inserter_stack_size_override
      arm.inserter_stack_size_override = 0
      run(72)
      return held, set, arm.held_stack.count
    `,
    gives: [3, 3, 1],
  },
  {
    member: "LuaEntity.inserter_target_pickup_count",
    says: "Returns the current target pickup count of the inserter.",
    lua: `
      local _, arm = line()
      local before = arm.inserter_target_pickup_count
      arm.inserter_stack_size_override = 4
      return before, arm.inserter_target_pickup_count
    `,
    gives: [1, 4],
  },
  {
    member: "LuaEntity.use_filters",
    says: "If set to 'true', this inserter will use filtering logic.",
    lua: `
      local from, arm = line()
      arm.set_filter(1, "coal")
      from.insert{ name = "stone" } run(1)
      local without = arm.held_stack.valid_for_read
      run(80)
      arm.use_filters = true
      from.insert{ name = "stone" } run(1)
      return without, arm.use_filters, arm.held_stack.valid_for_read
    `,
    gives: [true, true, false],
  },
  {
    member: "LuaEntity.filter_slot_count",
    says: "0 if not one of those entities.",
    lua: `local _, arm = line() return arm.filter_slot_count, chest().filter_slot_count`,
    gives: [5, 0],
  },
  {
    member: "LuaEntity.get_filter",
    says: "The filter, or `nil` if the given slot has no filter.",
    lua: `
      local _, arm = line()
      arm.set_filter(2, { name = "coal", quality = "rare" })
      local filter = arm.get_filter(2)
      return filter.name, filter.quality, filter.comparator, arm.get_filter(1) == nil, (pcall(arm.get_filter, 6))
    `,
    gives: ["coal", "rare", "=", true, false],
  },
  {
    member: "LuaEntity.set_filter",
    says: "The item or entity to filter, or `nil` to clear the filter.",
    lua: `
      local _, arm = line()
      arm.set_filter(1, "coal")
      local name = arm.get_filter(1).name
      arm.set_filter(1, nil)
      return name, arm.get_filter(1) == nil, (pcall(chest().set_filter, 1, "coal"))
    `,
    gives: ["coal", true, false],
  },
];

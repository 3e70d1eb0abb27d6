import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaLogisticPoint, LuaLogisticSections, LuaLogisticSection, LuaConstantCombinatorControlBehavior. */
export const logisticContracts: readonly Contract[] = [
  {
    member: "LuaLogisticPoint.add_section",
    says: "Adds a new logistic section to this logistic point if possible.",
    lua: `local p = requester().get_requester_point() return p.add_section().index, p.sections_count`,
    gives: [2, 2],
  },
  {
    member: "LuaLogisticPoint.remove_section",
    says: "Removes the given logistic section if possible.",
    lua: `
      local p = requester().get_requester_point()
      local s = p.add_section()
      return p.remove_section(1), s.index, p.remove_section(7)
    `,
    gives: [true, 1, false],
  },
  {
    member: "LuaLogisticPoint.get_section",
    says: "Gets section on the selected index, if it exists",
    lua: `
      local p = requester().get_requester_point()
      return p.get_section(1).index, p.get_section(2) == nil
    `,
    gives: [1, true],
  },
  {
    member: "LuaLogisticPoint.sections",
    says: "All logistic sections of this logistic point.",
    lua: `return #requester().get_requester_point().sections`,
    gives: [1],
  },
  {
    member: "LuaLogisticPoint.sections_count",
    says: "Amount of logistic sections this logistic point has.",
    lua: `return requester().get_requester_point().sections_count`,
    gives: [1],
  },
  {
    member: "LuaLogisticPoint.owner",
    says: "The LuaEntity owner of this LuaLogisticPoint.",
    lua: `local c = requester() return c.get_requester_point().owner == c`,
    gives: [true],
  },
  {
    member: "LuaLogisticPoint.mode",
    says: "The logistic mode.",
    lua: `
      return requester().get_requester_point().mode == defines.logistic_mode.requester, create{ name = 'buffer-chest' }.get_requester_point().mode == defines.logistic_mode.buffer
    `,
    gives: [true, true],
  },
  {
    member: "LuaLogisticPoint.logistic_member_index",
    says: "The Logistic member index of this logistic point.",
    lua: `
      return requester().get_requester_point().logistic_member_index == defines.logistic_member_index.logistic_container
    `,
    gives: [true],
  },
  {
    member: "LuaLogisticPoint.force",
    says: "The force of this logistic point.",
    lua: `return requester().get_requester_point().force.name`,
    gives: ["player"],
  },
  {
    member: "LuaLogisticPoint.enabled",
    says: "Whether this logistic point is active, related to disabling logistics on player/spidertron.",
    lua: `
      local p = requester().get_requester_point()
      local before = p.enabled p.enabled = false
      return before, p.enabled
    `,
    gives: [true, false],
  },
  {
    member: "LuaLogisticPoint.trash_not_requested",
    says: "Whether this logistic point is set to trash unrequested items.",
    lua: `
      local p = requester().get_requester_point() p.trash_not_requested = true
      return p.trash_not_requested
    `,
    gives: [true],
  },
  {
    member: "LuaLogisticPoint.exact",
    says: "If this logistic point is using the exact mode.",
    lua: `return requester().get_requester_point().exact`,
    gives: [false],
  },
  {
    member: "LuaLogisticPoint.filters",
    says: "The logistic filters for this logistic point, if this uses any.",
    lua: `
      local p = requester().get_requester_point() p.get_section(1).set_slot(3, want('coal', 5))
      local s = p.add_section() s.set_slot(1, want('coal', 2)) s.multiplier = 4
      local f = p.filters s.active = false
      return #f, f[1].name, f[1].type, f[1].quality, f[1].comparator, f[1].index, f[1].count, p.filters[1].count
    `,
    gives: [1, "coal", "item", "normal", "=", 1, 13, 5],
  },
  {
    member: "LuaLogisticPoint.valid",
    says: "Is this object valid?",
    lua: `local c = requester() local p = c.get_requester_point() c.destroy() return p.valid`,
    gives: [false],
  },
  {
    member: "LuaLogisticSections.add_section",
    says: "Adds a new logistic section if possible.",
    lua: `return requester().get_logistic_sections().add_section().index`,
    gives: [2],
  },
  {
    member: "LuaLogisticSections.remove_section",
    says: "Removes the given logistic section if possible.",
    lua: `local s = requester().get_logistic_sections() return s.remove_section(1), s.sections_count`,
    gives: [true, 0],
  },
  {
    member: "LuaLogisticSections.get_section",
    says: "Gets section on the selected index, if it exists.",
    lua: `
      local s = requester().get_logistic_sections()
      return s.get_section(1).index, s.get_section(2) == nil
    `,
    gives: [1, true],
  },
  {
    member: "LuaLogisticSections.sections",
    says: "All logistic sections of this entity.",
    lua: `return #requester().get_logistic_sections().sections`,
    gives: [1],
  },
  {
    member: "LuaLogisticSections.sections_count",
    says: "Amount of logistic sections this entity has.",
    lua: `return requester().get_logistic_sections().sections_count`,
    gives: [1],
  },
  {
    member: "LuaLogisticSections.valid",
    says: "Is this object valid?",
    lua: `return requester().get_logistic_sections().valid`,
    gives: [true],
  },
  {
    member: "LuaLogisticSection.set_slot",
    says: "Sets logistic request and auto-trash slot to the given value.",
    lua: `
      local s = requester().get_requester_point().get_section(1)
      local seen = listen('on_entity_logistic_slot_changed')
      local first = s.set_slot(1, want('coal', 5))
      return first == nil, s.set_slot(2, want('coal', 9)), #seen, seen[1].slot_index
    `,
    gives: [true, 1, 1, 1],
  },
  {
    member: "LuaLogisticSection.get_slot",
    says: "Gets current settings of logistic request and auto-trash from the given slot.",
    lua: `
      local s = requester().get_requester_point().get_section(1) s.set_slot(1, { value = { type = 'item', name = 'coal', quality = 'rare' }, min = 5, max = 9 })
      local f = s.get_slot(1)
      return f.value.name, f.value.quality, f.value.comparator, f.min, f.max, next(s.get_slot(2)) == nil
    `,
    gives: ["coal", "rare", "=", 5, 9, true],
  },
  {
    member: "LuaLogisticSection.clear_slot",
    says: "Clears the logistic request and auto-trash from the given slot.",
    lua: `
      local s = requester().get_requester_point().get_section(1) s.set_slot(1, want('coal', 5)) s.clear_slot(1)
      return next(s.get_slot(1)) == nil
    `,
    gives: [true],
  },
  {
    member: "LuaLogisticSection.filters",
    says: "The logistic filters for this section.",
    lua: `
      local s = requester().get_requester_point().get_section(1) s.filters = { want('coal', 1), want('stone', 2) }
      return #s.filters, s.filters[2].value.name, s.filters[2].min
    `,
    gives: [2, "stone", 2],
  },
  {
    member: "LuaLogisticSection.filters_count",
    says: "Amount of filters this section has",
    lua: `
      local s = requester().get_requester_point().get_section(1) s.set_slot(1, want('coal', 1))
      return s.filters_count
    `,
    gives: [1],
  },
  {
    member: "LuaLogisticSection.owner",
    says: "The LuaEntity owner of this LuaLogisticSection.",
    lua: `local c = requester() return c.get_requester_point().get_section(1).owner == c`,
    gives: [true],
  },
  {
    member: "LuaLogisticSection.index",
    says: "The section index of this section.",
    lua: `return requester().get_requester_point().get_section(1).index`,
    gives: [1],
  },
  {
    member: "LuaLogisticSection.group",
    says: "The group this section belongs to.",
    lua: `
      local a, b = requester().get_requester_point(), requester().get_requester_point()
      local one, none = a.get_section(1), a.get_section(1).group
      one.set_slot(1, want("coal", 5)) one.group = "shared"
      local other = b.add_section("shared") local joined = other.get_slot(1).min
      other.set_slot(1, want("coal", 7)) local seen = one.get_slot(1).min
      other.group = "" other.set_slot(1, want("coal", 9))
      return none, joined, seen, one.get_slot(1).min, one.group
    `,
    gives: ["", 5, 7, 7, "shared"],
  },
  {
    member: "LuaLogisticSection.type",
    says: "The type of this logistic section.",
    lua: `
      return requester().get_requester_point().get_section(1).type == defines.logistic_section_type.manual
    `,
    gives: [true],
  },
  {
    member: "LuaLogisticSection.is_manual",
    says: "Shortcut to check whether LuaLogisticSection::type is equal to manual.",
    lua: `return requester().get_requester_point().get_section(1).is_manual`,
    gives: [true],
  },
  {
    member: "LuaLogisticSection.active",
    says: "Whether this section is active.",
    lua: `
      local s = requester().get_requester_point().get_section(1)
      local before = s.active s.active = false
      return before, s.active
    `,
    gives: [true, false],
  },
  {
    member: "LuaLogisticSection.multiplier",
    says: "Multiplier applied to all filters before they are used by game.",
    lua: `
      local s = requester().get_requester_point().get_section(1)
      local before = s.multiplier s.multiplier = 2.5
      return before, s.multiplier
    `,
    gives: [1, 2.5],
  },
  {
    member: "LuaLogisticSection.valid",
    says: "Is this object valid?",
    lua: `
      local p = requester().get_requester_point()
      local s = p.add_section() p.remove_section(2)
      return s.valid
    `,
    gives: [false],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.add_section",
    says: "Adds a new logistic section to this constant combinator if possible.",
    lua: `return behavior().add_section().index`,
    gives: [2],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.remove_section",
    says: "Removes the given logistic section if possible.",
    lua: `local b = behavior() return b.remove_section(1), b.sections_count`,
    gives: [true, 0],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.get_section",
    says: "Gets section on the selected index, if it exists.",
    lua: `
      local b = behavior() b.get_section(1).set_slot(1, want('coal', -3))
      return b.get_section(1).get_slot(1).min, b.get_section(2) == nil
    `,
    gives: [-3, true],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.sections",
    says: "All logistic sections of this constant combinator.",
    lua: `return #behavior().sections`,
    gives: [1],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.sections_count",
    says: "Amount of logistic sections this constant combinator has.",
    lua: `return behavior().sections_count`,
    gives: [1],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.enabled",
    says: "Turns this constant combinator on and off.",
    lua: `local b = behavior() local before = b.enabled b.enabled = false return before, b.enabled`,
    gives: [true, false],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.entity",
    says: "The entity this control behavior belongs to.",
    lua: `return behavior().entity.name`,
    gives: ["constant-combinator"],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.type",
    says: "The concrete type of this control behavior.",
    lua: `return behavior().type == defines.control_behavior.type.constant_combinator`,
    gives: [true],
  },
  {
    member: "LuaConstantCombinatorControlBehavior.valid",
    says: "Is this object valid?",
    lua: `return behavior().valid`,
    gives: [true],
  },
];

import type { Contract } from "#sim/factorio/test/contracts/contract";

const fitting = (call: string): string =>
  `local names = {} for name in pairs(prototypes.${call}) do names[#names + 1] = name end table.sort(names) return table.concat(names, " ")`;

/** `prototypes`: what fits filters, and which mod made or changed a prototype. */
export const prototypeFiltersContracts: readonly Contract[] = [
  {
    member: "LuaPrototypes.get_achievement_filtered",
    says: "Returns a dictionary of all LuaAchievementPrototypes that fit the given filters.",
    lua: fitting(`get_achievement_filtered{ { filter = "name", name = "minions" } }`),
    gives: ["minions"],
  },
  {
    member: "LuaPrototypes.get_decorative_filtered",
    says: "Returns a dictionary of all LuaDecorativePrototypes that fit the given filters.",
    lua: fitting(`get_decorative_filtered{ { filter = "name", name = "brown-asterisk" } }`),
    gives: ["brown-asterisk"],
  },
  {
    member: "LuaPrototypes.get_entity_filtered",
    says: "Returns a dictionary of all LuaEntityPrototypes that fit the given filters.",
    lua: fitting(
      `get_entity_filtered{ { filter = "type", type = "lab" }, { filter = "name", name = { "wooden-chest", "coal" } } }`,
    ),
    gives: ["coal lab wooden-chest"],
  },
  {
    member: "LuaPrototypes.get_equipment_filtered",
    says: "Returns a dictionary of all LuaEquipmentPrototypes that fit the given filters.",
    lua: fitting(`get_equipment_filtered{ { filter = "type", type = "battery-equipment" } }`),
    gives: ["battery-equipment"],
  },
  {
    member: "LuaPrototypes.get_fluid_filtered",
    says: "Returns a dictionary of all LuaFluidPrototypes that fit the given filters.",
    lua: fitting(
      `get_fluid_filtered{ { filter = "subgroup", subgroup = "fluid" }, { mode = "and", filter = "name", name = { "water", "steam" } } }`,
    ),
    gives: ["steam water"],
  },
  {
    member: "LuaPrototypes.get_item_filtered",
    says: "Returns a dictionary of all LuaItemPrototypes that fit the given filters.",
    lua: fitting(
      `get_item_filtered{ { filter = "place-result", elem_filters = { { filter = "type", type = "lab" } } }, { filter = "fuel-value", comparison = ">", value = 50000000 } }`,
    ),
    gives: ["lab rocket-fuel"],
  },
  {
    member: "LuaPrototypes.get_mod_setting_filtered",
    says: "Returns a dictionary of all LuaModSettingPrototypes that fit the given filters.",
    lua: fitting(`get_mod_setting_filtered{ { filter = "setting-type", type = "runtime-per-user" } }`),
    gives: ["probe-user"],
  },
  {
    member: "LuaPrototypes.get_recipe_filtered",
    says: "Returns a dictionary of all LuaRecipePrototypes that fit the given filters.",
    lua: fitting(
      `get_recipe_filtered{ { filter = "has-ingredient-item", elem_filters = { { filter = "name", name = "wood" } } } }`,
    ),
    gives: ["wooden-chest"],
  },
  {
    member: "LuaPrototypes.get_technology_filtered",
    says: "Returns a dictionary of all LuaTechnologyPrototypes that fit the given filters.",
    lua: fitting(
      `get_technology_filtered{ { filter = "unlocks-recipe", elem_filters = { { filter = "name", name = "accumulator" } } } }`,
    ),
    gives: ["electric-energy-accumulators"],
  },
  {
    member: "LuaPrototypes.get_tile_filtered",
    says: "Returns a dictionary of all LuaTilePrototypes that fit the given filters.",
    lua: fitting(
      `get_tile_filtered{ { filter = "name", name = "water", invert = true }, { mode = "and", filter = "name", name = { "water", "concrete" } } }`,
    ),
    gives: ["concrete"],
  },
  {
    member: "LuaPrototypes.get_history",
    says: "Gets the prototype history for the given type and name.",
    lua: `local h = prototypes.get_history("container", "probe-filtered-chest") return h.created, #h.changed, prototypes.get_history("item", "coal").created, (pcall(prototypes.get_history, "item", "no-such"))`,
    gives: ["probe", 0, "base", false],
  },
];

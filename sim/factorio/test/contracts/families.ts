import type { Contract } from "#sim/factorio/test/contracts/contract";

/** An example of each family: its class, how `prototypes` calls it, a prototype of it and that one's type. */
const FAMILIES: readonly (readonly [className: string, attribute: string, name: string, type: string])[] = [
  ["LuaAchievementPrototype", "achievement", "minions", "achievement"],
  ["LuaAirbornePollutantPrototype", "airborne_pollutant", "pollution", "airborne-pollutant"],
  ["LuaAmmoCategoryPrototype", "ammo_category", "bullet", "ammo-category"],
  ["LuaAutoplaceControlPrototype", "autoplace_control", "iron-ore", "autoplace-control"],
  ["LuaCollisionLayerPrototype", "collision_layer", "floor", "collision-layer"],
  ["LuaCustomInputPrototype", "custom_input", "probe-input", "custom-input"],
  ["LuaDamagePrototype", "damage", "fire", "damage-type"],
  ["LuaDecorativePrototype", "decorative", "brown-asterisk", "optimized-decorative"],
  ["LuaEquipmentCategoryPrototype", "equipment_category", "armor", "equipment-category"],
  ["LuaEquipmentGridPrototype", "equipment_grid", "small-equipment-grid", "equipment-grid"],
  ["LuaEquipmentPrototype", "equipment", "battery-equipment", "battery-equipment"],
  ["LuaFuelCategoryPrototype", "fuel_category", "chemical", "fuel-category"],
  ["LuaModData", "mod_data", "probe-data", "mod-data"],
  ["LuaModSettingPrototype", "mod_setting", "probe-startup", "int-setting"],
  ["LuaModuleCategoryPrototype", "module_category", "speed", "module-category"],
  ["LuaRecipeCategoryPrototype", "recipe_category", "smelting", "recipe-category"],
  ["LuaResourceCategoryPrototype", "resource_category", "basic-solid", "resource-category"],
  ["LuaShortcutPrototype", "shortcut", "probe-shortcut", "shortcut"],
  ["LuaSurfacePropertyPrototype", "surface_property", "gravity", "surface-property"],
  ["LuaTilePrototype", "tile", "concrete", "tile"],
  ["LuaTrivialSmokePrototype", "trivial_smoke", "smoke-fast", "trivial-smoke"],
];

const member = (className: string, attribute: string, name: string, says: string, key: string, value: unknown) => ({
  member: `${className}.${key}`,
  says,
  lua: `local p = prototypes.${attribute}["${name}"] return p.${key}`,
  gives: [value],
});

const everyPrototype = FAMILIES.flatMap(([className, attribute, name, type]): Contract[] => {
  const row = (key: string, says: string, value: unknown) => member(className, attribute, name, says, key, value);
  const kind = attribute === "damage" ? "damage-type" : attribute.replaceAll("_", "-");
  const text = (key: "name" | "description", section = `${kind}-${key}`) => ({
    member: `${className}.localised_${key}`,
    says: "",
    lua: `return prototypes.${attribute}["${name}"].localised_${key}[1]`,
    gives: [`${section}.${name}`],
  });
  const controls = attribute === "custom_input";
  return [
    row("name", "Name of this prototype.", name),
    row("type", "Type of this prototype.", type),
    row("order", "The string used to alphabetically sort these prototypes.", ""),
    row("hidden", "", false),
    row("hidden_in_factoriopedia", "", false),
    row("parameter", "", false),
    row("valid", "Is this object valid?", true),
    text("name", controls ? "controls" : undefined),
    text("description", controls ? "controls-description" : undefined),
    {
      member: `LuaPrototypes.${attribute}`,
      says: attribute === "surface_property" ? "" : `A dictionary containing every ${className} indexed by \`name\`.`,
      lua: `local n = 0 for name in pairs(prototypes.${attribute}) do if name == "${name}" then n = n + 1 end end return n`,
      gives: [1],
    },
  ];
});

/** Where players find a prototype: what has no subgroup of its own is among the others. */
const GROUPED: readonly (readonly [className: string, prototype: string, subgroup: string, group: string])[] = [
  ...FAMILIES.map(([className, attribute, name]) => [className, `${attribute}["${name}"]`, "other", "other"] as const),
  ["LuaAsteroidChunkPrototype", 'asteroid_chunk["probe-chunk"]', "other", "other"],
  ["LuaCustomEventPrototype", 'custom_event["probe-event"]', "other", "other"],
  ["LuaSpaceLocationPrototype", 'space_location["probe-moon"]', "other", "other"],
  ["LuaVirtualSignalPrototype", 'virtual_signal["signal-A"]', "other", "other"],
  ["LuaQualityPrototype", "quality.rare", "other", "other"],
  ["LuaEntityPrototype", 'entity["steel-chest"]', "storage", "logistics"],
  ["LuaFluidPrototype", "fluid.water", "fluid", "intermediate-products"],
  ["LuaItemPrototype", 'item["iron-plate"]', "raw-material", "intermediate-products"],
  ["LuaRecipePrototype", 'recipe["iron-stick"]', "intermediate-product", "intermediate-products"],
  ["LuaTechnologyPrototype", "technology.logistics", "other", "other"],
];

const grouped = GROUPED.flatMap(([className, prototype, subgroup, group]): Contract[] => [
  {
    member: `${className}.subgroup`,
    says: "Subgroup of this prototype.",
    lua: `return prototypes.${prototype}.subgroup.name`,
    gives: [subgroup],
  },
  {
    member: `${className}.group`,
    says: "Group of this prototype.",
    lua: `return prototypes.${prototype}.group.name`,
    gives: [group],
  },
]);

const alsoHidden = GROUPED.slice(FAMILIES.length).map(
  ([className, prototype]): Contract => ({
    member: `${className}.hidden_in_factoriopedia`,
    says: "",
    lua: `return prototypes.${prototype}.hidden_in_factoriopedia`,
    gives: [false],
  }),
);

/** Fields of the families, and groups. */
export const familiesContracts: readonly Contract[] = [...everyPrototype, ...grouped, ...alsoHidden];

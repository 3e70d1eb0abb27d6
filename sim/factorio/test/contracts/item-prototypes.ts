import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaPrototypes, LuaCustomTable, LuaItemPrototype, LuaFluidPrototype, LuaQualityPrototype. */
export const itemPrototypesContracts: readonly Contract[] = [
  {
    member: "LuaPrototypes.item",
    says: "A dictionary containing every LuaItemPrototype indexed by `name`.",
    lua: `
      local n = 0 for name, p in pairs(prototypes.item) do n = n + 1 assert(p.name == name) end
      return prototypes.item.coal.name, prototypes.item['no-such'] == nil, n == #prototypes.item
    `,
    gives: ["coal", true, true],
  },
  {
    member: "LuaPrototypes.fluid",
    says: "A dictionary containing every LuaFluidPrototype indexed by `name`.",
    lua: `return prototypes.fluid.water.name`,
    gives: ["water"],
  },
  {
    member: "LuaPrototypes.entity",
    says: "A dictionary containing every LuaEntityPrototype indexed by `name`.",
    lua: `return prototypes.entity['steel-chest'].name`,
    gives: ["steel-chest"],
  },
  {
    member: "LuaPrototypes.quality",
    says: "",
    lua: `return prototypes.quality.rare.name`,
    gives: ["rare"],
  },
  {
    member: "LuaPrototypes.recipe",
    says: "A dictionary containing every LuaRecipePrototype indexed by `name`.",
    lua: `return prototypes.recipe['iron-plate'].name`,
    gives: ["iron-plate"],
  },
  {
    member: "LuaPrototypes.technology",
    says: "A dictionary containing every LuaTechnologyPrototype indexed by `name`.",
    lua: `return prototypes.technology.logistics.name`,
    gives: ["logistics"],
  },
  {
    member: "LuaItemPrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.item.coal.name`,
    gives: ["coal"],
  },
  {
    member: "LuaItemPrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.item.coal.type`,
    gives: ["item"],
  },
  {
    member: "LuaItemPrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.item.coal.order`,
    gives: ["b[coal]"],
  },
  {
    member: "LuaItemPrototype.hidden",
    says: "",
    lua: `return prototypes.item.coal.hidden`,
    gives: [false],
  },
  {
    member: "LuaItemPrototype.parameter",
    says: "",
    lua: `return prototypes.item.coal.parameter`,
    gives: [false],
  },
  {
    member: "LuaItemPrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.item.coal.valid`,
    gives: [true],
  },
  {
    member: "LuaItemPrototype.localised_name",
    says: "",
    lua: `return prototypes.item.coal.localised_name[1]`,
    gives: ["item-name.coal"],
  },
  {
    member: "LuaItemPrototype.localised_description",
    says: "",
    lua: `return prototypes.item.coal.localised_description[1]`,
    gives: ["item-description.coal"],
  },
  {
    member: "LuaItemPrototype.stack_size",
    says: "Maximum stack size of the item specified by this prototype.",
    lua: `return prototypes.item.coal.stack_size`,
    gives: [50],
  },
  {
    member: "LuaItemPrototype.stackable",
    says: "Is this item allowed to stack at all?",
    lua: `return prototypes.item.coal.stackable, prototypes.item.blueprint.stackable`,
    gives: [true, false],
  },
  {
    member: "LuaItemPrototype.place_result",
    says: "Prototype of the entity that will be created by placing this item, if any.",
    lua: `
      return prototypes.item['steel-chest'].place_result.name, prototypes.item.coal.place_result == nil
    `,
    gives: ["steel-chest", true],
  },
  {
    member: "LuaItemPrototype.fuel_value",
    says: "Fuel value when burned.",
    lua: `return prototypes.item.coal.fuel_value`,
    gives: [4000000],
  },
  {
    member: "LuaItemPrototype.fuel_category",
    says: "The fuel category, if any.",
    lua: `return prototypes.item.coal.fuel_category, prototypes.item.stone.fuel_category == nil`,
    gives: ["chemical", true],
  },
  {
    member: "LuaItemPrototype.magazine_size",
    says: "Size of full magazine.",
    lua: `return prototypes.item['firearm-magazine'].magazine_size`,
    gives: [10],
  },
  {
    member: "LuaItemPrototype.spoil_result",
    says: "The spoil result of this item, if any",
    lua: `return prototypes.item.nutrients.spoil_result.name, prototypes.item.coal.spoil_result == nil`,
    gives: ["spoilage", true],
  },
  {
    member: "LuaItemPrototype.flags",
    says: "The flags for this item prototype.",
    lua: `return prototypes.item.blueprint.flags.spawnable, prototypes.item.coal.flags.spawnable == nil`,
    gives: [true, true],
  },
  {
    member: "LuaItemPrototype.weight",
    says: "Weight of this item.",
    lua: `return prototypes.item.coal.weight > 0`,
    gives: [true],
  },
  {
    member: "LuaItemPrototype.has_flag",
    says: "Test whether this item prototype has a certain flag set.",
    lua: `
      return prototypes.item.blueprint.has_flag('spawnable'), prototypes.item.coal.has_flag('spawnable')
    `,
    gives: [true, false],
  },
  {
    member: "LuaItemPrototype.get_spoil_ticks",
    says: "The number of ticks before this item spoils, or `0` if it does not spoil.",
    lua: `
      return prototypes.item.nutrients.get_spoil_ticks(), prototypes.item.nutrients.get_spoil_ticks('uncommon'), prototypes.item.coal.get_spoil_ticks()
    `,
    gives: [7200, 9360, 0],
  },
  {
    member: "LuaItemPrototype.get_durability",
    says: "The durability of this tool item prototype.",
    lua: `
      return prototypes.item['repair-pack'].get_durability(), prototypes.item['repair-pack'].get_durability('rare')
    `,
    gives: [300, 900],
  },
  {
    member: "LuaItemPrototype.get_inventory_size",
    says: "The main inventory size for item-with-inventory-prototype.",
    lua: `return prototypes.item.coal.get_inventory_size() == nil`,
    gives: [true],
  },
  {
    member: "LuaFluidPrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.fluid.water.name`,
    gives: ["water"],
  },
  {
    member: "LuaFluidPrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.fluid.water.type`,
    gives: ["fluid"],
  },
  {
    member: "LuaFluidPrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.fluid.water.order`,
    gives: ["a[fluid]-a[water]"],
  },
  {
    member: "LuaFluidPrototype.hidden",
    says: "",
    lua: `return prototypes.fluid.water.hidden`,
    gives: [false],
  },
  {
    member: "LuaFluidPrototype.parameter",
    says: "",
    lua: `return prototypes.fluid.water.parameter`,
    gives: [false],
  },
  {
    member: "LuaFluidPrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.fluid.water.valid`,
    gives: [true],
  },
  {
    member: "LuaFluidPrototype.localised_name",
    says: "",
    lua: `return prototypes.fluid.water.localised_name[1]`,
    gives: ["fluid-name.water"],
  },
  {
    member: "LuaFluidPrototype.localised_description",
    says: "",
    lua: `return prototypes.fluid.water.localised_description[1]`,
    gives: ["fluid-description.water"],
  },
  {
    member: "LuaFluidPrototype.default_temperature",
    says: "Default temperature of this fluid.",
    lua: `return prototypes.fluid.water.default_temperature`,
    gives: [15],
  },
  {
    member: "LuaFluidPrototype.max_temperature",
    says: "Maximum temperature this fluid can reach.",
    lua: `return prototypes.fluid.steam.max_temperature, prototypes.fluid['crude-oil'].max_temperature`,
    gives: [5000, 25],
  },
  {
    member: "LuaFluidPrototype.heat_capacity",
    says: "The amount of energy in Joules required to heat one unit of this fluid by 1°C.",
    lua: `return prototypes.fluid.water.heat_capacity`,
    gives: [2000],
  },
  {
    member: "LuaFluidPrototype.gas_temperature",
    says: "The temperature above which this fluid will be shown as gaseous inside tanks and pipes.",
    lua: `return prototypes.fluid.steam.gas_temperature`,
    gives: [15],
  },
  {
    member: "LuaFluidPrototype.fuel_value",
    says: "The amount of energy in Joules one unit of this fluid will produce when burnt in a generator.",
    lua: `return prototypes.fluid.water.fuel_value`,
    gives: [0],
  },
  {
    member: "LuaQualityPrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.quality.rare.name`,
    gives: ["rare"],
  },
  {
    member: "LuaQualityPrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.quality.rare.type`,
    gives: ["quality"],
  },
  {
    member: "LuaQualityPrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.quality.rare.order`,
    gives: ["c"],
  },
  {
    member: "LuaQualityPrototype.hidden",
    says: "",
    lua: `return prototypes.quality.rare.hidden`,
    gives: [false],
  },
  {
    member: "LuaQualityPrototype.parameter",
    says: "",
    lua: `return prototypes.quality.rare.parameter`,
    gives: [false],
  },
  {
    member: "LuaQualityPrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.quality.rare.valid`,
    gives: [true],
  },
  {
    member: "LuaQualityPrototype.localised_name",
    says: "",
    lua: `return prototypes.quality.rare.localised_name[1]`,
    gives: ["quality-name.rare"],
  },
  {
    member: "LuaQualityPrototype.localised_description",
    says: "",
    lua: `return prototypes.quality.rare.localised_description[1]`,
    gives: ["quality-description.rare"],
  },
  {
    member: "LuaQualityPrototype.level",
    says: "Level basically specifies the stat-increasing value of this quality level.",
    lua: `return prototypes.quality.normal.level, prototypes.quality.legendary.level`,
    gives: [0, 5],
  },
  {
    member: "LuaQualityPrototype.next",
    says: "The next higher level of the quality",
    lua: `return prototypes.quality.normal.next.name`,
    gives: ["uncommon"],
  },
  {
    member: "LuaQualityPrototype.color",
    says: "The color of the prototype",
    lua: `return #prototypes.quality.rare.color`,
    gives: [3],
  },
  {
    member: "LuaQualityPrototype.default_multiplier",
    says: "",
    lua: `
      return prototypes.quality.normal.default_multiplier, prototypes.quality.legendary.default_multiplier
    `,
    gives: [1, 2.5],
  },
  {
    member: "LuaQualityPrototype.inventory_size_multiplier",
    says: "",
    lua: `
      return prototypes.quality.legendary.inventory_size_multiplier, #create{ name = 'steel-chest', quality = 'legendary' }.get_inventory(1)
    `,
    gives: [2.5, 120],
  },
  {
    member: "LuaQualityPrototype.spoil_ticks_multiplier",
    says: "",
    lua: `return prototypes.quality.uncommon.spoil_ticks_multiplier`,
    gives: [1.3],
  },
  {
    member: "LuaCustomTable.[]",
    says: "",
    lua: `return prototypes.item.coal.name, game.surfaces[1].name, game.surfaces.nauvis.index`,
    gives: ["coal", "nauvis", 1],
  },
  {
    member: "LuaCustomTable.length",
    says: "",
    lua: `return #prototypes.quality, #game.forces`,
    gives: [5, 3],
  },
  {
    member: "LuaCustomTable.valid",
    says: "",
    lua: `return prototypes.item.valid`,
    gives: [true],
  },
];

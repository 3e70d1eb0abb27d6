import type { Contract } from "#sim/factorio/test/contracts/contract";

/** LuaEntityPrototype, LuaTechnologyPrototype, LuaRecipePrototype. */
export const otherPrototypesContracts: readonly Contract[] = [
  {
    member: "LuaEntityPrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.entity['steel-chest'].name`,
    gives: ["steel-chest"],
  },
  {
    member: "LuaEntityPrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.entity['steel-chest'].type`,
    gives: ["container"],
  },
  {
    member: "LuaEntityPrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.entity['steel-chest'].order`,
    gives: [""],
  },
  {
    member: "LuaEntityPrototype.hidden",
    says: "",
    lua: `return prototypes.entity['steel-chest'].hidden`,
    gives: [false],
  },
  {
    member: "LuaEntityPrototype.parameter",
    says: "",
    lua: `return prototypes.entity['steel-chest'].parameter`,
    gives: [false],
  },
  {
    member: "LuaEntityPrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.entity['steel-chest'].valid`,
    gives: [true],
  },
  {
    member: "LuaEntityPrototype.localised_name",
    says: "",
    lua: `return prototypes.entity['steel-chest'].localised_name[1]`,
    gives: ["entity-name.steel-chest"],
  },
  {
    member: "LuaEntityPrototype.localised_description",
    says: "",
    lua: `return prototypes.entity['steel-chest'].localised_description[1]`,
    gives: ["entity-description.steel-chest"],
  },
  {
    member: "LuaEntityPrototype.fluid_capacity",
    says: "The fluid capacity of this entity or 0 if this entity doesn't support fluids.",
    lua: `return prototypes.entity['storage-tank'].fluid_capacity`,
    gives: [25000],
  },
  {
    member: "LuaEntityPrototype.get_fluid_capacity",
    says: "Gets the fluid capacity of this entity or 0 if this entity doesn't support fluids.",
    lua: `return prototypes.entity['storage-tank'].get_fluid_capacity()`,
    gives: [25000],
  },
  {
    member: "LuaEntityPrototype.logistic_mode",
    says: "The logistic mode of this logistic container.",
    lua: `
      return prototypes.entity['requester-chest'].logistic_mode, prototypes.entity['steel-chest'].logistic_mode == nil
    `,
    gives: ["requester", true],
  },
  {
    member: "LuaEntityPrototype.mineable_properties",
    says: "Whether this entity is minable and what can be obtained by mining it.",
    lua: `
      local m = prototypes.entity['steel-chest'].mineable_properties
      return m.minable, m.products[1].name
    `,
    gives: [true, "steel-chest"],
  },
  {
    member: "LuaEntityPrototype.items_to_place_this",
    says: "Items that when placed will produce this entity, if any.",
    lua: `
      return prototypes.entity['steel-chest'].items_to_place_this[1].name, prototypes.entity.character.items_to_place_this == nil
    `,
    gives: ["steel-chest", true],
  },
  {
    member: "LuaEntityPrototype.get_inventory_size",
    says: "Gets the base size of the given inventory on this entity or `nil` if the given inventory doesn't exist.",
    lua: `
      local p = prototypes.entity['steel-chest']
      return p.get_inventory_size(defines.inventory.chest), p.get_inventory_size(defines.inventory.chest, 'rare'), p.get_inventory_size(defines.inventory.fuel) == nil
    `,
    gives: [48, 76, true],
  },
  {
    member: "LuaEntityPrototype.get_max_health",
    says: "Max health of this entity.",
    lua: `return prototypes.entity['steel-chest'].get_max_health()`,
    gives: [350],
  },
  {
    member: "LuaEntityPrototype.has_flag",
    says: "Test whether this entity prototype has a certain flag set.",
    lua: `
      return prototypes.entity['steel-chest'].has_flag('player-creation'), prototypes.entity['steel-chest'].has_flag('not-on-map')
    `,
    gives: [true, false],
  },
  {
    member: "LuaTechnologyPrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.technology.logistics.name`,
    gives: ["logistics"],
  },
  {
    member: "LuaTechnologyPrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.technology.logistics.type`,
    gives: ["technology"],
  },
  {
    member: "LuaTechnologyPrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.technology.logistics.order`,
    gives: [""],
  },
  {
    member: "LuaTechnologyPrototype.hidden",
    says: "",
    lua: `return prototypes.technology.logistics.hidden`,
    gives: [false],
  },
  {
    member: "LuaTechnologyPrototype.parameter",
    says: "",
    lua: `return prototypes.technology.logistics.parameter`,
    gives: [false],
  },
  {
    member: "LuaTechnologyPrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.technology.logistics.valid`,
    gives: [true],
  },
  {
    member: "LuaTechnologyPrototype.localised_name",
    says: "",
    lua: `return prototypes.technology.logistics.localised_name[1]`,
    gives: ["technology-name.logistics"],
  },
  {
    member: "LuaTechnologyPrototype.localised_description",
    says: "",
    lua: `return prototypes.technology.logistics.localised_description[1]`,
    gives: ["technology-description.logistics"],
  },
  {
    member: "LuaTechnologyPrototype.enabled",
    says: "If this technology prototype is enabled by default (enabled at the beginning of a game).",
    lua: `return prototypes.technology.logistics.enabled`,
    gives: [true],
  },
  {
    member: "LuaTechnologyPrototype.level",
    says: "The level of this research.",
    lua: `return prototypes.technology.logistics.level`,
    gives: [1],
  },
  {
    member: "LuaTechnologyPrototype.max_level",
    says: "The max level of this research.",
    lua: `return prototypes.technology.logistics.max_level`,
    gives: [1],
  },
  {
    member: "LuaTechnologyPrototype.prerequisites",
    says: "Prerequisites of this technology.",
    lua: `return prototypes.technology['logistic-system'].prerequisites['logistic-robotics'].name`,
    gives: ["logistic-robotics"],
  },
  {
    member: "LuaTechnologyPrototype.effects",
    says: "Effects applied when this technology is researched.",
    lua: `local e = prototypes.technology['steel-processing'].effects[1] return e.type, e.recipe`,
    gives: ["unlock-recipe", "steel-plate"],
  },
  {
    member: "LuaRecipePrototype.name",
    says: "Name of this prototype.",
    lua: `return prototypes.recipe['iron-stick'].name`,
    gives: ["iron-stick"],
  },
  {
    member: "LuaRecipePrototype.type",
    says: "Type of this prototype.",
    lua: `return prototypes.recipe['iron-stick'].type`,
    gives: ["recipe"],
  },
  {
    member: "LuaRecipePrototype.order",
    says: "The string used to alphabetically sort these prototypes.",
    lua: `return prototypes.recipe['iron-stick'].order`,
    gives: [""],
  },
  {
    member: "LuaRecipePrototype.hidden",
    says: "",
    lua: `return prototypes.recipe['iron-stick'].hidden`,
    gives: [false],
  },
  {
    member: "LuaRecipePrototype.parameter",
    says: "",
    lua: `return prototypes.recipe['iron-stick'].parameter`,
    gives: [false],
  },
  {
    member: "LuaRecipePrototype.valid",
    says: "Is this object valid?",
    lua: `return prototypes.recipe['iron-stick'].valid`,
    gives: [true],
  },
  {
    member: "LuaRecipePrototype.localised_name",
    says: "",
    lua: `return prototypes.recipe['iron-stick'].localised_name[1]`,
    gives: ["recipe-name.iron-stick"],
  },
  {
    member: "LuaRecipePrototype.localised_description",
    says: "",
    lua: `return prototypes.recipe['iron-stick'].localised_description[1]`,
    gives: ["recipe-description.iron-stick"],
  },
  {
    member: "LuaRecipePrototype.enabled",
    says: "If this recipe prototype is enabled by default (enabled at the beginning of a game).",
    lua: `return prototypes.recipe['iron-stick'].enabled, prototypes.recipe['steel-plate'].enabled`,
    gives: [true, false],
  },
  {
    member: "LuaRecipePrototype.ingredients",
    says: "The ingredients to this recipe.",
    lua: `local i = prototypes.recipe['steel-plate'].ingredients[1] return i.type, i.name, i.amount`,
    gives: ["item", "iron-plate", 5],
  },
  {
    member: "LuaRecipePrototype.products",
    says: "The results/products of this recipe.",
    lua: `local p = prototypes.recipe['iron-stick'].products[1] return p.name, p.amount`,
    gives: ["iron-stick", 2],
  },
  {
    member: "LuaRecipePrototype.energy",
    says: "Energy required to execute this recipe.",
    lua: `return prototypes.recipe['steel-plate'].energy, prototypes.recipe['iron-stick'].energy`,
    gives: [16, 0.5],
  },
];

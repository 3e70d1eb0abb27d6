// One technology unlocks the chests, one each what needs the machines of a later one.
import type { PrototypeData } from "factorio:common";
import type { TechnologyPrototype } from "factorio:prototype";
import {
  circuit_technology,
  clock_combinator,
  energy_technology,
  export_accumulator,
  export_chest,
  export_tank,
  fluid_technology,
  import_accumulator,
  import_chest,
  import_tank,
  inventory_combinator,
  receiver,
  signal_technology,
  technology,
  transmitter,
} from "./names";

declare const data: PrototypeData;

interface Step {
  name: string;
  /** The base technology whose picture it has. */
  like: string;
  prerequisites: string[];
  recipes: string[];
}

function technologyOf({ name, like, prerequisites, recipes }: Step): TechnologyPrototype {
  const effects: { type: "unlock-recipe"; recipe: string }[] = [];
  for (const recipe of recipes) effects.push({ type: "unlock-recipe", recipe });
  const { icon, icon_size } = data.raw.technology[like]!;
  return {
    type: "technology",
    name,
    icons: [{ icon: icon!, icon_size: icon_size!, tint: { r: 1, g: 0.8, b: 0.55, a: 1 } }],
    prerequisites,
    effects,
    unit: {
      count: 100,
      time: 15,
      ingredients: [
        ["automation-science-pack", 1],
        ["logistic-science-pack", 1],
      ],
    },
  };
}

export function clusterTechnologies(): TechnologyPrototype[] {
  return [
    technologyOf({
      name: technology,
      like: "circuit-network",
      prerequisites: ["logistic-science-pack", "steel-processing"],
      recipes: [export_chest, import_chest],
    }),
    technologyOf({
      name: fluid_technology,
      like: "fluid-handling",
      prerequisites: [technology, "fluid-handling"],
      recipes: [export_tank, import_tank],
    }),
    technologyOf({
      name: circuit_technology,
      like: "circuit-network",
      prerequisites: [technology, "circuit-network"],
      recipes: [clock_combinator],
    }),
    technologyOf({
      name: signal_technology,
      like: "circuit-network",
      prerequisites: [circuit_technology],
      recipes: [transmitter, receiver, inventory_combinator],
    }),
    technologyOf({
      name: energy_technology,
      like: "electric-energy-accumulators",
      prerequisites: [technology, "electric-energy-accumulators"],
      recipes: [export_accumulator, import_accumulator],
    }),
  ];
}

// One technology unlocks both chests.
import type { TechnologyPrototype } from "factorio:prototype";
import { export_chest, import_chest, technology } from "./names";

export function clusterTechnology(): TechnologyPrototype {
  return {
    type: "technology",
    name: technology,
    icons: [
      {
        icon: "__base__/graphics/technology/circuit-network.png",
        icon_size: 256,
        tint: { r: 1, g: 0.8, b: 0.55, a: 1 },
      },
    ],
    prerequisites: ["logistic-science-pack", "steel-processing"],
    effects: [
      { type: "unlock-recipe", recipe: export_chest },
      { type: "unlock-recipe", recipe: import_chest },
    ],
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

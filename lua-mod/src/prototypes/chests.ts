// The two chests: copies of base ones with other names, colours and recipes.

import type { PrototypeData } from "factorio:common";
import type {
  Color,
  ContainerPrototype,
  ItemPrototype,
  LogisticContainerPrototype,
  RecipePrototype,
} from "factorio:prototype";
import { lidOf } from "compat";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";
import { export_chest, import_chest } from "./names";
import { tintLayers } from "./tint";

declare const data: PrototypeData;

const export_tint: Color = { r: 1, g: 0.62, b: 0.25, a: 1 };
const import_tint: Color = { r: 0.35, g: 0.9, b: 0.75, a: 1 };
const slots = 48;

function become(chest: ContainerPrototype | LogisticContainerPrototype, name: string, tint: Color): void {
  chest.name = name;
  chest.icons = [{ icon: chest.icon!, tint }];
  chest.icon = undefined;
  chest.minable = { mining_time: 0.2, result: name };
  chest.inventory_size = slots;
  chest.next_upgrade = undefined;
  chest.fast_replaceable_group = undefined;
  tintLayers(chest.picture, tint);
}

export function exportChest(): ContainerPrototype {
  const chest = util.table.deepcopy(data.raw.container["steel-chest"]!);
  become(chest, export_chest, export_tint);
  return chest;
}

export function importChest(): LogisticContainerPrototype {
  const chest = util.table.deepcopy(data.raw["logistic-container"]["requester-chest"]!);
  become(chest, import_chest, import_tint);
  tintLayers(lidOf(chest), import_tint);
  chest.logistic_mode = "requester";
  chest.render_not_in_network_icon = false; // it is served by the cluster, with or without robots
  return chest;
}

function chestItem(base: ItemPrototype, name: string, tint: Color): ItemPrototype {
  const item = util.table.deepcopy(base);
  item.name = name;
  item.place_result = name;
  item.icons = [{ icon: base.icon!, tint }];
  item.icon = undefined;
  item.subgroup = "storage";
  item.order = `z[${name}]`;
  item.color_hint = undefined;
  return item;
}

export function chestItems(): ItemPrototype[] {
  const items = data.raw.item;
  return [
    chestItem(items["steel-chest"]!, export_chest, export_tint),
    chestItem(items["requester-chest"]!, import_chest, import_tint),
  ];
}

function chestRecipe(name: string): RecipePrototype {
  return {
    type: "recipe",
    name,
    enabled: false,
    ingredients: [
      { type: "item", name: "steel-chest", amount: 1 },
      { type: "item", name: "electronic-circuit", amount: 10 },
    ],
    results: [{ type: "item", name, amount: 1 }],
  };
}

export function chestRecipes(): RecipePrototype[] {
  return [chestRecipe(export_chest), chestRecipe(import_chest)];
}

// The two chests: copies of base ones with other names, colours and recipes.

import type { PrototypeData } from "factorio:common";
import type {
  ContainerPrototype,
  ItemPrototype,
  LogisticContainerPrototype,
  RecipePrototype,
} from "factorio:prototype";
import { lidOf } from "compat";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";
import { become, copyItem, export_tint, import_tint, recipeFrom } from "./copies";
import { export_chest, import_chest } from "./names";
import { tintLayers } from "./tint";

declare const data: PrototypeData;

const slots = 48;

export function exportChest(): ContainerPrototype {
  const chest = util.table.deepcopy(data.raw.container["steel-chest"]!);
  become(chest, export_chest, export_tint);
  chest.inventory_size = slots;
  tintLayers(chest.picture, export_tint);
  return chest;
}

export function importChest(): LogisticContainerPrototype {
  const chest = util.table.deepcopy(data.raw["logistic-container"]["requester-chest"]!);
  become(chest, import_chest, import_tint);
  chest.inventory_size = slots;
  tintLayers(chest.picture, import_tint);
  tintLayers(lidOf(chest), import_tint);
  chest.logistic_mode = "requester";
  chest.render_not_in_network_icon = false; // it is served by the cluster, with or without robots
  return chest;
}

export function chestItems(): ItemPrototype[] {
  const items = data.raw.item;
  const chests = [
    copyItem(items["steel-chest"]!, export_chest, export_tint),
    copyItem(items["requester-chest"]!, import_chest, import_tint),
  ];
  for (const chest of chests) chest.subgroup = "storage";
  return chests;
}

export function chestRecipes(): RecipePrototype[] {
  return [recipeFrom("steel-chest", export_chest), recipeFrom("steel-chest", import_chest)];
}

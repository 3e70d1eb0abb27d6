// How a base prototype becomes one of ours.
import type {
  AccumulatorPrototype,
  Color,
  ConstantCombinatorPrototype,
  ContainerPrototype,
  ItemPrototype,
  LogisticContainerPrototype,
  RecipePrototype,
  StorageTankPrototype,
} from "factorio:prototype";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";

export const export_tint: Color = { r: 1, g: 0.62, b: 0.25, a: 1 };
export const storage_tint: Color = { r: 0.5, g: 0.7, b: 1, a: 1 };
export const import_tint: Color = { r: 0.35, g: 0.9, b: 0.75, a: 1 };

type Copied =
  | ContainerPrototype
  | LogisticContainerPrototype
  | StorageTankPrototype
  | AccumulatorPrototype
  | ConstantCombinatorPrototype;

/** Another name, a coloured icon, mined into itself, and out of every upgrade path. */
export function become(entity: Copied, name: string, tint: Color): void {
  entity.name = name;
  entity.icons = [{ icon: entity.icon!, tint }];
  entity.icon = undefined;
  entity.minable = { mining_time: 0.2, result: name };
  entity.next_upgrade = undefined;
  entity.fast_replaceable_group = undefined;
}

export function copyItem(base: ItemPrototype, name: string, tint: Color): ItemPrototype {
  const item = util.table.deepcopy(base);
  item.name = name;
  item.place_result = name;
  item.icons = [{ icon: base.icon!, tint }];
  item.icon = undefined;
  item.order = `z[${name}]`;
  item.color_hint = undefined;
  return item;
}

export function recipeFrom(base: string, name: string): RecipePrototype {
  return {
    type: "recipe",
    name,
    enabled: false,
    ingredients: [
      { type: "item", name: base, amount: 1 },
      { type: "item", name: "electronic-circuit", amount: 10 },
    ],
    results: [{ type: "item", name, amount: 1 }],
  };
}

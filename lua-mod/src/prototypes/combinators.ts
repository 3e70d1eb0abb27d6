// The combinators: constant combinators that the mod writes or reads, and the signals that it brings.
import type { PrototypeData } from "factorio:common";
import type {
  Color,
  ConstantCombinatorPrototype,
  ItemPrototype,
  RecipePrototype,
  VirtualSignalPrototype,
} from "factorio:prototype";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";
import { become, copyItem, export_tint, import_tint, recipeFrom, storage_tint } from "./copies";
import { clock_combinator, energy_signal, inventory_combinator, receiver, time_signal, transmitter } from "./names";
import { tintLayers } from "./tint";

declare const data: PrototypeData;

const base = "constant-combinator";

const tints: [name: string, tint: Color][] = [
  [clock_combinator, import_tint],
  [transmitter, export_tint],
  [receiver, import_tint],
  [inventory_combinator, storage_tint],
];

export function combinators(): ConstantCombinatorPrototype[] {
  const copies: ConstantCombinatorPrototype[] = [];
  for (const [name, tint] of tints) {
    const copy = util.table.deepcopy(data.raw[base][base]!);
    become(copy, name, tint);
    tintLayers(copy.sprites, tint);
    copies.push(copy);
  }
  return copies;
}

function signal(like: string, name: string, order: string): VirtualSignalPrototype {
  const copy = util.table.deepcopy(data.raw["virtual-signal"][like]!);
  copy.name = name;
  copy.icons = [{ icon: copy.icon!, tint: import_tint }];
  copy.icon = undefined;
  copy.order = order;
  return copy;
}

export function ourSignals(): VirtualSignalPrototype[] {
  return [
    signal("signal-T", time_signal, "z[clusterio]-a[unixtime]"),
    signal("signal-E", energy_signal, "z[clusterio]-b[energy]"),
  ];
}

export function combinatorItems(): ItemPrototype[] {
  const items: ItemPrototype[] = [];
  for (const [name, tint] of tints) items.push(copyItem(data.raw.item[base]!, name, tint));
  return items;
}

export function combinatorRecipes(): RecipePrototype[] {
  const recipes: RecipePrototype[] = [];
  for (const [name] of tints) recipes.push(recipeFrom(base, name));
  return recipes;
}

// The clock: a constant combinator whose one signal the mod writes, and that signal.
import type { PrototypeData } from "factorio:common";
import type {
  ConstantCombinatorPrototype,
  ItemPrototype,
  RecipePrototype,
  VirtualSignalPrototype,
} from "factorio:prototype";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";
import { become, copyItem, import_tint, recipeFrom } from "./copies";
import { clock_combinator, time_signal } from "./names";
import { tintLayers } from "./tint";

declare const data: PrototypeData;

export function clockCombinator(): ConstantCombinatorPrototype {
  const copy = util.table.deepcopy(data.raw["constant-combinator"]["constant-combinator"]!);
  become(copy, clock_combinator, import_tint);
  tintLayers(copy.sprites, import_tint);
  return copy;
}

export function timeSignal(): VirtualSignalPrototype {
  const copy = util.table.deepcopy(data.raw["virtual-signal"]["signal-T"]!);
  copy.name = time_signal;
  copy.icons = [{ icon: copy.icon!, tint: import_tint }];
  copy.icon = undefined;
  copy.order = "z[clusterio]-a[unixtime]";
  return copy;
}

export function combinatorItems(): ItemPrototype[] {
  return [copyItem(data.raw.item["constant-combinator"]!, clock_combinator, import_tint)];
}

export function combinatorRecipes(): RecipePrototype[] {
  return [recipeFrom("constant-combinator", clock_combinator)];
}

// Tanks and accumulators, as the chests: copies of base ones with other names, colours and recipes.
import type { PrototypeData } from "factorio:common";
import type { AccumulatorPrototype, ItemPrototype, RecipePrototype, StorageTankPrototype } from "factorio:prototype";
// biome-ignore lint/style/useNodejsImportProtocol: the game's own library of that name
import * as util from "util";
import { become, copyItem, export_tint, import_tint, recipeFrom } from "./copies";
import { export_accumulator, export_tank, import_accumulator, import_tank } from "./names";
import { tintLayers } from "./tint";

declare const data: PrototypeData;

/** Twenty vanilla accumulators: an export that is visited once a second takes in some megawatts. */
const accumulator_capacity = "100MJ";
const accumulator_flow = "10MW";

function tank(name: string, tint: typeof export_tint): StorageTankPrototype {
  const copy = util.table.deepcopy(data.raw["storage-tank"]["storage-tank"]!);
  become(copy, name, tint);
  tintLayers(copy.pictures?.picture, tint);
  return copy;
}

export function tanks(): StorageTankPrototype[] {
  return [tank(export_tank, export_tint), tank(import_tank, import_tint)];
}

function accumulator(name: string, tint: typeof export_tint, isExport: boolean): AccumulatorPrototype {
  const copy = util.table.deepcopy(data.raw.accumulator.accumulator!);
  become(copy, name, tint);
  tintLayers(copy.chargable_graphics, tint);
  copy.energy_source = {
    type: "electric",
    usage_priority: "tertiary",
    buffer_capacity: accumulator_capacity,
    // One way only: what is to leave this world must not flow back into its network, nor the other way round.
    input_flow_limit: isExport ? accumulator_flow : "0W",
    output_flow_limit: isExport ? "0W" : accumulator_flow,
  };
  return copy;
}

export function accumulators(): AccumulatorPrototype[] {
  return [accumulator(export_accumulator, export_tint, true), accumulator(import_accumulator, import_tint, false)];
}

export function portItems(): ItemPrototype[] {
  const items = data.raw.item;
  return [
    copyItem(items["storage-tank"]!, export_tank, export_tint),
    copyItem(items["storage-tank"]!, import_tank, import_tint),
    copyItem(items.accumulator!, export_accumulator, export_tint),
    copyItem(items.accumulator!, import_accumulator, import_tint),
  ];
}

export function portRecipes(): RecipePrototype[] {
  return [
    recipeFrom("storage-tank", export_tank),
    recipeFrom("storage-tank", import_tank),
    recipeFrom("accumulator", export_accumulator),
    recipeFrom("accumulator", import_accumulator),
  ];
}

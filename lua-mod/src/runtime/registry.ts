// Which chests there are. One registration per entity tells of every kind of end; nothing special happens to its contents.
import type { LuaEntity } from "factorio:runtime";
import { export_chest, import_chest } from "../prototypes/names";
import { addToRing, removeFromRing } from "./ring";
import type { ExportChest, ImportChest } from "./state";
import { forgetWants, requestsChanged } from "./wants";

function addExportChest(entity: LuaEntity, unit: number): void {
  const chest: ExportChest = { kind: "export", entity, unit, at: -1, activeAt: -1, stirredAt: 0, status: "" };
  addToRing(storage.exports, chest);
  storage.chests.set(unit, chest);
}

function addImportChest(entity: LuaEntity, unit: number): void {
  const chest: ImportChest = {
    kind: "import",
    entity,
    unit,
    at: -1,
    activeAt: -1,
    stirredAt: 0,
    status: "",
    wants: [],
    readAt: -1,
    refused: "",
  };
  addToRing(storage.imports, chest);
  storage.chests.set(unit, chest);
  requestsChanged(chest);
}

export function onBuilt(entity: LuaEntity): void {
  const unit = entity.unit_number;
  if (unit === undefined || storage.chests.has(unit)) return;
  const isExport = entity.name === export_chest;
  if (!isExport && entity.name !== import_chest) return;
  script.register_on_object_destroyed(entity);
  entity.custom_status = undefined; // a clone brings its original's
  if (isExport) addExportChest(entity, unit);
  else addImportChest(entity, unit);
}

export function onDestroyed(unit: number): void {
  const chest = storage.chests.get(unit);
  if (chest === undefined) return;
  storage.chests.delete(unit);
  if (chest.kind === "export") {
    removeFromRing(storage.exports, chest);
  } else {
    forgetWants(chest);
    removeFromRing(storage.imports, chest);
  }
}

export function onRequestsChanged(entity: LuaEntity): void {
  if (entity.name !== import_chest || entity.unit_number === undefined) return;
  const chest = storage.chests.get(entity.unit_number);
  if (chest !== undefined && chest.kind === "import") requestsChanged(chest);
}

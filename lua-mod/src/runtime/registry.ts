// Which ports there are. One registration per entity tells of every kind of end; nothing special happens to its contents.
import type { AnyBasic, LuaEntity, OnPlayerSetupBlueprintEvent, Tags } from "factorio:runtime";
import {
  clock_combinator,
  export_accumulator,
  export_chest,
  export_tank,
  import_accumulator,
  import_chest,
  import_tank,
} from "../prototypes/names";
import { addCircuitPort, copyCircuit, removeCircuitPort } from "./circuit-ports";
import { channel_tag, circuitPortOf, filters_tag, filtersOf, isCircuitEntity, showsStorage } from "./circuit-settings";
import { addToRing, removeFromRing } from "./ring";
import type { Clock, ExportPort, FluidRequest, Holding, ImportPort } from "./state";
import { request_tag, requestInTags } from "./tank-request";
import { forgetWants, requestsChanged } from "./wants";

interface Family {
  isExport: boolean;
  holds: Holding;
}

const families = new LuaMap<string, Family>();
families.set(export_chest, { isExport: true, holds: "items" });
families.set(import_chest, { isExport: false, holds: "items" });
families.set(export_tank, { isExport: true, holds: "fluid" });
families.set(import_tank, { isExport: false, holds: "fluid" });
families.set(export_accumulator, { isExport: true, holds: "energy" });
families.set(import_accumulator, { isExport: false, holds: "energy" });

function addExportPort(entity: LuaEntity, unit: number, holds: Holding): void {
  const port: ExportPort = { kind: "export", entity, unit, holds, at: -1, activeAt: -1, stirredAt: 0, status: "" };
  addToRing(storage.exports, port);
  storage.ports.set(unit, port);
}

function addImportPort(entity: LuaEntity, unit: number, holds: Holding): ImportPort {
  const port: ImportPort = {
    kind: "import",
    entity,
    unit,
    holds,
    at: -1,
    activeAt: -1,
    stirredAt: 0,
    status: "",
    wants: [],
    readAt: -1,
    refused: "",
  };
  addToRing(storage.imports, port);
  storage.ports.set(unit, port);
  requestsChanged(port);
  return port;
}

function addClock(entity: LuaEntity, unit: number): void {
  const clock: Clock = {
    kind: "clock",
    entity,
    unit,
    holds: "time",
    at: -1,
    activeAt: -1,
    stirredAt: 0,
    status: "",
    shown: -1,
  };
  entity.operable = false; // what a player set there would be written over
  addToRing(storage.clocks, clock);
  storage.ports.set(unit, clock);
}

export function onBuilt(entity: LuaEntity, tags?: Tags): void {
  const unit = entity.unit_number;
  if (unit === undefined || storage.ports.has(unit)) return;
  const family = families.get(entity.name);
  const isCircuit = isCircuitEntity(entity.name);
  if (family === undefined && entity.name !== clock_combinator && !isCircuit) return;
  script.register_on_object_destroyed(entity);
  entity.custom_status = undefined; // a clone brings its original's
  if (isCircuit) {
    addCircuitPort(entity, unit, tags);
    return;
  }
  if (family === undefined) {
    addClock(entity, unit);
    return;
  }
  if (family.isExport) {
    addExportPort(entity, unit, family.holds);
    return;
  }
  const port = addImportPort(entity, unit, family.holds);
  if (family.holds === "fluid") port.fluid = requestInTags(tags);
}

export function onCloned(source: LuaEntity, destination: LuaEntity): void {
  onBuilt(destination);
  copyTankRequest(source, destination);
  copyCircuit(source, destination);
}

export function onPasted(source: LuaEntity, destination: LuaEntity): void {
  copyTankRequest(source, destination);
  copyCircuit(source, destination);
  onRequestsChanged(destination);
}

export function onDestroyed(unit: number): void {
  const port = storage.ports.get(unit);
  if (port === undefined) return;
  storage.ports.delete(unit);
  if (port.kind === "transmitter" || port.kind === "shower") {
    removeCircuitPort(port);
  } else if (port.kind === "clock") {
    removeFromRing(storage.clocks, port);
  } else if (port.kind === "export") {
    removeFromRing(storage.exports, port);
  } else {
    forgetWants(port);
    removeFromRing(storage.imports, port);
  }
}

/** The port of an import entity of ours. */
export function importPortOf(entity: LuaEntity): ImportPort | undefined {
  const unit = entity.unit_number;
  const port = unit === undefined ? undefined : storage.ports.get(unit);
  return port !== undefined && port.kind === "import" ? port : undefined;
}

export function onRequestsChanged(entity: LuaEntity): void {
  const port = importPortOf(entity);
  if (port !== undefined) requestsChanged(port);
}

function copyTankRequest(source: LuaEntity, destination: LuaEntity): void {
  if (source.name !== import_tank || destination.name !== import_tank) return;
  setTankRequest(importPortOf(destination), importPortOf(source)?.fluid);
}

/** What an import tank shall hold; undefined for nothing. */
export function setTankRequest(port: ImportPort | undefined, request: FluidRequest | undefined): void {
  if (port === undefined || port.holds !== "fluid") return;
  port.fluid =
    request === undefined
      ? undefined
      : { name: request.name, temperature: request.temperature, amount: request.amount };
  requestsChanged(port);
}

/** An item or a library record: what both have. */
interface Blueprint {
  set_blueprint_entity_tag(this: void, index: number, tag: string, value: AnyBasic): void;
}

function tagTank(blueprint: Blueprint, index: number, entity: LuaEntity): void {
  const fluid = importPortOf(entity)?.fluid;
  if (fluid === undefined) return;
  const { name, temperature, amount } = fluid;
  blueprint.set_blueprint_entity_tag(index, request_tag, { name, temperature, amount });
}

function tagCircuit(blueprint: Blueprint, index: number, entity: LuaEntity): void {
  const port = circuitPortOf(entity);
  if (port === undefined) return;
  if (showsStorage(port)) blueprint.set_blueprint_entity_tag(index, filters_tag, filtersOf(port));
  else if (port.channel !== "") blueprint.set_blueprint_entity_tag(index, channel_tag, port.channel);
}

/** A blueprint carries what its import tanks and combinators were set to. */
export function onBlueprint({ stack, record, mapping }: OnPlayerSetupBlueprintEvent): void {
  const blueprint = stack ?? record;
  if (blueprint === undefined) return;
  for (const [index, entity] of pairs(mapping.get() as unknown as LuaTable<number, LuaEntity>)) {
    if (entity.valid && entity.name === import_tank) tagTank(blueprint, index, entity);
    else if (entity.valid) tagCircuit(blueprint, index, entity);
  }
}

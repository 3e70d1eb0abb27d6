// Circuit entities come and go. One that stands where another one stood a moment ago (an upgrade) has that one's settings.
import type { LuaEntity, Tags } from "factorio:runtime";
import { inventory_combinator, transmitter } from "../prototypes/names";
import { applyTags, type CircuitPort, circuitPortOf, copySettings } from "./circuit-settings";
import type { Shower, Transmitter } from "./circuit-state";
import { feedOf } from "./feeds";
import { addToRing, removeFromRing } from "./ring";
import { rewrite, tune } from "./showers";
import { leaveChannel } from "./transmitters";

function placeOf(entity: LuaEntity): string {
  const { x, y } = entity.position;
  return string.format("%d/%.1f/%.1f", entity.surface_index, x, y);
}

function newTransmitter(entity: LuaEntity, unit: number, place: string): Transmitter {
  const port: Transmitter = {
    kind: "transmitter",
    entity,
    unit,
    holds: "signals",
    at: -1,
    activeAt: -1,
    stirredAt: 0,
    status: "",
    channel: "",
    stands: place,
    signals: [],
    counts: [],
  };
  addToRing(storage.circuits.transmitters, port);
  return port;
}

function newShower(entity: LuaEntity, unit: number, place: string): Shower {
  return {
    kind: "shower",
    entity,
    unit,
    holds: "signals",
    at: 0,
    activeAt: -1,
    stirredAt: 0,
    status: "",
    channel: "",
    stands: place,
    isStorage: entity.name === inventory_combinator,
    feed: undefined,
    only: [],
    place: new LuaMap(),
    seen: 0,
    rewrite: -1,
  };
}

function predecessor(place: string): CircuitPort | undefined {
  const unit = storage.circuits.places.get(place);
  const port = unit === undefined ? undefined : storage.ports.get(unit);
  return port !== undefined && (port.kind === "transmitter" || port.kind === "shower") ? port : undefined;
}

export function addCircuitPort(entity: LuaEntity, unit: number, tags: Tags | undefined): void {
  const { places } = storage.circuits;
  const place = placeOf(entity);
  const before = predecessor(place);
  const port = entity.name === transmitter ? newTransmitter(entity, unit, place) : newShower(entity, unit, place);
  storage.ports.set(unit, port);
  places.set(place, unit);
  if (port.kind === "shower") tune(port, port.isStorage ? feedOf(undefined) : undefined);
  if (before !== undefined) copySettings(before, port);
  applyTags(port, tags);
}

export function removeCircuitPort(port: CircuitPort): void {
  const { places } = storage.circuits;
  if (places.get(port.stands) === port.unit) places.delete(port.stands);
  if (port.kind === "transmitter") {
    leaveChannel(port);
    removeFromRing(storage.circuits.transmitters, port);
  } else {
    tune(port, undefined);
  }
}

/** Settings were pasted from one entity to another, or it is its clone. */
export function copyCircuit(source: LuaEntity, destination: LuaEntity): void {
  const to = circuitPortOf(destination);
  if (to === undefined) return;
  const from = circuitPortOf(source);
  if (from !== undefined) copySettings(from, to);
  // The game pastes the sections of the one over those of the other.
  if (to.kind === "shower") rewrite(to);
}

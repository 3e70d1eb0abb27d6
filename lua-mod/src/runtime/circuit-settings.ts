// What players, blueprints and other mods set combinators to; untrusted until it was read here.
import type { LuaEntity, Tags } from "factorio:runtime";
import { inventory_combinator, receiver, transmitter } from "../prototypes/names";
import type { Shower, Transmitter } from "./circuit-state";
import { feedOf } from "./feeds";
import { filters_max, signal_channel_bytes_max } from "./limits";
import { showOnly, tune } from "./showers";
import { keyOfNumber, numberOfSignal, signalIn } from "./signal-names";
import { joinChannel } from "./transmitters";
import { isUtf8 } from "./utf8";

/** Our tags in a blueprint. */
export const channel_tag = "clusterio-channel";
export const filters_tag = "clusterio-filters";

export type CircuitPort = Transmitter | Shower;

/** A channel's name, "" for none; undefined for what can't be one. */
export function channelIn(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const [trimmed] = string.match(value, "^%s*(.-)%s*$");
  if (trimmed === undefined || trimmed.length > signal_channel_bytes_max || !isUtf8(trimmed)) return undefined;
  const [control] = string.find(trimmed, "%c");
  return control === undefined ? trimmed : undefined;
}

/** The signals that an inventory combinator is to show, those without a prototype left out. */
function filtersIn(value: unknown): number[] {
  const only: number[] = [];
  if (typeof value !== "object" || value === undefined) return only;
  const seen = new LuaSet<string>();
  for (const key of value as unknown[]) {
    if (typeof key === "string" && signalIn(key) !== undefined && !seen.has(key) && only.length < filters_max) {
      seen.add(key);
      only.push(numberOfSignal(key));
    }
  }
  return only;
}

export function isCircuitEntity(name: string): boolean {
  return name === transmitter || name === receiver || name === inventory_combinator;
}

export function circuitPortOf(entity: LuaEntity): CircuitPort | undefined {
  const unit = entity.unit_number;
  const port = unit === undefined ? undefined : storage.ports.get(unit);
  return port !== undefined && (port.kind === "transmitter" || port.kind === "shower") ? port : undefined;
}

/** Of a record: its entity may be gone. */
export function showsStorage(port: CircuitPort): boolean {
  return port.kind === "shower" && port.isStorage;
}

/** Another channel, "" for none. */
export function setChannel(port: CircuitPort, channel: string): void {
  if (port.kind === "transmitter") {
    joinChannel(port, channel);
  } else if (!showsStorage(port) && channel !== port.channel) {
    port.channel = channel;
    tune(port, channel === "" ? undefined : feedOf(channel));
  }
}

export function setFilters(port: CircuitPort, keys: unknown): void {
  if (port.kind === "shower" && port.isStorage) showOnly(port, filtersIn(keys));
}

export function filtersOf(port: CircuitPort): string[] {
  const keys: string[] = [];
  if (port.kind === "shower") for (const s of port.only) keys.push(keyOfNumber(s));
  return keys;
}

export function applyTags(port: CircuitPort, tags: Tags | undefined): void {
  if (tags === undefined) return;
  const channel = channelIn(tags[channel_tag]);
  if (channel !== undefined) setChannel(port, channel);
  if (tags[filters_tag] !== undefined) setFilters(port, tags[filters_tag]);
}

/** What of one combinator another one can have. */
export function copySettings(from: CircuitPort, to: CircuitPort): void {
  if (showsStorage(from) !== showsStorage(to)) return;
  if (showsStorage(to)) setFilters(to, filtersOf(from));
  else setChannel(to, from.channel);
}

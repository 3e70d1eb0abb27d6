// Signals have keys outside (`item:iron-plate:rare`, `virtual:signal-A`; an item's is its resource's) and numbers inside (MC3).
import type { SignalIDType } from "factorio:runtime";
import { wrap_modulus } from "./limits";

export interface SignalName {
  type: SignalIDType;
  name: string;
  quality: string;
}

/** A 32-bit sum, as circuits have it. */
export function wrap32(sum: number): number {
  const low = sum % wrap_modulus;
  return low >= wrap_modulus / 2 ? low - wrap_modulus : low;
}

function prototypesOf(type: string): LuaTable<string, unknown> | undefined {
  const all = prototypes as unknown as { [kind: string]: LuaTable<string, unknown> };
  if (type === "virtual") return all.virtual_signal;
  if (type === "space-location") return all.space_location;
  if (type === "asteroid-chunk") return all.asteroid_chunk;
  const isPlain = type === "item" || type === "fluid" || type === "entity" || type === "recipe" || type === "quality";
  return isPlain ? all[type] : undefined;
}

/** What a key names; undefined for what this game has no prototype for, and for what no wire carries. */
export function signalIn(key: unknown): SignalName | undefined {
  if (typeof key !== "string") return undefined;
  const [type, name, rest] = string.match(key, "^([%l-]+):([^:]+)(.*)$");
  if (type === undefined || prototypesOf(type)?.get(name) === undefined) return undefined;
  const [spelled] = string.match(rest, "^:([^:]+)$");
  if (rest !== "" && (spelled === undefined || spelled === "normal")) return undefined;
  const quality = spelled ?? "normal";
  if (prototypes.quality[quality] === undefined) return undefined;
  if (type === "virtual" && prototypes.virtual_signal[name].special) return undefined;
  return { type: type as SignalIDType, name, quality };
}

export function signalKey(type: string, name: string, quality: string): string {
  return quality === "normal" ? `${type}:${name}` : `${type}:${name}:${quality}`;
}

/** A SignalID as the game gives it: an item's type is left out, and so may be its quality. */
export function keyOfSignal(
  signal: { type?: unknown; name?: unknown; quality?: unknown } | undefined,
): string | undefined {
  if (signal === undefined || signal.name === undefined) return undefined;
  const { type, name, quality } = signal;
  // 2.0 and 2.1 declare a quality's name and a prototype.
  const quality_name = typeof quality === "string" ? quality : (quality as { name?: string } | undefined)?.name;
  return signalKey((type as string) ?? "item", name as string, quality_name ?? "normal");
}

/** The signal's number, given now if it had none. */
export function numberOfSignal(key: string): number {
  const { keys, numbers } = storage.circuits;
  const known = numbers.get(key);
  if (known !== undefined) return known;
  const s = keys.length;
  keys.push(key);
  numbers.set(key, s);
  return s;
}

export function keyOfNumber(s: number): string {
  return storage.circuits.keys[s];
}

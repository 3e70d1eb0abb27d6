// What other mods pass in, read before anything moves. A mistake of the caller's author is an error that names it: a mod that
// went on would have lost what it meant to give.
import type { LuaInventory } from "factorio:runtime";
import type { Parsed } from "./json";
import { remote_count_max, watched_signals_max } from "./limits";
import { isChannel, isData, isInstance } from "./messages";
import { fluidResource, itemResource, thingOf } from "./names";
import { wholeDegrees } from "./rules";
import { numberOfSignal, signalIn } from "./signal-names";

export function refuse(what: string): never {
  return error(`clusterio: ${what} (docs/mod-api.md)`, 0) as never;
}

export function tableIn(value: unknown): Parsed {
  return typeof value === "object" ? (value as Parsed) : refuse("one table with named fields is expected");
}

/** A whole number of pieces, units or megajoules. */
export function countIn(count: unknown): number {
  const isCount = typeof count === "number" && count >= 1 && count <= remote_count_max && count === math.floor(count);
  return isCount ? count : refuse("count must be a whole number from 1 to a thousand million");
}

function fluidIn(fluid: string, temperature: unknown): string {
  const degrees = temperature ?? prototypes.fluid[fluid]?.default_temperature ?? 0;
  if (typeof degrees !== "number") return refuse("temperature must be a number");
  return fluidResource(fluid, wholeDegrees(degrees));
}

/** `resource` as the cluster spells it, or an item's `name` and `quality`, or a `fluid` and its `temperature`. */
export function resourceIn({ resource, name, quality, fluid, temperature }: Parsed): string {
  let spelled: unknown = resource;
  if (typeof name === "string") {
    if (quality !== undefined && typeof quality !== "string") return refuse("quality must be a quality's name");
    spelled = itemResource(name, quality ?? "normal");
  } else if (typeof fluid === "string") {
    spelled = fluidIn(fluid, temperature);
  }
  const isResource = typeof spelled === "string" && thingOf(spelled) !== undefined;
  return isResource ? (spelled as string) : refuse("name, fluid or resource must say what it is about");
}

/** Who calls: the game does not say it, and what is held for a mod must find its way back when that mod is gone. */
export function modIn(mod: unknown): string {
  const isMod = typeof mod === "string" && script.active_mods[mod] !== undefined;
  return isMod ? mod : refuse("mod must be the caller's script.mod_name");
}

export function orderIn(order: unknown): number {
  return typeof order === "number" ? order : refuse("order must be the number that import returned");
}

export function inventoryIn(inventory: unknown): LuaInventory {
  const given = inventory as LuaInventory;
  return given.object_name === "LuaInventory" && given.valid ? given : refuse("inventory must be a valid LuaInventory");
}

/** Numbers of the signals, each once, and those that this game has no prototype for. */
export function signalsIn(signals: unknown): { known: number[]; unknown: string[] } {
  if (typeof signals !== "object")
    return refuse("signals must be a list of signals like item:iron-plate or fluid:water");
  const read = { known: [] as number[], unknown: [] as string[] };
  const seen = new LuaSet<string>();
  for (const key of signals as unknown[]) {
    if (typeof key !== "string") return refuse("signals must be a list of strings");
    if (!seen.has(key)) {
      if (signalIn(key) === undefined) read.unknown.push(key);
      else read.known.push(numberOfSignal(key));
    }
    seen.add(key);
  }
  if (read.known.length > watched_signals_max) return refuse("a mod watches at most 500 signals");
  return read;
}

export interface Outgoing {
  channel: string;
  to: string | undefined;
  data: string;
}

export function messageIn({ channel, to, data }: Parsed): Outgoing {
  if (!isChannel(channel)) return refuse("channel must be 1 to 64 letters, digits, - or _");
  if (to !== undefined && !isInstance(to)) return refuse("to must be an instance's id, or nil for all others");
  if (!isData(data)) return refuse("data must be a string of at most 1000 bytes of UTF-8");
  return { channel, to, data };
}

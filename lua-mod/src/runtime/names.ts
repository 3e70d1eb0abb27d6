// Resources have names outside (`item:iron-plate:rare`, `fluid:steam:165`, `energy`) and numbers inside and on the wire (M3).
import { fluidRefusal, fluidTakes, type Refusal, refusal } from "./rules";

export type Thing =
  | { kind: "item"; name: string; quality: string }
  | { kind: "fluid"; name: string; temperature: number }
  | { kind: "energy" };

export const energy_resource = "energy";

export function itemResource(name: string, quality: string): string {
  return quality === "normal" ? `item:${name}` : `item:${name}:${quality}`;
}

/** `temperature` in whole degrees. */
export function fluidResource(name: string, temperature: number): string {
  return string.format("fluid:%s:%.0f", name, temperature);
}

/** What a resource names; undefined for anything that is not in canonical form. */
export function thingOf(resource: string): Thing | undefined {
  if (resource === energy_resource) return { kind: "energy" };
  const [plain] = string.match(resource, "^item:([%w_-]+)$");
  if (plain !== undefined) return { kind: "item", name: plain, quality: "normal" };
  const [item, quality] = string.match(resource, "^item:([%w_-]+):([%w_-]+)$");
  if (item !== undefined) return quality === "normal" ? undefined : { kind: "item", name: item, quality };
  const [fluid, degrees] = string.match(resource, "^fluid:([%w_-]+):(-?%d+)$");
  const temperature = tonumber(degrees);
  if (fluid === undefined || temperature === undefined) return undefined;
  return fluidResource(fluid, temperature) === resource ? { kind: "fluid", name: fluid, temperature } : undefined;
}

/** Why this game can't hold the resource: no such prototype, or the rules refuse it whole. undefined when it can. */
export function refusalOf(resource: string): Refusal | "temperature" | undefined {
  const thing = thingOf(resource);
  if (thing === undefined) return "unknown";
  if (thing.kind === "item") return refusal(thing.name, thing.quality);
  if (thing.kind === "energy") return undefined;
  return fluidRefusal(thing.name) ?? (fluidTakes(thing.name, thing.temperature) ? undefined : "temperature");
}

export function takeable(resource: string): boolean {
  return refusalOf(resource) === undefined;
}

/** The resource's number, given now if it had none. */
export function numberOf(resource: string): number {
  const known = storage.numbers.get(resource);
  if (known !== undefined) return known;
  const r = storage.names.length;
  storage.names.push(resource);
  storage.numbers.set(resource, r);
  return r;
}

export function nameOf(r: number): string {
  return storage.names[r];
}

/** Registered resources that this game can't hold (any more). */
export function untakeable(): string[] {
  const gone: string[] = [];
  for (const resource of storage.names) if (!takeable(resource)) gone.push(resource);
  return gone;
}

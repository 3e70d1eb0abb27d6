// Resources have names outside (`item:iron-plate:rare`) and numbers inside and on the wire (M3).
import { refusal } from "./rules";

export interface Item {
  name: string;
  quality: string;
}

export function itemResource(name: string, quality: string): string {
  return quality === "normal" ? `item:${name}` : `item:${name}:${quality}`;
}

/** The item that a resource names; undefined for fluids, energy and anything that is not in canonical form. */
export function itemOf(resource: string): Item | undefined {
  const [plain] = string.match(resource, "^item:([%w_-]+)$");
  if (plain !== undefined) return { name: plain, quality: "normal" };
  const [name, quality] = string.match(resource, "^item:([%w_-]+):([%w_-]+)$");
  if (name === undefined || quality === undefined || quality === "normal") return undefined;
  return { name, quality };
}

/** Whether this game can hold the resource: its prototypes exist and the item rules don't refuse it whole. */
export function takeable(resource: string): boolean {
  const item = itemOf(resource);
  return item !== undefined && refusal(item.name, item.quality) === undefined;
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

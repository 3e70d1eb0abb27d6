// What the cluster's storage has enough of: it stays where it is until the cluster takes more (docs/operations.md, storage caps).
//
// ML1  `capped` changes by the bridge's word alone, whole; a word that is not newer than the last one of this session is dropped.
import { decodeRising } from "./compact";
import { numberOf, takeable } from "./names";

function setCapped(numbers: number[]): void {
  storage.capped = new LuaMap();
  storage.cappedCount = 0;
  for (const r of numbers) {
    if (!storage.capped.has(r)) storage.cappedCount += 1;
    storage.capped.set(r, true);
  }
}

/**
 * The whole list: numbers that this save gave, `.` for none, and names for the rest, with commas between them. False when it does
 * not parse and nothing changed.
 */
export function takeCapped(at: number, payload: string, names: string): boolean {
  const numbers = payload === "." ? [] : decodeRising(payload, storage.names.length);
  if (numbers === undefined) return false;
  if (at <= storage.session.cappedAt) return true; // overtaken
  storage.session.cappedAt = at;
  for (const [name] of string.gmatch(names, "[^,]+")) {
    // It has a number before the first of it comes, so that not even that one leaves.
    if (takeable(name)) numbers.push(numberOf(name));
  }
  setCapped(numbers);
  return true;
}

/** Whether anything at all is to stay: asked before names are put together. */
export function anyCapped(): boolean {
  return storage.cappedCount > 0;
}

export function isCapped(r: number): boolean {
  return storage.capped.has(r);
}

/** The number of a resource that is to stay, undefined for one that may go. */
export function cappedNumber(resource: string): number | undefined {
  const r = storage.numbers.get(resource);
  return r !== undefined && storage.capped.has(r) ? r : undefined;
}

/** In rising order of numbers. */
export function cappedNames(): string[] {
  const names: string[] = [];
  if (!anyCapped()) return names;
  for (const r of $range(0, storage.names.length - 1)) if (isCapped(r)) names.push(storage.names[r]);
  return names;
}

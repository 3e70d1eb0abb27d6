// The totals and the buffer: the only functions that change them (M1, M2), and the note that something is to be reported.
import { leftover_ticks, total_max } from "./limits";
import type { Totals } from "./state";
import { noteSupply } from "./supply";

export function amount(totals: Totals, r: number): number {
  return totals.get(r) ?? 0;
}

/** Zeros are not kept. */
export function set(totals: Totals, r: number, total: number): void {
  if (total === 0) totals.delete(r);
  else totals.set(r, total);
}

export function wanted(r: number): number {
  return math.max(0, amount(storage.missing, r) - amount(storage.buffer, r));
}

export function touch(r: number): void {
  if (storage.isDirty.has(r)) return;
  storage.isDirty.set(r, true);
  storage.dirty.push(r);
}

export function isTotal(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < total_max && value === math.floor(value);
}

/** So many whole units have just left a port or the buffer for the cluster. */
export function raiseExported(r: number, by: number): void {
  const total = amount(storage.exported, r) + by;
  assert(isTotal(total), "clusterio: a total of exports left the exact range");
  storage.exported.set(r, total);
  touch(r);
}

/** So much has just left a port for the cluster; a fraction of a unit that left with it stays in our hands (M7). */
export function sendOff(r: number, taken: number): void {
  const whole = math.floor(taken);
  addCrumb(r, taken - whole);
  if (whole > 0) raiseExported(r, whole);
}

/** The cluster's grant up to `total` is now in the buffer; returns how much that added. */
export function raiseReceived(r: number, total: number): number {
  const added = total - amount(storage.received, r);
  if (added <= 0) return 0;
  assert(isTotal(total), "clusterio: a total of imports left the exact range");
  storage.received.set(r, total);
  addToBuffer(r, added);
  noteSupply(r, added);
  return added;
}

/** So much is in the buffer now: it came, or whoever held it does so no more. */
export function addToBuffer(r: number, by: number): void {
  storage.buffer.set(r, amount(storage.buffer, r) + by);
  touch(r);
  if (storage.poolAt.has(r)) return;
  const added = { r, at: storage.pool.length, wantedAt: game.tick };
  storage.pool.push(added);
  storage.poolAt.set(r, added);
}

/** Nobody here can ever take it: what the buffer holds of it goes back at the first opportunity. */
export function giveUp(r: number): void {
  const entry = storage.poolAt.get(r);
  if (entry !== undefined) entry.wantedAt = game.tick - leftover_ticks;
}

/** A fraction of a unit is left in our hands (M7). */
export function addCrumb(r: number, part: number): void {
  if (part <= 0) return;
  const sum = amount(storage.crumbs, r) + part;
  const whole = math.floor(sum);
  if (sum > whole) storage.crumbs.set(r, sum - whole);
  else storage.crumbs.delete(r);
  if (whole > 0) addToBuffer(r, whole);
}

/** So much has just gone from the buffer into a port, or back to the cluster. */
export function takeFromBuffer(r: number, by: number): void {
  const left = amount(storage.buffer, r) - by;
  assert(left >= 0, "clusterio: the import buffer fell below zero");
  touch(r);
  if (left > 0) {
    storage.buffer.set(r, left);
    return;
  }
  storage.buffer.delete(r);
  const entry = storage.poolAt.get(r)!;
  storage.poolAt.delete(r);
  const last = storage.pool.pop()!;
  if (last === entry) return;
  storage.pool[entry.at] = last;
  last.at = entry.at;
}

/** So much has just gone from the buffer into a port; of a unit that went in part the rest stays in our hands (M7). */
export function spend(r: number, added: number): void {
  const whole = math.ceil(added);
  if (whole > 0) takeFromBuffer(r, whole);
  addCrumb(r, whole - added);
}

export function addMissing(r: number, by: number): void {
  const missing = amount(storage.missing, r) + by;
  assert(missing >= 0, "clusterio: less than nothing is missing");
  if (missing > 0) storage.missing.set(r, missing);
  else storage.missing.delete(r);
  touch(r);
}

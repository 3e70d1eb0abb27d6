// What the import chests miss (M4): read from their requests, kept up to date by a few visits per tick.
import type { LuaInventory } from "factorio:runtime";
import { requests_age_ticks_max } from "./limits";
import { itemResource, numberOf } from "./names";
import { calm, stir, visitSome } from "./ring";
import { refusal } from "./rules";
import type { ImportChest, Want } from "./state";
import { showStatus } from "./status";
import { addMissing } from "./totals";
import { chestInventory, chestRequests } from "./world";

function enqueue(want: Want): void {
  let waiting = storage.waiting.get(want.r);
  if (waiting === undefined) {
    waiting = { wants: [], cursor: 0 };
    storage.waiting.set(want.r, waiting);
  }
  want.queuedAt = waiting.wants.length;
  waiting.wants.push(want);
}

function dequeue(want: Want): void {
  const waiting = storage.waiting.get(want.r)!;
  const last = waiting.wants.pop()!;
  if (last !== want) {
    waiting.wants[want.queuedAt] = last;
    last.queuedAt = want.queuedAt;
  }
  want.queuedAt = -1;
  if (waiting.wants.length === 0) storage.waiting.delete(want.r);
}

export function setMissing(want: Want, missing: number): void {
  if (missing === want.missing) return;
  addMissing(want.r, missing - want.missing);
  want.missing = missing;
  if (missing > 0 && want.queuedAt < 0) enqueue(want);
  if (missing === 0 && want.queuedAt >= 0) dequeue(want);
}

/** How far the chest is below its request now, whether or not there is room. */
export function shortage(want: Want, inventory: LuaInventory): number {
  return math.max(0, want.count - inventory.get_item_count({ name: want.name, quality: want.quality }));
}

/** What does not fit is not missed: it would only pile up in the buffer. Nor is anything by a chest that robots are emptying. */
export function missingNow(want: Want, inventory: LuaInventory): number {
  if (want.chest.entity.to_be_deconstructed()) return 0;
  const short = shortage(want, inventory);
  if (short === 0) return 0;
  return math.min(short, inventory.get_insertable_count({ name: want.name, quality: want.quality }));
}

export function forgetWants(chest: ImportChest): void {
  for (const want of chest.wants) setMissing(want, 0);
  chest.wants = [];
}

/** Requests are few and seldom change, so they are read as a whole and the wants made anew. */
function readRequests(chest: ImportChest): void {
  forgetWants(chest);
  chest.readAt = game.tick;
  chest.refused = "";
  const byResource = new LuaMap<number, Want>();
  for (const { name, quality, count } of chestRequests(chest.entity)) {
    if (refusal(name, quality) !== undefined) {
      chest.refused = "not-requestable";
    } else {
      const r = numberOf(itemResource(name, quality));
      const same = byResource.get(r);
      if (same !== undefined) {
        same.count += count;
      } else {
        const want: Want = { chest, r, name, quality, count, missing: 0, queuedAt: -1 };
        byResource.set(r, want);
        chest.wants.push(want);
      }
    }
  }
}

/** Its requests changed: read them at the next visit, which comes soon. */
export function requestsChanged(chest: ImportChest): void {
  chest.readAt = -1;
  stir(storage.imports, chest);
}

function visit(chest: ImportChest): void {
  if (!chest.entity.valid) return; // on_object_destroyed is on its way
  if (chest.readAt < 0 || game.tick - chest.readAt >= requests_age_ticks_max) readRequests(chest);
  showStatus(chest, chest.refused);
  if (chest.wants.length === 0) {
    calm(storage.imports, chest);
    return;
  }
  const inventory = chestInventory(chest.entity);
  let changed = false;
  for (const want of chest.wants) {
    const missing = missingNow(want, inventory);
    if (missing !== want.missing) changed = true;
    setMissing(want, missing);
  }
  if (changed) stir(storage.imports, chest);
  else calm(storage.imports, chest);
}

export function lookAtWants(): void {
  visitSome(storage.imports, importVisits(), visit);
}

export function importVisits(): number {
  return settings.global["clusterio-import-chests-per-tick"].value as number;
}

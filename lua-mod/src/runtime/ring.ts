// A round of visits: a fixed number of chests per tick, the recently active ones in the faster half of it.
// Adding and removing is a swap with the last, so every step costs the same for ten chests and for ten thousand.
import { active_ticks } from "./limits";
import type { Chest, Ring } from "./state";

export function addToRing<T extends Chest>(ring: Ring<T>, chest: T): void {
  chest.at = ring.all.length;
  ring.all.push(chest);
}

export function removeFromRing<T extends Chest>(ring: Ring<T>, chest: T): void {
  rest(ring, chest);
  const last = ring.all.pop()!;
  if (last !== chest) {
    ring.all[chest.at] = last;
    last.at = chest.at;
  }
  chest.at = -1;
}

function rest<T extends Chest>(ring: Ring<T>, chest: T): void {
  if (chest.activeAt < 0) return;
  const last = ring.active.pop()!;
  if (last !== chest) {
    ring.active[chest.activeAt] = last;
    last.activeAt = chest.activeAt;
  }
  chest.activeAt = -1;
}

/** The chest gave or lacked something: visit it often for a while. */
export function stir<T extends Chest>(ring: Ring<T>, chest: T): void {
  chest.stirredAt = game.tick;
  if (chest.activeAt >= 0) return;
  chest.activeAt = ring.active.length;
  ring.active.push(chest);
}

/** Nothing happened at a visit. */
export function calm<T extends Chest>(ring: Ring<T>, chest: T): void {
  if (chest.activeAt >= 0 && game.tick - chest.stirredAt > active_ticks) rest(ring, chest);
}

/** At most `budget` visits: up to half of them to active chests, the rest around the whole ring. */
export function visitSome<T extends Chest>(ring: Ring<T>, budget: number, visit: (chest: T) => void): void {
  const visits = math.min(budget, ring.all.length);
  const toActive = math.min(ring.active.length, math.ceil(visits / 2));
  for (const _ of $range(1, toActive)) {
    if (ring.active.length === 0) break;
    if (ring.activeCursor >= ring.active.length) ring.activeCursor = 0;
    const chest = ring.active[ring.activeCursor];
    ring.activeCursor += 1;
    visit(chest);
  }
  for (const _ of $range(toActive + 1, visits)) {
    if (ring.all.length === 0) break;
    if (ring.cursor >= ring.all.length) ring.cursor = 0;
    const chest = ring.all[ring.cursor];
    ring.cursor += 1;
    visit(chest);
  }
}

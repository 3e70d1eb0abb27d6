// A round of visits: a fixed number of ports per tick, the recently active ones in the faster half of it.
// Adding and removing is a swap with the last, so every step costs the same for ten ports and for ten thousand.
import { active_ticks } from "./limits";
import type { Port, Ring } from "./state";

export function addToRing<T extends Port>(ring: Ring<T>, port: T): void {
  port.at = ring.all.length;
  ring.all.push(port);
}

export function removeFromRing<T extends Port>(ring: Ring<T>, port: T): void {
  rest(ring, port);
  const last = ring.all.pop()!;
  if (last !== port) {
    ring.all[port.at] = last;
    last.at = port.at;
  }
  port.at = -1;
}

function rest<T extends Port>(ring: Ring<T>, port: T): void {
  if (port.activeAt < 0) return;
  const last = ring.active.pop()!;
  if (last !== port) {
    ring.active[port.activeAt] = last;
    last.activeAt = port.activeAt;
  }
  port.activeAt = -1;
}

/** The port gave or lacked something: visit it often for a while. */
export function stir<T extends Port>(ring: Ring<T>, port: T): void {
  port.stirredAt = game.tick;
  if (port.activeAt >= 0) return;
  port.activeAt = ring.active.length;
  ring.active.push(port);
}

/** Nothing happened at a visit. */
export function calm<T extends Port>(ring: Ring<T>, port: T): void {
  if (port.activeAt >= 0 && game.tick - port.stirredAt > active_ticks) rest(ring, port);
}

/** At most `budget` visits: up to half of them to active ports, the rest around the whole ring. */
export function visitSome<T extends Port>(ring: Ring<T>, budget: number, visit: (port: T) => void): void {
  const visits = math.min(budget, ring.all.length);
  const toActive = math.min(ring.active.length, math.ceil(visits / 2));
  for (const _ of $range(1, toActive)) {
    if (ring.active.length === 0) break;
    if (ring.activeCursor >= ring.active.length) ring.activeCursor = 0;
    const port = ring.active[ring.activeCursor];
    ring.activeCursor += 1;
    visit(port);
  }
  for (const _ of $range(toActive + 1, visits)) {
    if (ring.all.length === 0) break;
    if (ring.cursor >= ring.all.length) ring.cursor = 0;
    const port = ring.all[ring.cursor];
    ring.cursor += 1;
    visit(port);
  }
}

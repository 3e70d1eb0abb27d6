// What import ports miss, and in which order they wait for it (M4).
import type { Waiter } from "./state";
import { addMissing } from "./totals";

function enqueue(want: Waiter): void {
  let waiting = storage.waiting.get(want.r);
  if (waiting === undefined) {
    waiting = { wants: [], cursor: 0 };
    storage.waiting.set(want.r, waiting);
  }
  want.queuedAt = waiting.wants.length;
  waiting.wants.push(want);
}

function dequeue(want: Waiter): void {
  const waiting = storage.waiting.get(want.r)!;
  const last = waiting.wants.pop()!;
  if (last !== want) {
    waiting.wants[want.queuedAt] = last;
    last.queuedAt = want.queuedAt;
  }
  want.queuedAt = -1;
  if (waiting.wants.length === 0) storage.waiting.delete(want.r);
}

export function setMissing(want: Waiter, missing: number): void {
  if (missing === want.missing) return;
  addMissing(want.r, missing - want.missing);
  if (missing === 0) want.since = 0;
  else if (want.since === 0) want.since = game.tick;
  want.missing = missing;
  if (missing > 0 && want.queuedAt < 0) enqueue(want);
  if (missing === 0 && want.queuedAt >= 0) dequeue(want);
}

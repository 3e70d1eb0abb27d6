// From the import buffer into the waiting ports: a bounded number of hands per tick, each waiting port in turn, an equal
// share each. What nobody waits for goes back to the cluster after a while (M1), within the lease only.
import { handEnergy } from "./fill-energy";
import { handFluid } from "./fill-fluid";
import { handItems } from "./fill-items";
import { leftover_ticks } from "./limits";
import { handOrder, isOrder } from "./orders";
import { mayCollect } from "./session";
import type { PoolEntry, Waiter, Waiting, Want } from "./state";
import { amount, raiseExported, takeFromBuffer } from "./totals";
import { setMissing } from "./waiting";
import { importVisits } from "./wants";

function hand(waiter: Waiter, share: number): void {
  if (isOrder(waiter)) {
    handOrder(waiter, share);
    return;
  }
  const want = waiter as Want;
  const { entity, holds } = want.port;
  if (!entity.valid) {
    setMissing(want, 0); // on_object_destroyed is on its way
    return;
  }
  if (holds === "items") handItems(want, share);
  else if (holds === "fluid") handFluid(want, share);
  else handEnergy(want, share);
}

function nextInLine(waiting: Waiting): Waiter {
  if (waiting.cursor >= waiting.wants.length) waiting.cursor = 0;
  const want = waiting.wants[waiting.cursor];
  waiting.cursor += 1;
  return want;
}

/** Deals out one resource with at most `hands` insertions and returns how many are left over. */
export function deal(r: number, hands: number): number {
  const waiting = storage.waiting.get(r);
  if (waiting === undefined) return hands;
  const share = math.max(1, math.floor(amount(storage.buffer, r) / waiting.wants.length));
  let left = hands;
  while (left > 0 && waiting.wants.length > 0 && amount(storage.buffer, r) > 0) {
    hand(nextInLine(waiting), math.min(share, amount(storage.buffer, r)));
    left -= 1;
  }
  return left;
}

function giveBack(entry: PoolEntry): void {
  const { r } = entry;
  const count = amount(storage.buffer, r);
  takeFromBuffer(r, count);
  raiseExported(r, count);
}

/** One resource of the pool: deal it out, or give it back when it has lain long enough. Returns the hands left. */
function tend(entry: PoolEntry, hands: number): number {
  if (storage.waiting.has(entry.r)) {
    entry.wantedAt = game.tick;
    return deal(entry.r, hands);
  }
  if (game.tick - entry.wantedAt >= leftover_ticks && mayCollect()) giveBack(entry);
  return hands - 1;
}

export function dealSome(): void {
  let hands = importVisits();
  let looks = math.min(hands, storage.pool.length);
  while (hands > 0 && looks > 0 && storage.pool.length > 0) {
    if (storage.poolCursor >= storage.pool.length) storage.poolCursor = 0;
    const entry = storage.pool[storage.poolCursor];
    hands = tend(entry, hands);
    looks -= 1;
    if (storage.pool[storage.poolCursor] === entry) storage.poolCursor += 1;
  }
}

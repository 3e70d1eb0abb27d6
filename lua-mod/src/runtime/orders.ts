// What other mods want of the cluster: orders, served from the import buffer in turn with the import ports, and what came for
// them, held here until the mod takes it (M9).
import { orders_max } from "./limits";
import { nameOf, takeable } from "./names";
import { noteDelivery } from "./news";
import type { Order, Waiter } from "./state";
import { addToBuffer, takeFromBuffer } from "./totals";
import { setMissing } from "./waiting";

export function isOrder(waiter: Waiter): waiter is Order {
  return (waiter as Order).order !== undefined;
}

/** A standing order wants to hold its count at all times, any other one to have got it once. */
function orderMissing(order: Order): number {
  return math.max(0, order.count - (order.standing ? order.held : order.got));
}

/** undefined when there are too many. */
export function placeOrder(wanted: Pick<Order, "mod" | "r" | "count" | "standing">): Order | undefined {
  const { orders } = storage;
  if (orders.all.length >= orders_max) return undefined;
  orders.last += 1;
  const { mod, r, count, standing } = wanted;
  const order: Order = {
    order: orders.last,
    mod,
    r,
    count,
    standing,
    got: 0,
    held: 0,
    told: 0,
    missing: 0,
    since: 0,
    queuedAt: -1,
    at: orders.all.length,
  };
  orders.all.push(order);
  orders.byId.set(order.order, order);
  setMissing(order, orderMissing(order));
  return order;
}

export function orderOf(id: number): Order | undefined {
  return storage.orders.byId.get(id);
}

/** At most `share` units from the buffer to the order. */
export function handOrder(order: Order, share: number): void {
  const count = math.min(share, order.missing);
  takeFromBuffer(order.r, count);
  order.held += count;
  order.got += count;
  setMissing(order, orderMissing(order));
  noteDelivery(order);
}

/** So much has just gone from the order into the hands of its mod. One that has nothing more to come is closed. */
export function takeFromOrder(order: Order, count: number): void {
  assert(count >= 0 && count <= order.held, "clusterio: an order gave more than it held");
  order.held -= count;
  setMissing(order, orderMissing(order));
  if (!order.standing && order.held === 0 && order.got >= order.count) forget(order);
}

/** Wants nothing more; what it holds goes back to the cluster as everything does that nobody waits for. */
export function cancelOrder(order: Order): void {
  setMissing(order, 0);
  if (order.held > 0) addToBuffer(order.r, order.held);
  order.held = 0;
  forget(order);
}

function forget(order: Order): void {
  const { all, byId } = storage.orders;
  byId.delete(order.order);
  const last = all.pop()!;
  if (last === order) return;
  all[order.at] = last;
  last.at = order.at;
}

/** Mods or prototypes are gone: what was ordered by them, or of them, goes back. */
export function cancelVanished(): void {
  const { all } = storage.orders;
  for (const i of $range(all.length - 1, 0, -1)) {
    const order = all[i];
    const isGone = !takeable(nameOf(order.r));
    if (isGone || script.active_mods[order.mod] === undefined) {
      cancelOrder(order);
      if (isGone) noteDelivery(order, "unknown");
    }
  }
}

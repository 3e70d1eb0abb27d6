// What other mods do with the cluster's storage (docs/mod-api.md). Each of these is one movement within one tick (M1, M9).
import { isCapped } from "./capped";
import type { Haul } from "./collect";
import { collectInventory } from "./collect-items";
import { nameOf, numberOf, refusalOf, thingOf } from "./names";
import { cancelOrder, orderOf, placeOrder, takeFromOrder } from "./orders";
import { countIn, inventoryIn, modIn, orderIn, refuse, resourceIn, tableIn } from "./remote-parameters";
import { mayCollect } from "./session";
import type { Order } from "./state";
import { raiseExported } from "./totals";

/** `reason`: why not all of it went, nil when all did. */
interface Taken {
  count: number;
  taken: LuaMap<string, number>;
  reason?: string | undefined;
}

const storage_full = "storage-full";

function nothingTaken(reason: string): Taken {
  return { count: 0, taken: new LuaMap(), reason };
}

/** From an inventory, by the rules of export chests. */
function exportFrom(inventory: unknown): Taken {
  const given = inventoryIn(inventory);
  if (!mayCollect()) return nothingTaken("no-link");
  const taken = new LuaMap<string, number>();
  const haul: Haul = { took: false, refused: undefined, tally: taken };
  collectInventory(given, haul);
  let count = 0;
  for (const [, n] of taken) count += n;
  return { count, taken, reason: haul.refused ?? (haul.capped === undefined ? undefined : storage_full) };
}

export function exportToCluster(parameter: unknown): Taken {
  const given = tableIn(parameter);
  if (given.inventory !== undefined) return exportFrom(given.inventory);
  const resource = resourceIn(given);
  const count = countIn(given.count);
  if (!mayCollect()) return nothingTaken("no-link");
  const reason = refusalOf(resource);
  if (reason !== undefined) return nothingTaken(reason);
  const r = numberOf(resource);
  if (isCapped(r)) return nothingTaken(storage_full);
  raiseExported(r, count);
  const taken = new LuaMap<string, number>();
  taken.set(resource, count);
  return { count, taken };
}

export function importFromCluster(parameter: unknown): { order?: number; reason?: string } {
  const given = tableIn(parameter);
  const mod = modIn(given.mod);
  const resource = resourceIn(given);
  const count = countIn(given.count);
  const reason = refusalOf(resource);
  if (reason !== undefined) return { reason };
  const placed = placeOrder({ mod, r: numberOf(resource), count, standing: given.standing === true });
  return placed === undefined ? { reason: "too-many" } : { order: placed.order };
}

/** Into the given inventory as far as there is room, or simply out of our hands. */
function handOut(order: Order, count: number, inventory: unknown): number {
  if (inventory === undefined) return count;
  const given = inventoryIn(inventory);
  const thing = thingOf(nameOf(order.r));
  if (thing?.kind !== "item") return refuse("an inventory takes items only: take the order without one");
  return count === 0 ? 0 : given.insert({ name: thing.name, quality: thing.quality, count });
}

export function take(parameter: unknown): { count: number; held: number; reason?: string } {
  const given = tableIn(parameter);
  const order = orderOf(orderIn(given.order));
  const most = given.count === undefined ? undefined : countIn(given.count);
  if (order === undefined) return { count: 0, held: 0, reason: "no-order" };
  const count = handOut(order, math.min(order.held, most ?? order.held), given.inventory);
  takeFromOrder(order, count);
  return { count, held: order.held };
}

/** Returns whether there was such an order. */
export function cancel(parameter: unknown): boolean {
  const order = orderOf(orderIn(tableIn(parameter).order));
  if (order !== undefined) cancelOrder(order);
  return order !== undefined;
}

interface OrderState extends Pick<Order, "order" | "mod" | "count" | "standing" | "got" | "held"> {
  resource: string;
}

/** All orders, or those of one mod. */
export function ordersOf(parameter: unknown): OrderState[] {
  const mod = parameter === undefined ? undefined : tableIn(parameter).mod;
  const listed: OrderState[] = [];
  for (const { order, mod: placedBy, r, count, standing, got, held } of storage.orders.all) {
    if (mod === undefined || mod === placedBy) {
      listed.push({ order, mod: placedBy, resource: nameOf(r), count, standing, got, held });
    }
  }
  return listed;
}

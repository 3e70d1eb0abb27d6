// Prototypes that got another name by a mod's migration. The game renames what lies in chests and tanks; what is in our hands
// goes along: buffer, crumbs, orders, and the wants by being read again. The totals stay under the name under which things
// moved (DESIGN 3, docs/adr/0050): nothing came or went now.
import type { ConfigurationChangedData } from "factorio:runtime";
import { fluidResource, itemResource, nameOf, numberOf, thingOf } from "./names";
import { addCrumb, addToBuffer, amount, takeFromBuffer } from "./totals";
import { setMissing } from "./waiting";

type Migrations = ConfigurationChangedData["migrations"];

/** The name now; the same for one that is gone without a successor ("") or was not touched. */
function nowCalled(migrations: Migrations, kind: "item" | "fluid" | "quality", name: string): string {
  const renamed = migrations[kind]?.[name];
  return renamed === undefined || renamed === "" ? name : renamed;
}

function renamed(migrations: Migrations, resource: string): string {
  const thing = thingOf(resource);
  if (thing === undefined || thing.kind === "energy") return resource;
  if (thing.kind === "fluid") return fluidResource(nowCalled(migrations, "fluid", thing.name), thing.temperature);
  return itemResource(nowCalled(migrations, "item", thing.name), nowCalled(migrations, "quality", thing.quality));
}

interface Hand {
  r: number;
  to: number;
  buffered: number;
  crumbs: number;
}

/** Takes all of it out of our hands; names may have changed places, so everything is taken before anything is put back. */
function lift(r: number, to: number): Hand {
  const hand: Hand = { r, to, buffered: amount(storage.buffer, r), crumbs: amount(storage.crumbs, r) };
  if (hand.buffered > 0) takeFromBuffer(r, hand.buffered);
  storage.crumbs.delete(r);
  return hand;
}

/** Moves what is in our hands to the names that things have now, and notes them for whoever asks. */
export function followRenames(migrations: Migrations): void {
  const to = new LuaMap<number, number>();
  const lifted: Hand[] = [];
  for (const r of $range(0, storage.names.length - 1)) {
    const resource = nameOf(r);
    const name = renamed(migrations, resource);
    if (name !== resource) {
      const hand = lift(r, numberOf(name));
      lifted.push(hand);
      to.set(r, hand.to);
      storage.renamed.set(resource, name);
    }
  }
  for (const { to: r, buffered, crumbs } of lifted) {
    if (buffered > 0) addToBuffer(r, buffered);
    addCrumb(r, crumbs);
  }
  for (const { fluid } of storage.imports.all) {
    if (fluid !== undefined) fluid.name = nowCalled(migrations, "fluid", fluid.name);
  }
  for (const order of storage.orders.all) {
    const r = to.get(order.r);
    if (r !== undefined) {
      const { missing } = order;
      setMissing(order, 0);
      order.r = r;
      setMissing(order, missing);
    }
  }
}

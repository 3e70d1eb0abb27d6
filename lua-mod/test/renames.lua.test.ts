// Things that got another name by their mod's migration (docs/adr/0050).
import * as fc from "fast-check";
import { balance } from "./balance";
import { Partner } from "./partners";
import { type Vector, withoutZeros } from "./protocol";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create({ widgets: true });
  world.open({ lease: 100000 });
});
afterEach(() => world.close());

const rename = (): void => world.reload({ widgets: "renamed" });

test("what the buffer holds has the new name, and goes to those who ask for that", () => {
  world.importNamed({ "item:test-widget": 7, "item:test-widget:rare": 2, "fluid:test-goo:15": 9, "item:coal": 1 });
  rename();
  expect(world.buffer()).toEqual({
    "item:test-gadget": 7,
    "item:test-gadget:rare": 2,
    "fluid:test-slime:15": 9,
    "item:coal": 1,
  });
  world.place("import", 0);
  world.request(0, 1, "test-gadget", 5);
  world.place("import", 1, "tank");
  world.requestFluid(1, { name: "test-slime", amount: 100 });
  world.tick(3);
  expect([world.holds(0), world.holds(1)]).toEqual([{ "item:test-gadget": 5 }, { "fluid:test-slime:15": 9 }]);
  expect(world.brokenInvariants()).toEqual([]);
});

test("the totals stay under the name under which things moved, and the old name is not to be had any more", () => {
  world.place("export", 0);
  world.put(0, "test-widget", 4);
  world.tick(2);
  world.importNamed({ "item:test-widget": 7 });
  rename();
  expect(world.totals()).toEqual({ exported: { "item:test-widget": 4 }, received: { "item:test-widget": 7 } });
  const { names, untakeable, renamed, exported } = world.begin();
  expect(untakeable).toEqual(["item:test-widget"]);
  expect(renamed).toEqual({ "item:test-widget": "item:test-gadget" });
  expect(exported[names.indexOf("item:test-widget")]).toBe(4);
  expect(world.importNamed({ "item:test-widget": 20 }).untakeable).toEqual(["item:test-widget"]);
});

test("what chests and tanks hold and ask for is renamed by the game, and counted under the new name", () => {
  world.place("export", 0);
  world.place("export", 1, "tank");
  world.place("import", 2);
  world.request(2, 1, "test-widget", 50);
  world.place("import", 3, "tank");
  world.requestFluid(3, { name: "test-goo", amount: 30 });
  world.tick(2);
  world.lease(0);
  world.put(0, "test-widget", 4);
  world.pour(1, "test-goo", { amount: 6 });
  rename();
  expect(world.holds(0)).toEqual({ "item:test-gadget": 4 });
  world.tick(2);
  expect(world.wantedNow()).toEqual({ "item:test-gadget": 50, "fluid:test-slime:15": 30 });
  world.lease(1000);
  world.tick(2);
  expect(world.totals().exported).toEqual({ "item:test-gadget": 4, "fluid:test-slime:15": 6 });
  expect(world.requestedFluid(3)).toEqual({ name: "test-slime", temperature: 15, amount: 30 });
});

test("an order goes on for the new name, with what it held", () => {
  const partner = new Partner(world);
  const { order } = partner.import({ name: "test-widget", count: 10 });
  world.importNamed({ "item:test-widget": 4 });
  world.tick(1);
  rename();
  expect(partner.orders()).toMatchObject([{ order, resource: "item:test-gadget", held: 4, got: 4 }]);
  expect(world.wantedNow()).toEqual({ "item:test-gadget": 6 });
  world.importNamed({ "item:test-gadget": 6 });
  world.tick(1);
  expect(partner.take({ order })).toEqual({ count: 10, held: 0 });
  expect(world.brokenInvariants()).toEqual([]);
});

test("names that changed places change places, and two that became one are one", () => {
  world.importNamed({ "item:test-left": 3, "item:test-right": 8, "item:test-one": 10, "item:test-two": 20 });
  rename();
  expect(world.buffer()).toEqual({ "item:test-left": 8, "item:test-right": 3, "item:test-merged": 30 });
  expect(world.begin().renamed).toEqual({
    "item:test-left": "item:test-right",
    "item:test-right": "item:test-left",
    "item:test-one": "item:test-merged",
    "item:test-two": "item:test-merged",
  });
  expect(world.brokenInvariants()).toEqual([]);
});

test("fractions of a unit go along, and become whole together", () => {
  world.loosen({ fluidSlip: 0.25 });
  world.place("export", 0, "tank");
  world.pour(0, "test-goo", { amount: 5.25 });
  world.tick(1);
  const before = world.crumbs()["fluid:test-goo:15"];
  expect(before).toBe(0.75);
  rename();
  expect(world.crumbs()).toEqual({ "fluid:test-slime:15": before });
});

test("a peer that joins after it is in step", () => {
  world.importNamed({ "item:test-widget": 7, "item:test-left": 3, "item:test-right": 8 });
  rename();
  const peer = world.join({ shuffle: 5 });
  for (const each of [world, peer]) each.tick(3);
  expect(peer.state()).toBe(world.state());
  peer.close();
});

/** What is done before and after the names change: the same things under the names that they have then. */
type Step =
  | { do: "grant" | "put" | "order"; thing: number; count: number }
  | { do: "take"; nth: number }
  | { do: "tick"; ticks: number };

const OLD = ["item:test-widget", "item:test-one", "item:test-two", "item:coal"];
const NEW = ["item:test-gadget", "item:test-merged", "item:test-merged", "item:coal"];
/** The same thing, whatever it is called. */
const same = (resource: string): string => NEW[OLD.indexOf(resource)] ?? resource;

const together = (vector: Vector): Vector => {
  const sum: Vector = {};
  for (const [resource, n] of Object.entries(vector)) sum[same(resource)] = (sum[same(resource)] ?? 0) + n;
  return withoutZeros(sum);
};

const thing = fc.record({
  do: fc.constantFrom("grant" as const, "grant" as const, "put" as const, "order" as const),
  thing: fc.nat(3),
  count: fc.integer({ min: 1, max: 90 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: thing },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("take" as const), nth: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("tick" as const), ticks: fc.constantFrom(1, 3, 1, 3, 3700) }) },
);

/** Does one step with the names of that time; returns what it brought into the world. */
function walk(each: Step, names: readonly string[]): Vector {
  const partner = new Partner(world);
  if (each.do === "tick") world.tick(each.ticks);
  else if (each.do === "take") {
    const orders = partner.orders();
    const chosen = orders[each.nth % Math.max(1, orders.length)];
    if (chosen !== undefined) return { [chosen.resource]: -partner.take({ order: chosen.order }).count };
  } else {
    const resource = names[each.thing] ?? "";
    const name = resource.slice("item:".length);
    if (each.do === "put") return world.changeAt(0, () => world.put(0, name, each.count));
    if (each.do === "order") partner.import({ name, count: each.count });
    else world.importNamed({ [resource]: (world.totals().received[resource] ?? 0) + each.count });
  }
  return {};
}

/** Histories of a world with a chest of each way; every step is checked. */
class History {
  readonly #brought: Vector = {};

  constructor() {
    world.close();
    world = World.create({ widgets: true });
    world.open({ lease: 200_000 });
    world.place("export", 0);
    world.place("import", 1);
    world.request(1, 1, "test-widget", 40);
  }

  go(steps: readonly Step[], names: readonly string[]): void {
    for (const each of steps) this.#count(walk(each, names));
  }

  /** Another set of mods; what lay in chests and is gone with them is none of ours. */
  load(widgets: boolean | "renamed"): void {
    const totals = world.totals();
    const inChests = together(world.everything());
    world.reload({ widgets });
    expect(world.totals()).toEqual(totals);
    const left = together(world.everything());
    this.#count(
      Object.fromEntries(Object.keys(inChests).map((name) => [name, (left[name] ?? 0) - (inChests[name] ?? 0)])),
    );
  }

  #count(brought: Vector): void {
    for (const [resource, n] of Object.entries(brought)) this.#brought[resource] = (this.#brought[resource] ?? 0) + n;
    const { held, due } = balance(world, this.#brought);
    expect(together(held)).toEqual(together(due));
    expect(world.brokenInvariants()).toEqual([]);
  }
}

const steps = fc.array(step, { maxLength: 15, size: "max" });

test("no history with a rename in its midst makes or loses anything, under whatever name", () => {
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const history = new History();
      history.go(before, OLD);
      history.load("renamed");
      history.go(after, NEW);
    }),
    { numRuns: 12, seed: 5 },
  );
});

test("nor one in which the things' mod goes and comes back: what the buffer and orders held of them is given back", () => {
  fc.assert(
    fc.property(steps, steps, steps, (before, without, after) => {
      const history = new History();
      history.go(before, OLD);
      history.load(false);
      world.tick(2);
      const gone = OLD.filter((name) => name !== "item:coal");
      for (const name of gone) expect([world.buffer()[name], world.ordered()[name]]).toEqual([undefined, undefined]);
      history.go(without, ["item:coal", "item:stone", "item:iron-plate", "item:coal"]);
      history.load(true);
      history.go(after, OLD);
    }),
    { numRuns: 12, seed: 6 },
  );
});

// Another mod's exports and imports: docs/mod-api.md.
import { balance } from "./balance";
import { Depot, Partner } from "./partners";
import { World } from "./world";

let world: World;
let partner: Partner;
let depot: Depot;
beforeEach(() => {
  world = World.create({ depot: true });
  partner = new Partner(world);
  depot = new Depot(world);
  world.open({ lease: 100000 });
});
afterEach(() => world.close());

describe("export", () => {
  test("what a mod gives is counted at once, and the answer says how much", () => {
    expect(partner.export({ name: "coal", count: 7 })).toEqual({ count: 7, taken: { "item:coal": 7 } });
    expect(partner.export({ name: "coal", quality: "rare", count: 1 }).taken).toEqual({ "item:coal:rare": 1 });
    expect(partner.export({ fluid: "water", count: 20 }).taken).toEqual({ "fluid:water:15": 20 });
    expect(partner.export({ fluid: "steam", temperature: 500.7, count: 3 }).taken).toEqual({ "fluid:steam:500": 3 });
    expect(partner.export({ resource: "energy", count: 5 }).taken).toEqual({ energy: 5 });
    expect(world.totals().exported).toEqual({
      ...{ "item:coal": 7, "item:coal:rare": 1, "fluid:water:15": 20, "fluid:steam:500": 3, energy: 5 },
    });
  });

  test("what no chest would take is not taken, and the answer says why", () => {
    const reasons = (fields: object) => partner.export({ count: 5, ...fields }).reason;
    expect(reasons({ name: "no-such-item" })).toBe("unknown");
    expect(reasons({ name: "coal", quality: "no-such-quality" })).toBe("unknown");
    expect(reasons({ name: "test-hidden" })).toBe("class");
    expect(reasons({ fluid: "test-hidden-fluid" })).toBe("class");
    expect(reasons({ resource: "fluid:water:9000" })).toBe("temperature");
    expect(world.totals().exported).toEqual({});
  });

  test("without a link nothing is taken", () => {
    world.lease(0);
    world.tick(2);
    depot.build(0);
    depot.put("coal", 5);
    expect(partner.export({ name: "coal", count: 7 })).toEqual({ count: 0, taken: {}, reason: "no-link" });
    expect(depot.give()).toEqual({ count: 0, taken: {}, reason: "no-link" });
    expect(depot.holds()).toEqual({ "item:coal": 5 });
  });

  test("an inventory is emptied by the rules of export chests, stack by stack where stacks differ", () => {
    depot.build(0);
    depot.put("coal", 30);
    world.lua(`local chest = test.storage("sample-depot").depot
      chest.insert{ name = "steel-chest", count = 1, health = 0.5 }
      chest.insert{ name = "firearm-magazine", count = 3, ammo = 4 }`);
    const before = depot.holds();
    const { count, taken, reason } = depot.give();
    expect(taken).toEqual({ "item:coal": 30, "item:firearm-magazine": 2 });
    expect(count).toBe(32);
    expect(["damaged", "partial"]).toContain(reason);
    expect(world.totals().exported).toEqual(taken);
    expect(depot.holds()).toEqual({ "item:steel-chest": 1, "item:firearm-magazine": 1 });
    expect(before).toEqual({ "item:coal": 30, "item:steel-chest": 1, "item:firearm-magazine": 3 });
  });

  test("a report states it in the same tick's flush", () => {
    partner.export({ name: "coal", count: 7 });
    world.tick(5);
    expect(world.mirror().totals().exported).toEqual({ "item:coal": 7 });
  });
});

describe("an order", () => {
  test("is wanted of the cluster, filled by what comes, told by an event, and taken", () => {
    const { order } = partner.import({ name: "coal", count: 50 });
    expect(world.wanted()).toEqual({ "item:coal": 50 });
    world.importNamed({ "item:coal": 20 });
    world.tick(1);
    expect(world.wanted()).toEqual({ "item:coal": 30 });
    expect(partner.orders()).toEqual([
      { order, mod: "test-items", resource: "item:coal", count: 50, standing: false, got: 20, held: 20 },
    ]);
    expect(partner.take({ order, count: 5 })).toEqual({ count: 5, held: 15 });
    expect(partner.take({ order })).toEqual({ count: 15, held: 0 });
    expect(world.wanted()).toEqual({ "item:coal": 30 });
    world.importNamed({ "item:coal": 60 });
    world.tick(1);
    expect(partner.take({ order })).toEqual({ count: 30, held: 0 });
    expect(partner.orders()).toEqual([]);
    expect(partner.take({ order })).toEqual({ count: 0, held: 0, reason: "no-order" });
    expect(world.buffer()).toEqual({ "item:coal": 10 });
    expect(world.brokenInvariants()).toEqual([]);
  });

  test("a standing one is always to be full again", () => {
    const { order } = partner.import({ name: "coal", count: 10, standing: true });
    world.importNamed({ "item:coal": 10 });
    world.tick(1);
    expect(world.wanted()).toEqual({});
    partner.take({ order, count: 4 });
    expect(world.wanted()).toEqual({ "item:coal": 4 });
    expect(partner.orders()).toMatchObject([{ held: 6, got: 10 }]);
  });

  test("shares with chests and other orders what comes", () => {
    world.place("import", 0);
    world.request(0, 1, "coal", 300);
    const orders = [1, 2].map(() => partner.import({ name: "coal", count: 300 }).order);
    world.tick(2);
    world.importNamed({ "item:coal": 90 });
    world.tick(10);
    expect(world.holds(0)).toEqual({ "item:coal": 30 });
    expect(partner.orders().map(({ order, held }) => [order, held])).toEqual(orders.map((order) => [order, 30]));
  });

  test("of a fluid or of energy is taken as a number", () => {
    depot.build(0);
    const water = partner.import({ fluid: "water", count: 8 }).order;
    const power = partner.import({ resource: "energy", count: 3 }).order;
    world.importNamed({ "fluid:water:15": 8, energy: 3 });
    world.tick(1);
    const into = `test.storage("sample-depot").depot.get_inventory(defines.inventory.chest)`;
    expect(partner.mistake("take", `{ order = ${water}, inventory = ${into} }`)).toContain("takes items only");
    expect([water, power].map((order) => partner.take({ order }).count)).toEqual([8, 3]);
  });

  test("that is cancelled wants nothing more, and what it held goes back to the cluster", () => {
    const { order } = partner.import({ name: "coal", count: 50 });
    world.importNamed({ "item:coal": 20 });
    world.tick(1);
    expect(partner.cancel(order ?? 0)).toBe(true);
    expect(partner.cancel(order ?? 0)).toBe(false);
    expect(world.wanted()).toEqual({});
    expect(world.buffer()).toEqual({ "item:coal": 20 });
    world.tick(3700);
    expect(world.buffer()).toEqual({});
    expect(world.totals()).toEqual({ exported: { "item:coal": 20 }, received: { "item:coal": 20 } });
  });

  test("of what can never come is refused with the reason", () => {
    expect(partner.import({ name: "no-such-item", count: 5 })).toEqual({ reason: "unknown" });
    expect(partner.import({ name: "test-hidden", count: 5 })).toEqual({ reason: "class" });
    expect(partner.orders()).toEqual([]);
  });

  test("there are at most ten thousand of them", () => {
    world.lua(
      `for n = 1, 10000 do remote.call("clusterio", "import", { mod = "test-items", name = "coal", count = 1 }) end`,
    );
    expect(partner.import({ name: "coal", count: 5 })).toEqual({ reason: "too-many" });
    world.importNamed({ "item:coal": 20000 });
    world.tick(100);
    expect(world.brokenInvariants()).toEqual([]);
  });

  test("goes on in a loaded save and on a joined peer", () => {
    const { order } = partner.import({ name: "coal", count: 50 });
    world.importNamed({ "item:coal": 20 });
    world.reload();
    const peer = world.join({ shuffle: 5 });
    for (const each of [world, peer]) each.tick(3);
    expect(peer.state()).toBe(world.state());
    peer.close();
    expect(partner.take({ order })).toEqual({ count: 20, held: 0 });
    expect(world.wanted()).toEqual({ "item:coal": 30 });
  });
});

describe("the mod behind an order", () => {
  test("fetches what came into a chest of its own, as far as there is room", () => {
    depot.build(0);
    world.lua(`test.storage("sample-depot").depot.get_inventory(defines.inventory.chest).set_bar(2)`);
    depot.want("coal", 120);
    world.importNamed({ "item:coal": 120 });
    world.tick(1);
    expect(depot.holds()).toEqual({ "item:coal": 50 });
    expect(depot.seen().deliveries).toEqual([
      { order: 1, resource: "item:coal", arrived: 120, held: 120, complete: true },
    ]);
    depot.empty();
    depot.fetch();
    depot.empty();
    depot.fetch();
    expect(depot.holds()).toEqual({ "item:coal": 20 });
    expect(partner.orders()).toEqual([]);
  });

  test("is told once of what came in a tick, and of a later part again", () => {
    depot.want("coal", 100);
    world.importNamed({ "item:coal": 10 });
    world.importNamed({ "item:coal": 30 });
    world.tick(1);
    world.importNamed({ "item:coal": 100 });
    world.tick(1);
    expect(depot.seen().deliveries).toEqual([
      { order: 1, resource: "item:coal", arrived: 30, held: 30, complete: false },
      { order: 1, resource: "item:coal", arrived: 70, held: 100, complete: true },
    ]);
  });

  test("is removed from the game: all that was held for it goes back, and nothing is wanted for it", () => {
    depot.want("coal", 100);
    const { order } = partner.import({ name: "coal", count: 5 });
    world.importNamed({ "item:coal": 60 });
    world.tick(1);
    world.reload({ depot: false });
    expect(partner.orders()).toMatchObject([{ order, held: 5 }]);
    expect(world.wanted()).toEqual({});
    world.tick(3700);
    const { held, due } = balance(world, {});
    expect(world.totals().exported).toEqual({ "item:coal": 55 });
    expect(held).toEqual(due);
    expect(world.brokenInvariants()).toEqual([]);
  });

  test("hears of an order whose item is gone, and what was held of it goes back at once", () => {
    world.close();
    world = World.create({ depot: true, widgets: true });
    depot = new Depot(world);
    world.open({ lease: 100000 });
    depot.want("test-widget", 10);
    world.importNamed({ "item:test-widget": 4 });
    world.tick(1);
    world.reload({ widgets: false });
    expect(new Partner(world).orders()).toEqual([]);
    world.tick(2);
    expect(depot.seen().deliveries.at(-1)).toMatchObject({ cancelled: "unknown", held: 0 });
    expect(world.totals()).toEqual({ exported: { "item:test-widget": 4 }, received: { "item:test-widget": 4 } });
    expect(world.wantedNow()).toEqual({});
  });
});

describe("the link", () => {
  test("is told when it changes, and at any time to whoever asks", () => {
    world.tick(1);
    world.lease(5);
    world.tick(10);
    expect(partner.link()).toEqual({ linked: false, instance: "a", world: "a.1" });
    world.lease(100);
    world.tick(1);
    expect(partner.link()).toEqual({ linked: true, instance: "a", world: "a.1" });
    expect(depot.seen().links).toEqual([true, false, true].map((linked) => ({ linked, instance: "a", world: "a.1" })));
  });
});

test("thousands of orders for which nothing comes cost nothing in a tick, and few hands a tick serve them when something does", () => {
  const instructions = () =>
    (world.lua(`return test.instructions("clusterio", 120)`) as number[]).reduce((sum, each) => sum + each, 0) / 120;
  const place = (count: number) =>
    world.lua(
      `for n = 1, ${count} do remote.call("clusterio", "import", { mod = "test-items", name = "coal", count = 9 }) end`,
    );
  place(1);
  world.tick(10);
  const one = instructions();
  place(5_000);
  world.tick(10);
  expect(instructions()).toBe(one);
  world.importNamed({ "item:coal": 30_000 });
  const busy = instructions();
  world.setting("clusterio-import-chests-per-tick", 16);
  const twice = instructions();
  expect(twice).toBeGreaterThan(busy * 1.3);
  expect(busy).toBeLessThan(4_000);
});

test.each([
  ["export", `"coal"`, "one table with named fields"],
  ["export", `{ name = "coal" }`, "count must be a whole number"],
  ["export", `{ name = "coal", count = 0 }`, "count must be a whole number"],
  ["export", `{ name = "coal", count = 1.5 }`, "count must be a whole number"],
  ["export", `{ name = "coal", count = 1e10 }`, "count must be a whole number"],
  ["export", `{ count = 5 }`, "name, fluid or resource"],
  ["export", `{ resource = "coal", count = 5 }`, "name, fluid or resource"],
  ["export", `{ resource = "item:coal:normal", count = 5 }`, "name, fluid or resource"],
  ["export", `{ name = "coal", quality = 5, count = 5 }`, "quality must be"],
  ["export", `{ fluid = "water", temperature = "hot", count = 5 }`, "temperature must be"],
  ["export", `{ inventory = game.surfaces[1] }`, "LuaInventory"],
  ["import", `{ name = "coal", count = 5 }`, "mod must be"],
  ["import", `{ mod = "no-such-mod", name = "coal", count = 5 }`, "mod must be"],
  ["take", `{}`, "order must be"],
  ["cancel", `{ order = "1" }`, "order must be"],
  ["send", `{ channel = "a b", data = "x" }`, "channel must be"],
  ["send", `{ channel = "a", to = "A", data = "x" }`, "to must be"],
  ["send", `{ channel = "a", data = 5 }`, "data must be"],
  ["send", `{ channel = "a", data = string.rep("x", 1001) }`, "data must be"],
])("the caller's mistake in %s(%s) is an error that names it", (name, parameters, words) => {
  const before = world.state();
  expect(partner.mistake(name, parameters)).toContain(words);
  expect(world.state()).toBe(before);
});

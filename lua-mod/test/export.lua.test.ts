import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
});
afterEach(() => world.close());

test("a chest is emptied and the total raised in the same tick", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 250);
  world.tick(1);
  expect(world.holds(0)).toEqual({});
  expect(world.totals().exported).toEqual({ "item:iron-plate": 250 });
});

test("each quality is a resource of its own", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 5);
  world.put(0, "iron-plate", 3, { quality: "uncommon" });
  world.tick(1);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 5, "item:iron-plate:uncommon": 3 });
});

test("nothing is collected without a lease, after its last tick, or without a session; the chest says so", () => {
  world.place("export", 0);
  world.put(0, "iron-plate", 1);
  world.tick(10);
  expect(world.status(0)).toBe("no-link");

  world.open({ lease: 10 });
  world.tick(10);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 1 });
  expect(world.status(0)).toBe("");
  world.put(0, "iron-plate", 1);
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 1 });
  expect(world.status(0)).toBe("no-link");

  world.lease(10);
  world.tick(1);
  expect(world.holds(0)).toEqual({});
  expect(world.status(0)).toBe("");
});

test("the lease goes on in a loaded save, and begin does not extend it", () => {
  world.open({ lease: 10 });
  world.place("export", 0);
  world.reload();
  world.put(0, "iron-plate", 1);
  world.tick(5);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 1 });
  world.begin();
  world.tick(5);
  world.put(0, "iron-plate", 1);
  world.tick(20);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 1 });
});

test("active chests are visited within a few ticks though a thousand idle ones stand around", () => {
  world.open();
  world.placeMany("export", 0, 1000);
  const active = [0, 20, 40, 60, 80, 100];
  for (const x of active) world.put(x, "iron-plate", 1);
  world.tick(30);
  expect(world.everything()).toEqual({});
  for (let swing = 0; swing < 10; swing++) {
    for (const x of active) world.put(x, "iron-plate", 1);
    world.tick(2); // four of them per tick
    expect(world.everything()).toEqual({});
  }
});

test("every chest has its turn though more are active than are visited in a tick", () => {
  world.open();
  world.placeMany("export", 0, 100);
  for (let x = 0; x < 100; x++) world.put(x, "iron-plate", 1);
  world.tick(25);
  for (let round = 0; round < 3; round++) {
    for (let x = 0; x < 100; x++) world.put(x, "iron-plate", 1);
    world.tick(26);
    for (let x = 0; x < 100; x++) expect([x, world.holds(x)]).toEqual([x, {}]);
  }
});

test("a mined chest takes its contents with it, and the others go on", () => {
  world.open();
  for (let x = 0; x < 5; x++) world.place("export", x);
  world.tick(2);
  world.lease(0);
  world.tick(1);
  world.put(2, "iron-plate", 5);
  world.mine(2);
  world.tick(1);
  world.lease(1000);
  for (const x of [0, 1, 3, 4]) world.put(x, "iron-plate", 1);
  world.tick(2);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 4 });
});

test("chests built by a player, a robot, a platform, a script and by cloning are all known, once", () => {
  world.open();
  world.place("export", 0);
  world.clone(0, 1);
  world.placeBy("robot", "export", 2, "chest");
  world.placeBy("platform", "export", 3, "chest");
  world.placeMany("export", 4, 1);
  for (let x = 0; x < 5; x++) world.put(x, "iron-plate", 1);
  world.tick(2);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 5 });
  expect(world.lua(`return { #test.storage("clusterio").exports.all }`)).toEqual([5]);
});

describe("the item rules", () => {
  const whole = { left: {}, status: "" };
  test.each([
    ["a plain item", "iron-plate", 10, {}, { out: 10, ...whole }],
    ["a placeable item in full health", "steel-chest", 10, {}, { out: 10, ...whole }],
    [
      "a damaged item",
      "steel-chest",
      10,
      { health: 0.5 },
      { out: 0, left: { "item:steel-chest": 10 }, status: "refused-damaged" },
    ],
    ["full magazines", "firearm-magazine", 10, {}, { out: 10, ...whole }],
    [
      "a stack with one used magazine",
      "firearm-magazine",
      10,
      { ammo: 3 },
      { out: 9, left: { "item:firearm-magazine": 1 }, status: "refused-partial" },
    ],
    [
      "a lone used magazine",
      "firearm-magazine",
      1,
      { ammo: 3 },
      { out: 0, left: { "item:firearm-magazine": 1 }, status: "refused-partial" },
    ],
    ["unused repair packs", "repair-pack", 10, {}, { out: 10, ...whole }],
    [
      "a stack with one used repair pack",
      "repair-pack",
      10,
      { durability: 1 },
      { out: 9, left: { "item:repair-pack": 1 }, status: "refused-partial" },
    ],
    [
      "armor, which may carry a grid",
      "light-armor",
      1,
      {},
      { out: 0, left: { "item:light-armor": 1 }, status: "refused-data" },
    ],
    [
      "a vehicle that carries data",
      "test-car",
      1,
      {},
      { out: 0, left: { "item:test-car": 1 }, status: "refused-data" },
    ],
    ["a blueprint", "blueprint", 1, {}, { out: 0, left: { "item:blueprint": 1 }, status: "refused-class" }],
    ["what spoils", "nutrients", 10, {}, { out: 0, left: { "item:nutrients": 10 }, status: "refused-spoils" }],
    ["a module", "speed-module", 2, {}, { out: 2, ...whole }],
    ["a capsule", "test-capsule", 2, {}, { out: 2, ...whole }],
    ["a gun", "test-gun", 2, {}, { out: 2, ...whole }],
    ["a rail planner", "test-rail-planner", 2, {}, { out: 2, ...whole }],
    [
      "a selection tool",
      "test-selection-tool",
      1,
      {},
      { out: 0, left: { "item:test-selection-tool": 1 }, status: "refused-class" },
    ],
    [
      "a deconstruction planner",
      "test-deconstruction-planner",
      1,
      {},
      { out: 0, left: { "item:test-deconstruction-planner": 1 }, status: "refused-class" },
    ],
    [
      "an upgrade planner",
      "test-upgrade-planner",
      1,
      {},
      { out: 0, left: { "item:test-upgrade-planner": 1 }, status: "refused-class" },
    ],
    ["a remote", "test-remote", 1, {}, { out: 0, left: { "item:test-remote": 1 }, status: "refused-class" }],
    [
      "an item with an inventory",
      "test-backpack",
      1,
      {},
      { out: 0, left: { "item:test-backpack": 1 }, status: "refused-class" },
    ],
    ["an item with a label", "test-label", 1, {}, { out: 0, left: { "item:test-label": 1 }, status: "refused-class" }],
    [
      "an item with tags",
      "item-with-tags",
      1,
      {},
      { out: 0, left: { "item:item-with-tags": 1 }, status: "refused-class" },
    ],
    ["a blueprint book", "test-book", 1, {}, { out: 0, left: { "item:test-book": 1 }, status: "refused-class" }],
    [
      "a starter pack",
      "test-starter-pack",
      1,
      {},
      { out: 0, left: { "item:test-starter-pack": 1 }, status: "refused-class" },
    ],
    ["a parameter", "parameter-0", 1, {}, { out: 0, left: { "item:parameter-0": 1 }, status: "refused-class" }],
    ["a hidden item", "test-hidden", 2, {}, { out: 0, left: { "item:test-hidden": 2 }, status: "refused-class" }],
  ])("%s", (_, item, count, extra, expected) => {
    world.open();
    world.place("export", 0);
    world.put(0, item, count, extra);
    world.tick(1);
    expect(world.holds(0)).toEqual(expected.left);
    expect(world.totals().exported).toEqual(expected.out === 0 ? {} : { [`item:${item}`]: expected.out });
    expect(world.status(0)).toBe(expected.status);
  });

  test("each quality is a resource of its own, and what holds for one holds for the others", () => {
    world.open();
    world.place("export", 0);
    world.put(0, "iron-plate", 3);
    world.put(0, "iron-plate", 2, { quality: "rare" });
    world.put(0, "firearm-magazine", 4, { quality: "legendary", ammo: 3 });
    world.tick(1);
    expect(world.totals().exported).toEqual({
      "item:iron-plate": 3,
      "item:iron-plate:rare": 2,
      "item:firearm-magazine:legendary": 3,
    });
    expect(world.holds(0)).toEqual({ "item:firearm-magazine:legendary": 1 });
  });

  test("armour with a grid stays, whatever else is known of it", () => {
    world.open();
    world.place("export", 0);
    world.put(0, "light-armor", 1);
    world.lua(`test.give_grid(at(0).get_inventory(defines.inventory.chest)[1], 5, 4)`);
    world.tick(1);
    expect(world.status(0)).toBe("refused-data");
  });

  test("what is refused does not hold up the rest, and the status goes with it", () => {
    world.open();
    world.place("export", 0);
    world.put(0, "firearm-magazine", 1, { ammo: 3 });
    world.put(0, "iron-plate", 10);
    world.put(0, "steel-chest", 2);
    world.tick(1);
    expect(world.holds(0)).toEqual({ "item:firearm-magazine": 1 });
    expect(world.status(0)).toBe("refused-partial");
    world.take(0, "firearm-magazine", 1);
    world.tick(1);
    expect(world.status(0)).toBe("");
  });
});

import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
});
afterEach(() => world.close());

test("what nobody requests for a minute goes back: exported raised and the buffer lowered in one tick", () => {
  world.open({ lease: 10000 });
  world.importNamed({ "item:iron-plate": 10 });
  world.tick(3599);
  expect(world.buffer()).toEqual({ "item:iron-plate": 10 });
  world.tick(1);
  expect(world.buffer()).toEqual({});
  expect(world.totals()).toEqual({ exported: { "item:iron-plate": 10 }, received: { "item:iron-plate": 10 } });
});

test("not without the lease, but as soon as there is one", () => {
  world.open({ lease: 100 });
  world.importNamed({ "item:iron-plate": 10 });
  world.tick(5000);
  expect(world.buffer()).toEqual({ "item:iron-plate": 10 });
  world.lease(100);
  world.tick(1);
  expect(world.totals().exported).toEqual({ "item:iron-plate": 10 });
});

test("a request that is made meanwhile is met from the buffer, and the minute begins anew", () => {
  world.open({ lease: 10000 });
  world.importNamed({ "item:iron-plate": 10 });
  world.tick(3000);
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 4);
  world.tick(2);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 4 });
  world.tick(3000);
  expect(world.buffer()).toEqual({ "item:iron-plate": 6 });
  world.tick(700);
  expect(world.buffer()).toEqual({});
  expect(world.totals().exported).toEqual({ "item:iron-plate": 6 });
});

describe("a prototype that vanishes", () => {
  const gone = "item:test-widget";

  function withWidgets(): void {
    world.close();
    world = World.create({ widgets: true });
    world.open({ lease: 10000 });
    world.place("import", 0);
    world.request(0, 1, "test-widget", 5);
    world.request(0, 2, "coal", 5);
    world.tick(2);
    world.importNamed({ [gone]: 20 });
    expect(world.holds(0)).toEqual({ [gone]: 5 });
    world.reload({ widgets: false });
  }

  test("gives its buffered amount back at once, and its number keeps its meaning", () => {
    withWidgets();
    world.tick(1);
    expect(world.buffer()).toEqual({});
    expect(world.totals().exported).toEqual({ [gone]: 15 });
    const state = world.begin();
    expect(state.untakeable).toEqual([gone]);
    expect(state.names).toContain(gone);
    expect(state.exported).toEqual({ [state.names.indexOf(gone)]: 15 });
  });

  test("is wanted no more, and an import of it changes nothing", () => {
    withWidgets();
    world.begin();
    world.tick(10);
    expect(world.wanted()).toEqual({ "item:coal": 5 });
    expect(world.ci({ [gone]: 10 })).toMatchObject({ untakeable: [gone] });
    expect(world.importNamed({ [gone]: 100 })).toMatchObject({ untakeable: [gone] });
    expect(world.totals().received).toEqual({ [gone]: 20 });
  });

  test("can be taken again when its mod comes back", () => {
    withWidgets();
    world.tick(1);
    world.reload({ widgets: true });
    expect(world.begin().untakeable).toEqual([]);
    expect(world.importNamed({ [gone]: 21 })).toMatchObject({ untakeable: [] });
    expect(world.totals().received).toEqual({ [gone]: 21 });
  });

  test("is what no tank is set to any more, also when it comes back: as the game does with a chest's requests", () => {
    world.close();
    world = World.create({ widgets: true });
    world.open({ lease: 10000 });
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "test-goo", amount: 30 });
    world.tick(2);
    expect(world.wanted()).toEqual({ "fluid:test-goo:15": 30 });
    world.reload({ widgets: false });
    // Its window shows what it is set to, and the game knows no such fluid.
    world.lua(`test.join("someone") test.open(at(0), "someone")`);
    world.begin();
    world.lease(1000);
    world.tick(100);
    expect(world.status(0)).toBe("no-request");
    world.reload({ widgets: true });
    world.begin();
    world.tick(10);
    expect(world.wanted()).toEqual({});
    expect(world.requestedFluid(0)).toEqual({});
  });
});

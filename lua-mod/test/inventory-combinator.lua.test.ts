// Storage levels as signals.
import { CircuitHands, type HearLine } from "./circuit-hands";
import { World } from "./world";

const STORAGE = 0;
let world: World;
let hands: CircuitHands;
beforeEach(() => {
  world = World.create({ widgets: true });
  world.open({ lease: 100000 });
  hands = new CircuitHands(world);
});
afterEach(() => world.close());

const interest = () => hands.said().findLast((line): line is HearLine => "hear" in line)?.hear;

test("it shows all levels that it is told: items with quality, fluids, energy", () => {
  hands.build(0, "inventory-combinator");
  world.tick(2);
  expect(interest()).toEqual({ 0: { epoch: 0 } });
  const levels = { "item:coal": 1200, "item:coal:rare": 3, "fluid:steam": 50, "virtual:signal-cluster-energy": 7 };
  hands.tell(STORAGE, levels);
  world.tick(10);
  expect(hands.shown(0)).toEqual(levels);
  hands.tell(STORAGE, { ...levels, "item:coal": 1201, "item:coal:rare": 0 });
  world.tick(10);
  expect(hands.shown(0)).toEqual({ "item:coal": 1201, "fluid:steam": 50, "virtual:signal-cluster-energy": 7 });
});

test("with signals chosen it shows those, and the bridge is asked for no others", () => {
  hands.build(0, "inventory-combinator", { "clusterio-filters": ["item:stone", "item:coal"] });
  hands.build(1, "inventory-combinator", { "clusterio-filters": ["fluid:steam", "item:coal"] });
  world.tick(2);
  expect(interest()).toEqual({ 0: { epoch: 0, only: ["item:stone", "item:coal", "fluid:steam"] } });
  hands.tell(STORAGE, { "item:coal": 5, "item:stone": 6, "fluid:steam": 7 });
  world.tick(10);
  expect([hands.shown(0), hands.shown(1)]).toEqual([
    { "item:coal": 5, "item:stone": 6 },
    { "item:coal": 5, "fluid:steam": 7 },
  ]);
  hands.setSignals(0, ["fluid:steam"]);
  world.tick(10);
  expect(hands.shown(0)).toEqual({ "fluid:steam": 7 });
  hands.setSignals(0, []);
  world.tick(10);
  expect(hands.shown(0)).toEqual({ "item:coal": 5, "item:stone": 6, "fluid:steam": 7 });
  expect(interest()).toEqual({ 0: { epoch: 0 } });
  hands.lua("circuit(0).destroy() circuit(1).destroy()");
  world.tick(2);
  expect(interest()).toEqual({});
});

test("more than a thousand signals take several sections, and none stands there twice", () => {
  world.close();
  world = World.create({ crowd: true });
  world.open({ lease: 100000 });
  hands = new CircuitHands(world);
  const values = hands.many(2_500);
  hands.build(0, "inventory-combinator");
  hands.tell(STORAGE, values);
  world.setting("clusterio-signals-per-tick", 5000);
  world.tick(3);
  expect(hands.shown(0)).toEqual(values);
  expect(hands.lua(`return { circuit(0).get_or_create_control_behavior().sections_count }`)).toEqual([3]);
  hands.tell(STORAGE, hands.many(1));
  world.tick(3);
  expect(hands.shown(0)).toEqual(hands.many(1));
});

test("so many signals a tick are written, however many changed", () => {
  hands.build(0, "inventory-combinator");
  world.setting("clusterio-signals-per-tick", 10);
  hands.tell(STORAGE, hands.many(100));
  for (let tick = 1; tick <= 9; tick++) {
    world.tick(1);
    expect(Object.keys(hands.shown(0)).length).toBeLessThanOrEqual(10 * tick);
  }
  world.tick(10);
  expect(hands.shown(0)).toEqual(hands.many(100));
});

test("a mod that goes takes its signals along; what is left is shown", () => {
  hands.build(0, "inventory-combinator");
  hands.build(1, "inventory-combinator", { "clusterio-filters": ["item:test-widget", "item:coal"] });
  hands.tell(STORAGE, { "item:test-widget": 4, "item:coal": 5 });
  world.tick(10);
  expect(hands.shown(0)).toEqual({ "item:test-widget": 4, "item:coal": 5 });
  world.reload({ widgets: false });
  world.tick(10);
  expect([hands.shown(0), hands.shown(1)]).toEqual([{}, {}]);
  world.begin();
  hands.tell(STORAGE, { "item:test-widget": 4, "item:coal": 6 }, true);
  world.tick(10);
  expect([hands.shown(0), hands.shown(1)]).toEqual([{ "item:coal": 6 }, { "item:coal": 6 }]);
});

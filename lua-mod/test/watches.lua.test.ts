// Levels of the cluster's storage for other mods.
import { CircuitHands, type HearLine } from "./circuit-hands";
import { Partner } from "./partners";
import { World } from "./world";

const STORAGE = 0;
let world: World;
let hands: CircuitHands;
let partner: Partner;
beforeEach(() => {
  world = World.create({ depot: true });
  world.open({ lease: 100000 });
  hands = new CircuitHands(world);
  partner = new Partner(world);
});
afterEach(() => world.close());

const interest = () => hands.said().findLast((line): line is HearLine => "hear" in line)?.hear;

test("a mod watches signals of the storage: the bridge is asked for those, and what it says is known at once", () => {
  expect(partner.levels()).toEqual({ known: false, levels: {} });
  expect(partner.watch(["item:coal", "fluid:water", "item:coal", "item:no-such"])).toEqual(["item:no-such"]);
  world.tick(2);
  expect(interest()).toMatchObject({ 0: { only: ["item:coal", "fluid:water"] } });
  expect(partner.levels()).toEqual({ known: false, levels: {} });
  hands.tell(STORAGE, { "item:coal": 500 });
  expect(partner.levels()).toEqual({ known: true, levels: { "item:coal": 500, "fluid:water": 0 } });
  hands.tell(STORAGE, { "item:coal": 499, "fluid:water": 20 });
  expect(partner.levels().levels).toEqual({ "item:coal": 499, "fluid:water": 20 });
});

test("each mod sees what it watches itself, and what nobody watches any more is not asked for", () => {
  partner.watch(["item:coal"]);
  partner.watch(["item:stone", "item:coal"], "sample-depot");
  world.tick(2);
  expect(interest()).toMatchObject({ 0: { only: ["item:coal", "item:stone"] } });
  hands.tell(STORAGE, { "item:coal": 5, "item:stone": 6 });
  expect(partner.levels().levels).toEqual({ "item:coal": 5 });
  expect(partner.levels("sample-depot").levels).toEqual({ "item:coal": 5, "item:stone": 6 });
  partner.watch([]);
  world.tick(2);
  expect(interest()).toMatchObject({ 0: { only: ["item:stone", "item:coal"] } });
  world.reload({ depot: false });
  world.tick(2);
  expect(interest()).toEqual({});
});

test("beside combinators: one that shows all hears all, and shows nothing else because of a watch", () => {
  hands.build(0, "inventory-combinator", { "clusterio-filters": ["item:stone"] });
  partner.watch(["item:coal"]);
  world.tick(2);
  expect(interest()).toMatchObject({ 0: { only: ["item:stone", "item:coal"] } });
  hands.tell(STORAGE, { "item:coal": 5, "item:stone": 6 });
  world.tick(10);
  expect(hands.shown(0)).toEqual({ "item:stone": 6 });
  hands.setSignals(0, []);
  world.tick(2);
  expect(interest()?.[0]).not.toHaveProperty("only");
});

test("without a link nothing is known, and after a pause in watching nothing old is", () => {
  partner.watch(["item:coal"]);
  world.tick(2);
  hands.tell(STORAGE, { "item:coal": 5 });
  world.lease(0);
  world.tick(2);
  expect(partner.levels()).toEqual({ known: false, levels: {} });
  world.lease(1000);
  world.tick(2);
  hands.tell(STORAGE, { "item:coal": 6 });
  expect(partner.levels().levels).toEqual({ "item:coal": 6 });
  partner.watch([]);
  partner.watch(["item:coal"]);
  expect(partner.levels()).toEqual({ known: false, levels: {} });
});

test("it goes on in a loaded save, and a joined peer is in step", () => {
  partner.watch(["item:coal"]);
  hands.tell(STORAGE, { "item:coal": 5 });
  world.reload();
  expect(partner.levels().levels).toEqual({ "item:coal": 5 });
  const peer = world.join({ shuffle: 4 });
  for (const each of [world, peer]) each.tick(3);
  expect(peer.state()).toBe(world.state());
  peer.close();
});

test.each([
  [`{ mod = "test-items" }`, "signals must be a list"],
  [`{ mod = "test-items", signals = { 5 } }`, "signals must be a list of strings"],
  [`{ signals = {} }`, "mod must be"],
])("the caller's mistake in watch(%s) is an error that names it", (parameters, words) => {
  expect(partner.mistake("watch", parameters)).toContain(words);
});

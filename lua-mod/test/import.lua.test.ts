import * as fc from "fast-check";
import { encodeCompact } from "./compact-payload";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
  world.open();
});
afterEach(() => world.close());

test("what a chest requests is wanted, and put there in the tick of its arrival", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 100);
  world.tick(1);
  expect(world.wanted()).toEqual({ "item:iron-plate": 100 });
  expect(world.ci({ "item:iron-plate": 40 })).toMatchObject({ received: { 0: 40 }, wanted: { 0: 60 } });
  expect(world.holds(0)).toEqual({ "item:iron-plate": 40 });
  expect(world.buffer()).toEqual({});
});

test("a request names a quality and gets that one", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10, "rare");
  world.request(0, 2, "iron-plate", 20);
  world.tick(1);
  expect(world.wanted()).toEqual({ "item:iron-plate:rare": 10, "item:iron-plate": 20 });
  world.ci({ "item:iron-plate:rare": 10, "item:iron-plate": 5 });
  expect(world.holds(0)).toEqual({ "item:iron-plate:rare": 10, "item:iron-plate": 5 });
});

test("wanted is net of what the chests hold", () => {
  world.place("import", 0);
  world.put(0, "iron-plate", 30);
  world.request(0, 1, "iron-plate", 100);
  world.tick(1);
  expect(world.wanted()).toEqual({ "item:iron-plate": 70 });
  world.take(0, "iron-plate", 20);
  world.tick(1);
  expect(world.wanted()).toEqual({ "item:iron-plate": 90 });
});

test("wanted is net of the import buffer", () => {
  world.setting("clusterio-import-chests-per-tick", 1);
  for (const x of [0, 1]) {
    world.place("import", x);
    world.request(x, 1, "iron-plate", 100);
  }
  world.tick(4);
  const reply = world.ci({ "item:iron-plate": 50 }); // one hand: half of it to one chest
  expect(world.everything()).toEqual({ "item:iron-plate": 25 });
  expect(world.buffer()).toEqual({ "item:iron-plate": 25 });
  expect(reply).toMatchObject({ received: { 0: 50 }, wanted: { 0: 150 } });
});

test("a chest with little room wants no more than that, also right after it was handed something", () => {
  world.place("import", 0);
  world.put(0, "copper-plate", 4700);
  world.request(0, 1, "iron-plate", 400);
  world.tick(1);
  expect(world.wanted()).toEqual({ "item:iron-plate": 100 });
  expect(world.ci({ "item:iron-plate": 25 })).toMatchObject({ wanted: { 0: 75 } });
});

test("what does not fit is not wanted, and what was sent nevertheless stays in the buffer", () => {
  world.place("import", 0);
  world.put(0, "copper-plate", 4800);
  world.request(0, 1, "iron-plate", 10);
  world.tick(1);
  expect(world.wanted()).toEqual({});
  world.ci({ "item:iron-plate": 10 });
  expect(world.buffer()).toEqual({ "item:iron-plate": 10 });
  world.take(0, "copper-plate", 100);
  world.tick(3);
  expect(world.holds(0)).toMatchObject({ "item:iron-plate": 10 });
  expect(world.buffer()).toEqual({});
});

test("the same import twice, late or out of order, is taken in once", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 100);
  world.tick(1);
  world.ci({ "item:iron-plate": 10 });
  world.ci({ "item:iron-plate": 30 });
  for (const late of [30, 10, 0]) {
    world.ci({ "item:iron-plate": late });
    world.importNamed({ "item:iron-plate": late });
    expect(world.totals().received).toEqual({ "item:iron-plate": 30 });
    expect(world.holds(0)).toEqual({ "item:iron-plate": 30 });
  }
});

test.each([1, 2, 3])("an import by name gives numbers in one order, whatever the order of pairs (%p)", (shuffle) => {
  world.close();
  world = World.create({ shuffle });
  world.open();
  const reply = world.importNamed({ "item:zzz": 1, "item:steel-plate": 3, "item:coal": 2 });
  expect(reply).toMatchObject({
    names: { 0: "item:coal", 1: "item:steel-plate" },
    received: { 0: 2, 1: 3 },
    untakeable: ["item:zzz"],
  });
});

test.each([
  "item:no-such-item",
  "item:iron-plate:no-such-quality",
  "item:iron-plate:normal",
  "item:iron-plate:rare:x",
  "item:blueprint",
  "item:nutrients",
  "fluid:no-such-fluid:15",
  "fluid:water",
  "fluid:water:015",
  "fluid:water:-0",
  "fluid:water:14",
  "fluid:water:101",
  "fluid:test-hidden-fluid:15",
  "energy:1",
  "nonsense",
])("%s is untakeable and changes nothing", (resource) => {
  expect(world.importNamed({ [resource]: 5 })).toMatchObject({ untakeable: [resource], names: {}, received: {} });
  expect(world.totals().received).toEqual({});
});

test("totals that are no totals are refused as a whole", () => {
  for (const total of [-1, 0.5, 2 ** 53, "5", null, [1]]) {
    const totals = { "item:iron-plate": 5, "item:coal": total };
    const reply = world.json("clusterio-import", { token: world.token, totals });
    if (total !== null) expect(reply).toMatchObject({ error: "payload" });
  }
  expect(world.totals().received["item:coal"]).toBeUndefined();
});

test("a compact payload that does not parse, or names a number never given, changes nothing", () => {
  world.importNamed({ "item:iron-plate": 1 });
  const before = world.state();
  for (const payload of [
    "A",
    "AFA",
    "Ao",
    "AFo",
    "A!",
    "BA",
    "AAAA",
    "Ag".repeat(12),
    `A${"-".repeat(11)}B`,
    `${"g".repeat(300)}AA`,
    "AF AF",
  ]) {
    expect([payload, world.send("ci", `${world.tag} ${payload}`).error]).toEqual([payload, "payload"]);
  }
  expect(world.state()).toBe(before);
});

test("an amount that would leave the exact range is refused", () => {
  world.importNamed({ "item:iron-plate": 5 });
  world.begin();
  const most = 2 ** 53 - 2 ** 32 - 1;
  expect(world.send("ci", `${world.tag} ${encodeCompact([[0, most]])}`).error).toBe("payload");
  expect(world.send("ci", `${world.tag} ${encodeCompact([[0, most - 5]])}`)).toMatchObject({ received: { 0: most } });
});

test("any import survives the compact encoding", () => {
  const items = [
    "coal",
    "copper-cable",
    "copper-plate",
    "iron-gear-wheel",
    "iron-plate",
    "iron-stick",
    "stone",
    "wood",
  ];
  world.importNamed(Object.fromEntries(items.map((item) => [`item:${item}`, 1])));
  const amount = fc.oneof(
    fc.nat(100),
    fc.nat(2 ** 31),
    fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 52),
  );
  const sent = fc.uniqueArray(fc.tuple(fc.nat(items.length - 1), amount), { selector: ([number]) => number });
  const base = new Map(items.map((item) => [`item:${item}`, 1]));
  fc.assert(
    fc.property(sent, (pairs) => {
      world.begin();
      const bases = world.totals().received;
      const sorted = [...pairs].sort(([a], [b]) => a - b);
      const reply = world.send("ci", `${world.tag} ${encodeCompact(sorted)}`);
      const tooMuch = sorted.some(([number, n]) => (bases[`item:${items[number]}`] ?? 0) + n >= 2 ** 53 - 2 ** 32);
      expect(reply.error).toBe(tooMuch ? "payload" : undefined);
      if (tooMuch) return;
      for (const [number, n] of sorted) {
        const name = `item:${items[number]}`;
        base.set(name, (bases[name] ?? 0) + n);
      }
      expect(world.totals().received).toEqual(Object.fromEntries(base));
    }),
    { numRuns: 60, seed: 7 },
  );
});

test("what is short is shared equally among the chests that wait, and the rest goes on in turn", () => {
  for (let x = 0; x < 5; x++) {
    world.place("import", x);
    world.request(x, 1, "iron-plate", 100);
  }
  world.tick(5);
  world.ci({ "item:iron-plate": 50 });
  for (let x = 0; x < 5; x++) expect(world.holds(x)).toEqual({ "item:iron-plate": 10 });
  for (let more = 51; more <= 60; more++) world.ci({ "item:iron-plate": more });
  for (let x = 0; x < 5; x++) expect(world.holds(x)).toEqual({ "item:iron-plate": 12 });
});

test("a small request is met and its rest goes to the larger ones", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 2);
  world.place("import", 1);
  world.request(1, 1, "iron-plate", 100);
  world.tick(2);
  world.ci({ "item:iron-plate": 50 });
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 2 });
  expect(world.holds(1)).toEqual({ "item:iron-plate": 48 });
});

test("an import for a hundred chests is dealt out within bounded ticks", () => {
  world.placeMany("import", 0, 100);
  for (let x = 0; x < 100; x++) world.request(x, 1, "iron-plate", 10);
  world.tick(30);
  expect(world.wanted()).toEqual({ "item:iron-plate": 1000 });
  world.ci({ "item:iron-plate": 1000 });
  world.tick(15);
  expect(world.buffer()).toEqual({});
  for (let x = 0; x < 100; x++) expect(world.holds(x)).toEqual({ "item:iron-plate": 10 });
});

test("a changed, cleared or pasted request is seen within a tick or two", () => {
  world.place("import", 0);
  world.place("import", 1);
  world.request(0, 1, "iron-plate", 10);
  world.tick(2);
  world.request(0, 1, "iron-plate", 25);
  world.tick(2);
  expect(world.wanted()).toEqual({ "item:iron-plate": 25 });
  world.paste(0, 1);
  world.tick(2);
  expect(world.wanted()).toEqual({ "item:iron-plate": 50 });
  world.request(0, 1, undefined);
  world.tick(2);
  expect(world.wanted()).toEqual({ "item:iron-plate": 25 });
});

test("a section that is switched off, which no event tells, is seen within ten seconds", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.tick(2);
  world.switchSection(0, false);
  world.tick(600);
  expect(world.wanted()).toEqual({});
});

test("a mined chest wants nothing, and takes with it what it held", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.tick(1);
  world.ci({ "item:iron-plate": 4 });
  world.mine(0);
  world.tick(1);
  expect(world.wanted()).toEqual({});
  expect(world.buffer()).toEqual({});
});

test("a chest that robots are taking down wants nothing", () => {
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.tick(1);
  world.markForDeconstruction(0);
  world.tick(1);
  expect(world.wanted()).toEqual({});
});

test("a clone brings its requests and not its original's status", () => {
  world.place("import", 0);
  world.request(0, 1, "nutrients", 10);
  world.request(0, 2, "coal", 10);
  world.tick(1);
  expect(world.status(0)).toBe("not-requestable");
  world.clone(0, 1);
  world.request(1, 1, undefined);
  world.tick(2);
  expect(world.status(1)).toBe("");
  expect(world.wanted()).toEqual({ "item:coal": 20 });
});

test("chests that wait for the same leave in any order, and the rest are still served", () => {
  for (const x of [0, 1, 2, 3]) {
    world.place("import", x);
    world.request(x, 1, "iron-plate", 10);
  }
  world.tick(4);
  for (const x of [0, 3]) {
    world.mine(x);
    expect(world.brokenInvariants()).toEqual([]);
  }
  world.ci({ "item:iron-plate": 20 });
  expect([world.holds(1), world.holds(2)]).toEqual([{ "item:iron-plate": 10 }, { "item:iron-plate": 10 }]);
});

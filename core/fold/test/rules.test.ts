import fc from "fast-check";
import { hashOf, imageOf } from "#core/fold/image";
import { closeSession, voidToken } from "#core/fold/sessions";
import { RESOURCES_PER_INSTANCE_MAX } from "#core/fold/state";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, slaveId } from "#core/ids";
import { TOTAL_MAX } from "#core/resource";

/** Totals near the limit, and ordinary ones. */
const HUGE = fc.oneof(fc.constantFrom(0, TOTAL_MAX, TOTAL_MAX - 1, 2 ** 52), fc.integer({ min: 0, max: 1_000 }));

/** The rules of DESIGN 3 that the fold keeps, one test each: it fails without the rule. */
const fold = (...instances: string[]): Fold => {
  const f = new Fold();
  for (const instance of instances) f.assign(instance);
  return f;
};

test("an export is credited once, however often and in whatever order its totals are stated", () => {
  const f = fold("a");
  f.sync("a.1");
  f.report("a.1", { exported: { [PLATE]: 50 } });
  f.report("a.1", { exported: { [PLATE]: 50 }, seq: 2 });
  f.report("a.1", { exported: { [PLATE]: 30 }, seq: 1 });
  expect(f.storage()).toBe(50);
});

test("a grant answers wants net of what is already in flight", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 40 } });
  f.round();
  expect(f.account("b.1").allocated).toBe(40);
  // The same want again, computed before the delivery arrived: nothing more.
  f.report("b.1", { wanted: { [PLATE]: 40 }, received: { [PLATE]: 0 } });
  f.round();
  expect(f.account("b.1").allocated).toBe(40);
  f.report("b.1", { wanted: { [PLATE]: 10 }, received: { [PLATE]: 40 }, seq: 2 });
  f.round();
  expect(f.account("b.1").allocated).toBe(50);
});

test("wants of an older report are ignored", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1");
  f.report("b.1", { wanted: { [PLATE]: 0 }, received: { [PLATE]: 0 }, seq: 5 });
  f.report("b.1", { wanted: { [PLATE]: 90 }, received: { [PLATE]: 0 }, seq: 4 });
  f.round();
  expect(f.account("b.1").allocated).toBe(0);
});

test("◆ chain: a sync whose predecessor is not the current token is ignored", () => {
  const f = fold("a");
  expect(f.sync("a.1", { token: "aaaaaaaaaaaa1", exported: { [PLATE]: 10 } })).toBe("applied");
  expect(f.sync("a.1", { token: "aaaaaaaaaaaa2", prev: "", exported: {} })).toBe("chain");
  expect(f.storage()).toBe(10);
});

test("a report with another token than the current one is ignored, older or unknown", () => {
  const f = fold("a");
  f.sync("a.1");
  expect(f.report("a.1", { token: "zzzzzzzzzzzz9", exported: { [PLATE]: 10 } })).toBe("wrong-token");
  expect(f.storage()).toBe(0);
});

test("◆ amax: what a world holds was granted, and is taken from storage", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { received: { [PLATE]: 30 } });
  expect(f.account("b.1").allocated).toBe(30);
  expect(f.storage()).toBe(70);
});

test("◇ shortfall: what storage lacks for it is owed by the cluster, not by the world, and later exports cover it", () => {
  const f = fold("a", "b");
  f.sync("b.1", { received: { [PLATE]: 30 } });
  expect([f.storage(), f.shortfall(), f.account("b.1").debt]).toEqual([0, 30, 0]);
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  expect([f.storage(), f.shortfall()]).toEqual([70, 0]);
});

test("a rewind gives credits back: from storage, the rest is the world's own debt, repaid by its next exports", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 80 } });
  f.round();
  expect(f.sync("a.1", { token: "aaaaaaaaaaaa2", exported: { [PLATE]: 10 } })).toBe("applied");
  expect([f.storage(), f.account("a.1").debt]).toEqual([0, 70]);
  f.report("a.1", { exported: { [PLATE]: 100 } });
  expect([f.storage(), f.account("a.1").debt]).toEqual([20, 0]);
});

test("what was received since a rewound save is in flight again", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 80 } });
  f.round();
  f.report("b.1", { received: { [PLATE]: 80 } });
  f.sync("b.1", { token: "aaaaaaaaaaaa2", received: { [PLATE]: 5 } });
  expect(f.account("b.1").allocated - f.account("b.1").received).toBe(75);
});

test("◇ one open session: a sync closes those of the instance's other worlds, and their wants are nobody's", () => {
  const f = fold("a", "b");
  f.sync("a.1", { wanted: { [PLATE]: 50 } });
  f.sync("a.2", { token: "aaaaaaaaaaaa2" });
  f.sync("b.1", { exported: { [PLATE]: 50 } });
  f.round();
  expect(f.state.worlds.get("a.1" as never)?.open).toBe(false);
  expect(f.account("a.1").allocated).toBe(0);
  expect(f.storage()).toBe(50);
});

test("◇ a sync of an older boot than the session's holder is ignored", () => {
  const f = fold("a");
  f.sync("a.1", { owner: "00000000z-bbbb" as never });
  expect(f.sync("a.1", { token: "aaaaaaaaaaaa2", owner: "00000000b-bbbb" as never })).toBe("older-boot");
});

test("an orderly end and a lapse zero the wants and change the token, so that the bridge is heard only after a new sync", () => {
  const f = fold("a");
  f.sync("a.1", { wanted: { [PLATE]: 50 } });
  const world = f.state.worlds.get("a.1" as never)!;
  const token = world.token;
  closeSession(f.state, world, voidToken(f.state));
  expect(f.report("a.1", { token, exported: { [PLATE]: 5 } })).toBe("wrong-token");
  expect(f.account("a.1").target).toBe(0);
});

test("a void token is never given twice: a late copy of the ended session's sync stays void", () => {
  const f = fold("a");
  f.sync("a.1");
  const world = f.state.worlds.get("a.1" as never)!;
  closeSession(f.state, world, voidToken(f.state));
  const first = world.token;
  f.sync("a.1", { token: "aaaaaaaaaaaa2" });
  closeSession(f.state, world, voidToken(f.state));
  expect(f.sync("a.1", { token: "aaaaaaaaaaaa2", prev: first })).toBe("chain");
});

test("◇ a higher epoch that a leader signed restores an assignment that a lost ledger tail forgot", () => {
  const f = fold("a");
  const signed = { instance: instanceId("a"), slave: slaveId("s2"), epoch: 9 };
  expect(f.sync("a.1", { slave: "s2", epoch: 9 })).toBe("not-yours");
  expect(f.sync("a.1", { slave: "s2", epoch: 9, signed })).toBe("applied");
  expect(f.state.instances.get(instanceId("a"))).toMatchObject({ slave: "s2", epoch: 9 });
  // A lower one never does.
  expect(f.sync("a.1", { slave: "s1", epoch: 3, signed: { ...signed, slave: slaveId("s1"), epoch: 3 } })).toBe(
    "not-yours",
  );
});

test("◇ an instance that the ledger forgot altogether comes back with its signed assignment", () => {
  const f = fold();
  const signed = { instance: instanceId("a"), slave: slaveId("s1"), epoch: 9 };
  expect(f.sync("a.1", { epoch: 9 })).toBe("unknown-instance");
  expect(f.sync("a.1", { epoch: 9, signed, exported: { [PLATE]: 5 } })).toBe("applied");
  expect(f.storage()).toBe(5);
  // What it is called and how it saves, only its bridge still knows.
  expect(f.state.instances.get(instanceId("a"))?.config).toBeUndefined();
  f.round();
  expect(f.replayed().instances.get(instanceId("a"))?.config).toBeUndefined();
});

test("nothing is granted of what a world cannot take, and what is in flight is recalled", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 40 } });
  f.round();
  f.sync("b.1", { token: "aaaaaaaaaaaa2", wanted: { [PLATE]: 40 }, untakeable: [PLATE] });
  f.round();
  expect([f.storage(), f.account("b.1").allocated]).toEqual([100, 0]);
});

test("retiring a world recalls what is in flight and keeps its record", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 40 } });
  f.round();
  f.write({ type: "world-retired", data: { user: "op", world: "b.1" as never } });
  expect(f.account("b.1").allocated).toBe(40);
  closeSession(f.state, f.state.worlds.get("b.1" as never)!, voidToken(f.state));
  f.round();
  f.write({ type: "world-retired", data: { user: "op", world: "b.1" as never } });
  expect([f.storage(), f.account("b.1").allocated]).toEqual([100, 0]);
});

test("a deleted instance gives back what is in flight, keeps what its worlds owe, and never comes back", () => {
  const f = fold("a", "b");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 40 }, exported: { "item:coal": 5 } });
  f.round();
  f.write({ type: "adjusted", data: { user: "op", resource: "item:coal", amount: -5, reason: "test" } });
  f.sync("b.1", { token: "aaaaaaaaaaaa2" });
  f.round();
  expect([f.storage(), f.account("b.1").allocated, f.account("b.1", "item:coal" as never).debt]).toEqual([60, 40, 5]);
  f.write({ type: "instance-deleted", data: { user: "op", instance: "b", epoch: 9, void: "~x.99" } });
  expect([f.storage(), f.account("b.1").allocated, f.account("b.1", "item:coal" as never).debt]).toEqual([100, 0, 5]);
  expect(f.state.worlds.get("b.1" as never)).toMatchObject({ open: false, token: "~x.99" });
  // Neither its bridge, nor a higher assignment, nor an assignment of today brings it back.
  expect(f.sync("b.1", { prev: "~x.99", exported: { [PLATE]: 5 } })).toBe("not-yours");
  const signed = { instance: "b" as never, slave: "s1" as never, epoch: 20 };
  expect(f.sync("b.1", { prev: "~x.99", epoch: 20, signed })).toBe("not-yours");
  f.write({ type: "instance-assigned", data: { user: "op", instance: "b", slave: "s1", epoch: 21, void: "~x.1" } });
  expect(f.state.instances.get("b" as never)).toMatchObject({ deleted: true, slave: "", epoch: 9 });
  expect(hashOf(imageOf(f.replayed()))).toBe(hashOf(imageOf(f.state)));
});

test("a sync in parts counts when all of them are there", () => {
  const f = fold("a");
  const parts = { prev: "", token: "aaaaaaaaaaaa1", parts: 2 };
  expect(f.sync("a.1", { ...parts, part: 2, exported: { "item:coal": 5 } })).toBe("part-pending");
  expect(f.storage()).toBe(0);
  expect(f.sync("a.1", { ...parts, part: 1, exported: { [PLATE]: 7 } })).toBe("applied");
  expect([f.storage(), f.storage("item:coal" as never)]).toEqual([7, 5]);
});

test("a liar's totals take nobody else's exports away: what storage has no room for is held for its world", () => {
  const f = fold("a", "b", "c");
  f.sync("a.1", { exported: { [PLATE]: TOTAL_MAX } });
  expect(f.sync("b.1", { exported: { [PLATE]: 50 } })).toBe("applied");
  f.sync("c.1", { wanted: { [PLATE]: 70 } });
  f.round();
  expect([f.account("b.1").exported, f.account("b.1").held, f.account("c.1").allocated]).toEqual([50, 50, 70]);
  f.round();
  expect(f.account("b.1").held).toBe(0);
});

test("no sequence of a liar's totals stops the fold, and the ledger still replays", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          world: fc.integer({ min: 1, max: 4 }),
          exported: HUGE,
          received: HUGE,
          wanted: HUGE,
          lose: fc.boolean(),
        }),
        { maxLength: 25 },
      ),
      (steps) => {
        const f = fold("a");
        for (const [n, step] of steps.entries()) {
          const vectors = {
            exported: { [PLATE]: step.exported },
            received: { [PLATE]: step.received },
            wanted: { [PLATE]: step.wanted },
          };
          f.sync(`a.${step.world}`, {
            ...vectors,
            token: `aaaaaaaaaa${n.toString(36).padStart(4, "0")}`,
            untakeable: step.lose ? [PLATE] : [],
          });
          f.round();
        }
        expect(hashOf(imageOf(f.replayed()))).toBe(hashOf(imageOf(f.state)));
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("a liar's received totals stop at what the cluster could owe", () => {
  const f = fold("a");
  f.sync("a.1", { received: { [PLATE]: TOTAL_MAX } });
  f.sync("a.1", { token: "aaaaaaaaaaaa2" });
  expect(f.sync("a.2", { token: "aaaaaaaaaaaa3", received: { [PLATE]: TOTAL_MAX } })).toBe("limit");
  expect(f.shortfall()).toBe(TOTAL_MAX);
});

test("an instance may be called like what every object inherits", () => {
  const f = fold("constructor", "b");
  f.sync("b.1", { exported: { [PLATE]: 10 } });
  f.sync("constructor.1", { wanted: { [PLATE]: 4 } });
  f.round();
  expect(f.account("constructor.1").allocated).toBe(4);
});

test("an instance that invents resources is limited, and the others' known ones go on", () => {
  const f = fold("a", "b");
  f.sync("b.1", { exported: { [PLATE]: 1 } });
  f.sync("a.1");
  let outcome = "applied";
  for (let n = 0; outcome === "applied" && n < 20; n++) {
    const exported = Object.fromEntries(Array.from({ length: 2_000 }, (_, k) => [`item:invented-${n}-${k}`, 1]));
    outcome = f.report("a.1", { exported, seq: n });
  }
  expect(outcome).toBe("limit");
  expect(f.state.stocks.size).toBeLessThanOrEqual(RESOURCES_PER_INSTANCE_MAX + 1);
  expect(f.report("b.1", { exported: { [PLATE]: 2, "item:coal": 3 } })).toBe("applied");
});

test("resources that an instance invents count over all its worlds", () => {
  const f = fold("a");
  const invent = (world: number) =>
    Object.fromEntries(
      Array.from({ length: RESOURCES_PER_INSTANCE_MAX - 1 }, (_, k) => [`item:invented-${world}-${k}`, 1]),
    );
  expect(f.sync("a.1", { exported: invent(1) })).toBe("applied");
  expect(f.sync("a.2", { token: "aaaaaaaaaaaa2", exported: invent(2) })).toBe("limit");
  expect(f.state.stocks.size).toBe(RESOURCES_PER_INSTANCE_MAX);
});

test("totals of zero name nothing: they take no room", () => {
  const f = fold("a");
  f.sync("a.1", { exported: { "item:nothing": 0 } });
  f.report("a.1", { exported: { "item:nothing": 0 }, received: { "item:nothing": 0 }, wanted: { "item:nothing": 0 } });
  expect(f.state.stocks.size).toBe(0);
});

test("an instance has a bounded number of worlds, so that it cannot use up the cluster's", () => {
  const f = fold("a", "b");
  let outcome = "applied";
  for (let n = 1; outcome === "applied" && n < 2_000; n++)
    outcome = f.sync(`a.${n}`, { token: `aaaaaaaa${n.toString(36).padStart(5, "0")}` });
  expect(outcome).toBe("limit");
  expect(f.sync("b.1")).toBe("applied");
});

test("an instance has one unfinished sync, of a bounded number of keys", () => {
  const f = fold("a");
  for (let n = 1; n < 50; n++) f.sync(`a.${n}`, { prev: "", part: 1, parts: 50 });
  expect(f.state.pendingSyncs.size).toBe(1);
  let outcome = "part-pending";
  for (let part = 1; outcome === "part-pending" && part < 50; part++) {
    const exported = Object.fromEntries(Array.from({ length: 2_000 }, (_, k) => [`item:invented-${part}-${k}`, 1]));
    outcome = f.sync("a.1", { prev: "", part, parts: 50, exported });
  }
  expect(outcome).toBe("limit");
  expect(f.state.pendingSyncs.size).toBe(0);
});

test("what an old assignment's bridge still says does not count, nor does an assignment that was signed for another slave", () => {
  const f = fold("a");
  f.sync("a.1");
  expect(f.report("a.1", { epoch: 0, exported: { [PLATE]: 5 } })).toBe("not-yours");
  const signed = { instance: instanceId("a"), slave: slaveId("s3"), epoch: 9 };
  expect(f.sync("a.1", { slave: "s2", epoch: 9, signed })).toBe("not-yours");
});

test("a want without the received total that it was computed with changes nothing", () => {
  const f = fold("a");
  f.sync("a.1");
  expect(f.report("a.1", { wanted: { [PLATE]: 5 }, exported: { [PLATE]: 5 } })).toBe("wants-without-received");
  expect(f.storage()).toBe(0);
});

test("credits above the policy's rate are held back, released with time, and given back first", () => {
  const f = fold("a");
  f.write({ type: "policy-set", data: { user: "op", policies: { ...f.state.policies, creditPerSecond: 10 } } });
  f.sync("a.1");
  f.report("a.1", { exported: { [PLATE]: 250 } });
  f.round();
  expect([f.storage(), f.account("a.1").held]).toEqual([100, 150]);
  f.now += 4_950;
  f.round();
  expect([f.storage(), f.account("a.1").held]).toEqual([150, 100]);
  f.sync("a.1", { token: "aaaaaaaaaaaa2", exported: { [PLATE]: 160 } });
  expect([f.storage(), f.account("a.1").held]).toEqual([150, 10]);
});

test("a reserve is never granted", () => {
  const f = fold("a", "b");
  f.write({
    type: "policy-set",
    data: { user: "op", policies: { ...f.state.policies, resources: { [PLATE]: { reserve: 30 } } } },
  });
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.sync("b.1", { wanted: { [PLATE]: 100 } });
  f.round();
  expect(f.storage()).toBe(30);
});

test("a renamed resource moves storage between keys, and no world's totals", () => {
  const f = fold("a");
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.round();
  f.write({ type: "resource-renamed", data: { user: "op", from: PLATE, to: "item:steel-plate", reason: "test" } });
  expect([f.storage(), f.storage("item:steel-plate" as never), f.account("a.1").exported]).toEqual([0, 100, 100]);
});

test("a round names a world's token only when its session changed, and replay holds it all the same", () => {
  const f = fold("a");
  f.sync("a.1");
  f.round();
  f.report("a.1", { exported: { [PLATE]: 5 } });
  f.round();
  const worlds = f.ledger.flatMap(({ message }) =>
    message.type === "round" ? Object.values(message.data.worlds ?? {}) : [],
  );
  expect(worlds.map(({ token }) => token)).toEqual(["aaaaaaaaaaaa1", undefined]);
  expect(f.replayed().worlds.get("a.1" as never)?.token).toBe("aaaaaaaaaaaa1");
});

test("a state that was replayed grants what it finds wanted, without waiting for another statement", () => {
  const f = fold("a", "b");
  f.sync("b.1", { wanted: { [PLATE]: 40 }, untakeable: [PLATE] });
  f.sync("a.1", { exported: { [PLATE]: 100 } });
  f.round();
  f.sync("b.1", { token: "aaaaaaaaaaaa2", wanted: { [PLATE]: 40 } });
  f.round(false);
  const successor = new Fold(f.replayed(), "00000000b-aaaa");
  successor.round();
  expect(successor.account("b.1").allocated).toBe(40);
});

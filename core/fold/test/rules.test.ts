import { closeSession, voidToken } from "#core/fold/sessions";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, slaveId } from "#core/ids";
import { TOTAL_MAX } from "#core/resource";

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

test("a sync in parts counts when all of them are there", () => {
  const f = fold("a");
  const parts = { prev: "", token: "aaaaaaaaaaaa1", parts: 2 };
  expect(f.sync("a.1", { ...parts, part: 2, exported: { "item:coal": 5 } })).toBe("part-pending");
  expect(f.storage()).toBe(0);
  expect(f.sync("a.1", { ...parts, part: 1, exported: { [PLATE]: 7 } })).toBe("applied");
  expect([f.storage(), f.storage("item:coal" as never)]).toEqual([7, 5]);
});

test("a liar's totals can neither make a sum inexact nor stop the fold", () => {
  const f = fold("a", "b", "c");
  for (const world of ["a.1", "b.1", "c.1"]) {
    f.sync(world, {
      exported: { [PLATE]: TOTAL_MAX },
      received: { [PLATE]: TOTAL_MAX },
      wanted: { [PLATE]: TOTAL_MAX },
    });
    f.report(world, { exported: { [PLATE]: TOTAL_MAX }, received: { [PLATE]: TOTAL_MAX } });
  }
  f.round();
  expect(f.account("b.1").exported).toBe(0);
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

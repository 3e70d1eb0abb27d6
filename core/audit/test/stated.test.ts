import { Stated } from "#core/audit/stated";
import type { Boot } from "#core/boot";
import type { Fact } from "#core/events/fact-decoder";
import type { State } from "#core/fold/state";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, parseWorldId, slaveId } from "#core/ids";
import { resourceKey } from "#core/resource";

/** V13: what worlds last stated, read from the newest fact to the oldest, against the ledger. */
const COAL = resourceKey("item:coal");
const TOKEN = "aaaaaaaaaaaa1";
const base = { world: parseWorldId("a.1").id, token: TOKEN, epoch: 1, tick: 1, exported: {}, received: {} };

const report = (seq: number, data: object, from = { slave: "s1", epoch: 1 }): Fact => ({
  type: "world-reported",
  data: { ...base, epoch: from.epoch, seq, wanted: {}, ...data },
  id: `x-${seq}`,
  slave: slaveId(from.slave),
  instance: instanceId("a"),
});
const sync = (data: object): Fact => ({
  type: "world-synced",
  data: { ...base, wanted: {}, prev: "", owner: "00000000b-bbbb" as Boot, seed: 7, untakeable: [], heard: "", ...data },
  id: "x-0",
  slave: slaveId("s1"),
  instance: instanceId("a"),
});

/** The ledger: a.1 exported 12 plates and 3 coal. */
const ledger = (): State => {
  const fold = new Fold();
  fold.assign("a");
  fold.sync("a.1", { exported: { [PLATE]: 10, [COAL]: 3 } });
  fold.report("a.1", { exported: { [PLATE]: 12 } });
  fold.round();
  return fold.state;
};
const at = { seq: 9, round: 5 };
const read = (facts: readonly Fact[]): Stated => {
  const stated = new Stated(ledger());
  for (const fact of facts) stated.take(fact);
  return stated;
};

test("a world whose totals were all stated is compared, and older facts are not needed", () => {
  const stated = read([report(2, { exported: { [PLATE]: 12 } }), report(1, { exported: { [COAL]: 3, [PLATE]: 11 } })]);
  expect(stated.known).toBe(true);
  expect(stated.compare(at)).toEqual({ finding: undefined, worlds: 1, totals: 4 });
});

test("while a total was not stated, the world is not known and not judged", () => {
  const stated = read([report(2, { exported: { [PLATE]: 12 } })]);
  expect([stated.known, stated.unknown]).toEqual([false, ["a.1"]]);
  expect(stated.compare(at)).toEqual({ finding: undefined, worlds: 0, totals: 0 });
});

test.each([
  ["more", { [PLATE]: 13, [COAL]: 3 }, "exported 13", "exported 12"],
  ["less", { [PLATE]: 12, [COAL]: 2 }, "exported 2", "exported 3"],
])("a world that stated %s than the ledger holds is found", (_what, exported, expected, found) => {
  const { finding } = read([report(2, { exported })]).compare(at);
  expect(finding).toMatchObject({ rule: "worlds", world: "a.1", seq: 9 });
  expect([finding?.expected, finding?.found].join(" ")).toContain(expected);
  expect(finding?.found).toContain(found);
});

test("a session's beginning states everything: what it does not name is zero", () => {
  const { finding } = read([report(2, { exported: { [PLATE]: 12 } }), sync({ exported: { [PLATE]: 10 } })]).compare(at);
  expect(finding).toMatchObject({ resource: COAL, expected: expect.stringContaining("exported 0") });
  const parts = [
    sync({ part: 2, parts: 2, exported: { [COAL]: 3 } }),
    sync({ part: 1, parts: 2, exported: { [PLATE]: 12 } }),
  ];
  expect(read(parts.slice(0, 1)).known).toBe(false);
  expect(read(parts).compare(at)).toEqual({ finding: undefined, worlds: 1, totals: 4 });
  // What was said before the session began does not count.
  const before = report(9, { exported: { [PLATE]: 99 } });
  expect(read([...parts, before]).compare(at).finding).toBeUndefined();
});

test("what the fold ignores is ignored: another token, slave or epoch, wants without what was received, a parent's totals", () => {
  const honest = report(1, { exported: { [PLATE]: 12, [COAL]: 3 } });
  const exported = { [PLATE]: 500 };
  const ignored = [
    report(3, { exported, token: "bbbbbbbbbbbb1" }),
    report(3, { exported }, { slave: "s2", epoch: 1 }),
    report(3, { exported }, { slave: "s1", epoch: 2 }),
    report(3, { exported, wanted: { [PLATE]: 5 } }),
  ];
  const adopted = { ...base, exported, parent: parseWorldId("b.1").id };
  const from = { id: "x-9", slave: slaveId("s1"), instance: instanceId("a") };
  ignored.push({ type: "world-adopted", data: adopted, ...from });
  for (const fact of ignored) expect(read([fact, honest]).compare(at).finding).toBeUndefined();
});

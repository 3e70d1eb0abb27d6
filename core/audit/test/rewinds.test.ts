import { Auditor } from "#core/audit/auditor";
import { beginning } from "#core/audit/checkpoints";
import type { Finding } from "#core/audit/finding";
import type { RewindRecord } from "#core/events/ledger";
import { seal } from "#core/events/ledger-codec";
import { changesOf } from "#core/fold/decide";
import { newState } from "#core/fold/state";
import { applySync, isRewind, receiveSync } from "#core/fold/sync";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, slaveId } from "#core/ids";

/** V12: an auditor of ledgers in which a rewind tells the truth, and of such in which it does not. */
const COAL = "item:coal";

/** a.1 gave 100 plates of which b.1 has 80, and got 20 coal; then it goes back to 10 plates and 5 coal. */
const rewound = (falsify: (rewind: RewindRecord) => RewindRecord): Finding | undefined => {
  const f = new Fold();
  for (const instance of ["a", "b"]) f.assign(instance);
  f.sync("a.1", { exported: { [PLATE]: 100 }, wanted: { [COAL]: 20 }, received: {} });
  f.sync("b.1", { exported: { [COAL]: 50 }, wanted: { [PLATE]: 80 } });
  f.round();
  f.report("a.1", { received: { [COAL]: 20 } });
  f.round();
  const { token } = f.state.worlds.get("a.1" as never)!;
  const data = {
    ...{ world: "a.1", token: "aaaaaaaaaaaa2", prev: token, owner: "00000000b-bbbb", epoch: 1, seed: 7, tick: 3 },
    ...{ exported: { [PLATE]: 10 }, received: { [COAL]: 5 }, wanted: {}, untakeable: [], heard: "" },
  };
  const fact = { type: "world-synced", data, id: "x-1", slave: slaveId("s1"), instance: instanceId("a") } as never;
  const sync = receiveSync(f.state, fact, data as never, undefined);
  if (typeof sync === "string" || !isRewind(f.state, sync)) throw new Error("it is no rewind");
  const { rewind } = applySync(f.state, sync, f.now);
  f.write({ type: "world-rewound", data: { ...changesOf(f.state), rewind: falsify(rewind) } });
  const auditor = new Auditor(beginning());
  const again = newState();
  for (const [index, { message }] of f.ledger.entries()) {
    const { v: _v, round: _r, boot, closedAt: now, prev: _p, ...body } = message.data;
    const sealed = seal(again, { boot, now }, { type: message.type, data: body } as never);
    Object.assign(again, { round: again.round + 1, closedAt: now, chain: sealed.hash });
    const finding = auditor.take({ seq: index + 1, subject: sealed.subject, data: sealed.bytes, time: now });
    if (finding !== undefined) return finding;
  }
  return auditor.finish();
};

test("V12 a rewind that tells what it moved holds", () => {
  const seen: RewindRecord[] = [];
  const honest = (rewind: RewindRecord) => {
    seen.push(rewind);
    return rewind;
  };
  expect(rewound(honest)).toBeUndefined();
  expect(seen).toMatchObject([{ fromStorage: { [PLATE]: 20 }, owed: { [PLATE]: 70 }, again: { [COAL]: 15 } }]);
});

test.each<[string, (rewind: RewindRecord) => RewindRecord]>([
  ["too little taken back", (rewind) => ({ ...rewind, fromStorage: {} })],
  ["too much taken back", (rewind) => ({ ...rewind, owed: { [PLATE]: 71 } })],
  ["more that comes again", (rewind) => ({ ...rewind, again: { [COAL]: 16 } })],
  ["nothing that comes again", (rewind) => ({ ...rewind, again: {} })],
  ["another world", (rewind) => ({ ...rewind, world: "b.1" as never })],
  ["storage where it was debt", (r) => ({ ...r, fromStorage: { [PLATE]: 30 }, owed: { [PLATE]: 60 } })],
])("V12 a rewind that tells of %s is found", (_what, falsify) => {
  expect(rewound(falsify)).toMatchObject({ rule: "rewind" });
});

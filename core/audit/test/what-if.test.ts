import fc from "fast-check";
import { Auditor } from "#core/audit/auditor";
import { beginning } from "#core/audit/checkpoints";
import { Refold } from "#core/audit/refold";
import { historyStep, ledgerOf, Scribe, stored } from "#core/audit/test/kit";
import { WhatIf, type WhatIfStock } from "#core/audit/what-if";
import type { Policies } from "#core/events/command";
import type { LedgerMessage } from "#core/events/ledger";
import { PLATE } from "#core/fold/test/kit";

/** Grants recomputed under another policy. */
const whatIf = (messages: readonly LedgerMessage[], change: (policies: Policies) => Policies): WhatIfStock[] => {
  const refold = new Refold(beginning());
  const what = new WhatIf(refold.state, change);
  for (const message of stored(messages)) {
    const step = refold.take(message);
    if (step !== undefined) what.take(refold.state, step);
  }
  return what.finish(refold.state);
};

/** True when nothing of the ledger was ambiguous to the audit. */
const isPlain = (messages: readonly LedgerMessage[]): boolean => {
  const auditor = new Auditor(beginning());
  for (const message of stored(messages)) auditor.take(message);
  const { sessionBegan, roundCutShort } = auditor.tally.notRecomputable;
  return sessionBegan + roundCutShort === 0;
};

test("under the policies that held, every grant, wait and level comes out as it was, whatever happened", () => {
  let rows = 0;
  fc.assert(
    fc.property(fc.array(historyStep, { maxLength: 60, size: "max" }), (steps) => {
      const messages = ledgerOf(steps);
      if (!isPlain(messages)) return;
      for (const { storage, wouldBeStorage, worlds, resource } of whatIf(messages, (policies) => policies)) {
        expect([resource, wouldBeStorage]).toEqual([resource, storage]);
        for (const row of worlds) {
          rows++;
          expect([row.wouldBeGranted, row.wouldWaitMs, row.wouldBeUnmet]).toEqual([
            row.granted,
            row.waitedMs,
            row.unmet,
          ]);
        }
      }
    }),
    { seed: 20_261_160, numRuns: 50 },
  );
  expect(rows).toBeGreaterThan(80);
});

/** b wants 300 and c 100 of what a exports, 40 at a time. */
const scarce = (): LedgerMessage[] => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1", "c.1"]) scribe.fold.sync(id, {});
  scribe.round();
  scribe.fold.report("b.1", { wanted: { [PLATE]: 300 }, received: { [PLATE]: 0 } });
  scribe.fold.report("c.1", { wanted: { [PLATE]: 100 }, received: { [PLATE]: 0 } });
  scribe.round();
  for (let n = 1; n <= 5; n++) {
    scribe.fold.report("a.1", { exported: { [PLATE]: n * 40 } });
    scribe.round();
  }
  return scribe.messages;
};
const rowsOf = (change: (policies: Policies) => Policies) =>
  Object.fromEntries(whatIf(scarce(), change)[0]!.worlds.map((row) => [row.world, row]));

test("another rule, weight, tier or reserve changes what is granted, and the sum stays what there was", () => {
  expect(rowsOf((policies) => policies)["b.1"]).toMatchObject({ granted: 100, wouldBeGranted: 100, wouldBeUnmet: 200 });
  const proportional = rowsOf((policies) => ({ ...policies, rule: "proportional" }));
  expect(proportional["b.1"]).toMatchObject({ granted: 100, wouldBeGranted: 150, wouldBeUnmet: 150 });
  expect(proportional["c.1"]).toMatchObject({ granted: 100, wouldBeGranted: 50 });
  const weighted = rowsOf((policies) => ({ ...policies, weights: { b: 3 } }));
  expect([weighted["b.1"]!.wouldBeGranted, weighted["c.1"]!.wouldBeGranted]).toEqual([150, 50]);
  const tiers = rowsOf((policies) => ({ ...policies, rule: "priority", tiers: { c: 1 } }));
  expect([tiers["b.1"]!.wouldBeGranted, tiers["c.1"]!.wouldBeGranted]).toEqual([200, 0]);
  expect(tiers["b.1"]!.wouldWaitMs).toBeLessThan(tiers["b.1"]!.waitedMs!);
  const reserved = whatIf(scarce(), (policies) => ({ ...policies, resources: { [PLATE]: { reserve: 60 } } }))[0]!;
  expect([reserved.storage, reserved.wouldBeStorage]).toEqual([0, 60]);
  expect(reserved.worlds.reduce((sum, { wouldBeGranted }) => sum + wouldBeGranted, 0)).toBe(140);
});

test("how long a unit waited is its demand over time, by the leader's clock", () => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1"]) scribe.fold.sync(id, {});
  scribe.round();
  scribe.fold.report("b.1", { wanted: { [PLATE]: 10 }, received: { [PLATE]: 0 } });
  scribe.round();
  scribe.fold.now += 950;
  scribe.fold.report("a.1", { exported: { [PLATE]: 10 } });
  scribe.round();
  const [stock] = whatIf(scribe.messages, (policies) => policies);
  expect(stock!.worlds).toMatchObject([{ world: "b.1", granted: 10, waitedMs: 1_000, wouldWaitMs: 1_000 }]);
});

test("an earlier save takes back what another policy would have given away: storage would be owed", () => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1"]) scribe.fold.sync(id, {});
  scribe.round();
  scribe.fold.write({
    type: "policy-set",
    data: {
      user: "op",
      policies: { rule: "max-min", weights: {}, tiers: {}, resources: { [PLATE]: { reserve: 100 } } },
    },
  });
  scribe.fold.report("a.1", { exported: { [PLATE]: 100 } });
  scribe.fold.report("b.1", { wanted: { [PLATE]: 90 }, received: { [PLATE]: 0 } });
  scribe.round();
  scribe.fold.sync("a.1", { exported: { [PLATE]: 10 }, token: "bbbbbbbbbbbb1" });
  scribe.round();
  const [stock] = whatIf(scribe.messages, (policies) => ({ ...policies, resources: {} }));
  expect(stock).toMatchObject({ storage: 10, wouldBeStorage: -80, worlds: [{ granted: 0, wouldBeGranted: 90 }] });
});

import fc from "fast-check";
import { Auditor } from "#core/audit/auditor";
import { describeFinding, isFinding } from "#core/audit/finding";
import { audit, baseIn, historyStep, KEYS, ledgerOf, Scribe, stored } from "#core/audit/test/kit";
import { hashOf, imageOf } from "#core/fold/image";
import { TOTAL_MAX } from "#core/resource";

const histories = (maxLength: number) => fc.array(historyStep, { maxLength, size: "max" });

test("every honest history holds, whatever worlds state, operators do and leaders change", () => {
  const seen = { grants: 0, ambiguous: 0, resources: 0, cut: 0, split: 0, checkpoints: 0, credited: 0, withheld: 0 };
  fc.assert(
    fc.property(histories(80), (steps) => {
      const { finding, auditor } = audit(stored(ledgerOf(steps)));
      if (finding !== undefined) throw new Error(describeFinding(finding));
      const { tally } = auditor;
      seen.grants += tally.grants;
      seen.resources += tally.grantedResources;
      seen.ambiguous += tally.notRecomputable.sessionBegan;
      seen.cut += tally.notRecomputable.roundCutShort;
      seen.split += tally.splitRounds;
      seen.credited += tally.creditedResources;
      seen.withheld += tally.withheld.rounds;
      seen.checkpoints += auditor.checkpoints.compared;
      expect(tally.withheld.afterGranting).toBe(0);
    }),
    { seed: 20_261_130, numRuns: 300 },
  );
  // The histories were worth auditing, and nearly every grant could be recomputed.
  expect(Math.min(seen.grants, seen.credited, seen.withheld)).toBeGreaterThan(250);
  expect(Math.min(seen.cut, seen.split, seen.checkpoints)).toBeGreaterThan(40);
  expect(seen.ambiguous / seen.resources).toBeLessThan(0.1);
});

test("an audit that begins at a checkpoint ends in the same state", () => {
  let based = 0;
  fc.assert(
    fc.property(histories(60), fc.nat(), (steps, n) => {
      const all = stored(ledgerOf([...steps, { do: "checkpoint", partBytes: 400 }, ...steps]));
      const kept = all.slice(n % Math.ceil(all.length / 2));
      const base = baseIn(kept, "first");
      if (base === undefined) return;
      if (isFinding(base)) throw new Error(describeFinding(base));
      based++;
      const { finding, auditor } = audit(
        kept.filter(({ seq }) => seq > base.seq),
        new Auditor(base),
      );
      expect(finding).toBeUndefined();
      const whole = audit(all).auditor;
      expect(hashOf(imageOf(auditor.state))).toBe(hashOf(imageOf(whole.state)));
    }),
    { seed: 20_261_131, numRuns: 60 },
  );
  expect(based).toBeGreaterThan(30);
});

test("an instance may be called what every object inherits", () => {
  const scribe = new Scribe(["constructor", "valueof"]);
  for (const id of ["constructor.1", "valueof.1"]) {
    scribe.fold.sync(id, { exported: { [KEYS[0]!]: 4 }, wanted: { [KEYS[0]!]: 9 } });
  }
  scribe.round();
  const { finding, auditor } = audit(stored(scribe.messages));
  expect(finding).toBeUndefined();
  expect(auditor.tally.grants).toBe(2);
});

test("totals that no number can add up are still added up", () => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1", "c.1"]) scribe.fold.sync(id, { exported: { [KEYS[0]!]: TOTAL_MAX } });
  scribe.round();
  expect(audit(stored(scribe.messages)).finding).toBeUndefined();
});

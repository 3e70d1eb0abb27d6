import { FACT_TYPES, LEDGER_TYPES } from "#core/subjects";
import { FAULTS } from "#sim/cluster/chance";
import { BRANCH_MINIMA, FAULT_MINIMA, uncovered } from "#sim/soak/coverage";

test("every kind of fault has a least number of times, and so has every fact and ledger message", () => {
  expect(Object.keys(FAULT_MINIMA).sort()).toEqual([...FAULTS].sort());
  for (const n of Object.values({ ...FAULT_MINIMA, ...BRANCH_MINIMA })) expect(n).toBeGreaterThan(0);
  const branches = new Set(Object.keys(BRANCH_MINIMA));
  expect(FACT_TYPES.filter((type) => !branches.has(`fact: ${type}`))).toEqual([]);
  expect(LEDGER_TYPES.filter((type) => !branches.has(`ledger: ${type}`))).toEqual([]);
});

test("what was hit too rarely is named, in proportion to the steps; a short run demands nothing", () => {
  const plenty = Object.fromEntries(Object.entries({ ...FAULT_MINIMA, ...BRANCH_MINIMA }));
  expect(uncovered(plenty, 600_000)).toEqual([]);
  const { crash: _, ...lacking } = plenty;
  expect(uncovered(lacking, 600_000)).toEqual([`crash: 0 times, at least ${FAULT_MINIMA.crash} were needed`]);
  expect(uncovered({ ...plenty, crash: FAULT_MINIMA.crash / 2 }, 300_000)).toEqual([]);
  expect(uncovered({}, 29_999)).toEqual([]);
});

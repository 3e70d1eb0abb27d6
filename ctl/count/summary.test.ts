import type { WorldView } from "#core/events/query";
import { percentile, readableSummary, summaryOf } from "#ctl/count/summary";

test("percentiles are samples that were taken, by nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([1.26], 0.5)).toBe(1.3);
});

test("nothing measured is null, which JSON can say", () => {
  expect(percentile([], 0.5)).toBeNull();
});

const run = {
  seconds: 20.04,
  rounds: 12,
  latencyMs: [5, 6, 7],
  worlds: [
    {
      world: "a.1" as WorldView["world"],
      instance: "a",
      open: true,
      tick: 9,
      exported: { "item:coal": 4 },
      received: {},
      allocated: {},
      wanted: { energy: 1 },
      debt: {},
      held: {},
    },
  ],
  balance: {
    physical: { "item:coal": { produced: 4, consumed: 0, held: 0 } },
    storage: { "item:coal": 4 },
    debt: {},
    inFlight: {},
    faults: [],
  },
};

test("the summary has exactly the promised members, in their order", () => {
  expect(JSON.stringify(summaryOf(run))).toBe(
    '{"seconds":20,"rounds":12,"worlds":[{"instance":"a","world":"a.1","exported":{"item:coal":4},"received":{},' +
      '"wanted":{"energy":1}}],"physical":{"item:coal":{"produced":4,"consumed":0,"held":0}},"storage":{"item:coal":4},' +
      '"debt":{},"inFlight":{},"latencyMs":{"p50":6,"p99":7},"conserved":true}',
  );
});

test("one fault makes it not conserved, for a person too", () => {
  const faults = [{ resource: "item:coal", surplus: 1, message: "" }];
  const summary = summaryOf({ ...run, balance: { ...run.balance, faults } });
  expect(summary.conserved).toBe(false);
  expect(readableSummary(summary).at(-1)).toBe("NOT conserved");
});

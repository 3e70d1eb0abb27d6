import { join } from "node:path";
import { type Base, tickCost } from "#bench/load/base";

const mod = join(__dirname, "../../lua-mod/dist/2.1/clusterio");
const cost = (base: Base) => tickCost(mod, base);

/** Counted, not timed: the same on every machine. A few instructions are the luck of the visits. */
const GROWTH_MAX = 1.02;
/** Of the mod's Lua in one tick with nothing to do, at the default of 8 visits each way: some 120 for each visit. */
const IDLE_INSTRUCTIONS_MAX = 2_500;

test("ten thousand idle chests cost as much in a tick as a hundred, and little", () => {
  const few = cost({ chests: 100, isBusy: false });
  const many = cost({ chests: 10_000, isBusy: false });
  expect(few.instructionsMax).toBeGreaterThan(0);
  expect(many.instructionsMax).toBeLessThanOrEqual(few.instructionsMax * GROWTH_MAX);
  expect(many.instructionsMax).toBeLessThan(IDLE_INSTRUCTIONS_MAX);
});

test("what a busy base costs in a tick is bounded by the visits that the settings allow, not by its size", () => {
  const few = cost({ chests: 1_000, isBusy: true });
  const many = cost({ chests: 4_000, isBusy: true });
  expect(many.instructions).toBeLessThan(few.instructions * 1.1);
  const half = cost({ chests: 1_000, isBusy: true, visits: 4 });
  expect(half.instructions).toBeLessThan(few.instructions * 0.7);
});

test("instructions are counted the same in every run", () => {
  const base = { chests: 60, isBusy: true };
  expect(cost(base)).toEqual(cost(base));
});

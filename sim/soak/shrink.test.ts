import type { Fault } from "#sim/cluster/chance";
import { relevant, shrink, TRIES_MAX } from "#sim/soak/shrink";
import { commandOf, type Lot, type Outcome } from "#sim/soak/tally";

const lot: Lot = { seed: 5, steps: 600, game: "plain", only: undefined, without: [], forged: 0 };

/** A history that breaks C1 in step 130 when both faults happen, and something else without the second. */
const runs: Lot[] = [];
const run = async (tried: Lot): Promise<Outcome> => {
  runs.push(tried);
  const happens = (fault: Fault) => (tried.only ?? [fault]).includes(fault) && !tried.without.includes(fault);
  const broken = tried.steps >= 130 && happens("crash");
  const problems = !broken ? {} : { [happens("fork") ? "C1" : "stuck"]: "a1.1 item:ore: broken" };
  return { lot: tried, steps: broken ? 130 : tried.steps, problems, counts: {}, simulatedMs: 0 };
};

test("a failure becomes the shortest history with the fewest kinds of fault that breaks the same promise", async () => {
  const small = await shrink(await run(lot), { run, goOn: () => true });
  expect(small.lot).toEqual({ ...lot, steps: 130, only: ["crash", "fork"] });
  expect(Object.keys(small.problems)).toEqual(["C1"]);
  expect(commandOf(small.lot)).toBe("npm run soak -- --seed 5 --steps 130 --only crash,fork");
  expect(runs.length).toBeLessThanOrEqual(TRIES_MAX + 1);
});

test("who has no more time keeps what was found so far", async () => {
  const failed = await run(lot);
  expect(await shrink(failed, { run, goOn: () => false })).toBe(failed);
});

test("a trace is cut down to what broke", () => {
  const trace = ["  1 a1 crashes", "  2 b2 crashes", "  3 ledger a1.1", "---- quiet", "  4 BROKEN C1"];
  expect(relevant(trace, "a1.1 item:ore: broken")).toEqual([
    "  1 a1 crashes",
    "  3 ledger a1.1",
    "---- quiet",
    "  4 BROKEN C1",
  ]);
  expect(relevant(trace, "the chain")).toEqual(trace);
});

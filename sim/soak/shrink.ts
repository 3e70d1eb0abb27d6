import { FAULTS, type Fault } from "#sim/cluster/chance";
import { brokenPromise, type Lot, type Outcome } from "#sim/soak/tally";

/** Makes a failing history smaller for as long as the same promise breaks: fewer steps, fewer kinds of fault. */

/** Histories that are tried: a failing seed is shown within a minute or so. */
export const TRIES_MAX = 60;

export interface Shrinking {
  readonly run: (lot: Lot) => Promise<Outcome>;
  /** False: what was found so far is good enough. */
  readonly goOn: () => boolean;
}

/** The kinds of fault that happen in it. */
const kindsOf = ({ only, without }: Lot): Fault[] => (only ?? [...FAULTS]).filter((fault) => !without.includes(fault));

export const shrink = async (failed: Outcome, { run, goOn }: Shrinking): Promise<Outcome> => {
  const promise = brokenPromise(failed);
  let best = failed;
  let tries = 0;
  const fails = async (lot: Lot): Promise<boolean> => {
    if (tries++ >= TRIES_MAX || !goOn()) return false;
    const outcome = await run(lot);
    if (brokenPromise(outcome) !== promise) return false;
    best = outcome;
    return true;
  };
  const fewerSteps = async (): Promise<void> => {
    // What broke in step n needs no more than n steps.
    if (best.steps < best.lot.steps) await fails({ ...best.lot, steps: best.steps });
    for (const share of [0.25, 0.5, 0.75, 0.9]) {
      while (best.lot.steps > 1 && (await fails({ ...best.lot, steps: Math.floor(best.lot.steps * share) })));
    }
  };
  await fewerSteps();
  // Delta debugging: half of the kinds off at once, then quarters, down to single ones.
  for (let size = Math.ceil(kindsOf(best.lot).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    let at = 0;
    for (let kinds = kindsOf(best.lot); at < kinds.length; kinds = kindsOf(best.lot)) {
      const off = new Set(kinds.slice(at, at + size));
      if (!(await fails({ ...best.lot, only: kinds.filter((kind) => !off.has(kind)), without: [] }))) at += size;
    }
  }
  await fewerSteps();
  return best;
};

const TRACE_LINES = 40;

/** The last lines of a trace that are about what broke, and what is about everybody. */
export const relevant = (trace: readonly string[], problem: string): string[] => {
  const worlds = problem.match(/\b[a-z]+[0-9]+(?=\.|\b)/g) ?? [];
  const keys = problem.match(/\b(?:item|fluid):[a-z0-9:-]+/g) ?? [];
  const named = [...new Set([...worlds, ...keys])];
  const about = trace.filter(
    (line) => /BROKEN|---- /.test(line) || named.length === 0 || named.some((name) => line.includes(name)),
  );
  return about.slice(-TRACE_LINES);
};

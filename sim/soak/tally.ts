import type { Fault } from "#sim/cluster/chance";
import { type GameKind, type HistoryEnd, type HistoryOptions, numberOfPromise } from "#sim/cluster/history";

/** One history to run, as it is handed to a thread. */
export interface Lot {
  readonly seed: number;
  readonly steps: number;
  readonly game: GameKind;
  readonly only: readonly Fault[] | undefined;
  readonly without: readonly Fault[];
  readonly forged: number;
}

/** What became of it, as a thread hands it back. */
export interface Outcome {
  readonly lot: Lot;
  readonly steps: number;
  /** By kind; empty when all is well. */
  readonly problems: Readonly<Record<string, string>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly simulatedMs: number;
}

export const optionsOf = (lot: Lot): HistoryOptions => ({
  ...{ seed: lot.seed, steps: lot.steps, game: lot.game },
  ...(lot.only === undefined ? {} : { only: new Set(lot.only) }),
  ...(lot.without.length === 0 ? {} : { without: new Set(lot.without) }),
  ...(lot.forged === 0 ? {} : { forged: lot.forged }),
});

export const outcomeOf = (lot: Lot, end: HistoryEnd): Outcome => ({
  ...{ lot, steps: end.steps, simulatedMs: end.simulatedMs },
  problems: Object.fromEntries(end.problems),
  counts: Object.fromEntries(end.counts),
});

/** The first promise that broke, by its number; undefined when none did. */
export const brokenPromise = ({ problems }: Pick<Outcome, "problems">): string | undefined => {
  const [kind] = Object.keys(problems);
  return kind === undefined ? undefined : numberOfPromise(kind);
};

/** The command that runs this history again. */
export const commandOf = ({ seed, steps, game, only, without, forged }: Lot): string => {
  const flags = [
    ...(game === "plain" ? [] : [`--${game}`]),
    ...(only === undefined ? [] : [`--only ${only.length === 0 ? '""' : only.join(",")}`]),
    ...(without.length === 0 ? [] : [`--without ${without.join(",")}`]),
    ...(forged === 0 ? [] : [`--forged ${forged}`]),
  ];
  return ["npm run soak --", `--seed ${seed} --steps ${steps}`, ...flags].join(" ");
};

/** All outcomes so far, added up. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly Outcome[];
}

export const NOTHING_YET: Tally = { passed: 0, failed: 0, steps: 0, simulatedMs: 0, counts: {}, failures: [] };

export const add = (tally: Tally, outcome: Outcome): Tally => {
  const failed = Object.keys(outcome.problems).length > 0;
  const counts: Record<string, number> = { ...tally.counts };
  for (const [what, n] of Object.entries(outcome.counts)) counts[what] = (counts[what] ?? 0) + n;
  return {
    passed: tally.passed + (failed ? 0 : 1),
    failed: tally.failed + (failed ? 1 : 0),
    steps: tally.steps + outcome.steps,
    simulatedMs: tally.simulatedMs + outcome.simulatedMs,
    counts,
    failures: failed ? [...tally.failures, outcome] : tally.failures,
  };
};

import { FAULTS } from "#sim/cluster/chance";
import type { Plan } from "#sim/soak/plan";
import { brokenPromise, commandOf, type Outcome, type Tally } from "#sim/soak/tally";

/** What a soak has been through, for people and for programs. Pure. */
export interface Report {
  readonly command: string;
  readonly commit: string;
  readonly histories: number;
  readonly passed: number;
  readonly failed: number;
  readonly stepsEach: number;
  readonly steps: number;
  readonly game: string;
  readonly workers: number;
  readonly simulatedHours: number;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly faults: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, number>>;
  readonly ledger: Readonly<Record<string, number>>;
  readonly branches: Readonly<Record<string, number>>;
  readonly uncovered: readonly string[];
  readonly failures: readonly { readonly seed: number; readonly promise: string; readonly replay: string }[];
}

export interface Run {
  readonly plan: Plan;
  readonly tally: Tally;
  readonly command: string;
  readonly commit: string;
  readonly seconds: number;
  readonly interrupted: boolean;
  readonly uncovered: readonly string[];
}

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

const withPrefix = (counts: Readonly<Record<string, number>>, prefix: string): Record<string, number> =>
  sorted(
    Object.fromEntries(
      Object.entries(counts).flatMap(([what, n]) => (what.startsWith(prefix) ? [[what.slice(prefix.length), n]] : [])),
    ),
  );

const failureOf = (outcome: Outcome) => ({
  seed: outcome.lot.seed,
  promise: brokenPromise(outcome) ?? "",
  replay: commandOf(outcome.lot),
});

export const reportOf = ({ plan, tally, command, commit, seconds, interrupted, uncovered }: Run): Report => {
  const { counts } = tally;
  const faults: Record<string, number> = Object.fromEntries(FAULTS.map((fault) => [fault, counts[fault] ?? 0]));
  const others = Object.entries(counts).filter(([what]) => !(what in faults) && !/^(?:fact|ledger): /.test(what));
  return {
    ...{ command, commit, histories: tally.passed + tally.failed, passed: tally.passed, failed: tally.failed },
    ...{ stepsEach: plan.steps, steps: tally.steps, game: plan.game, workers: plan.workers },
    ...{ simulatedHours: Math.round(tally.simulatedMs / 360_000) / 10, seconds: Math.round(seconds), interrupted },
    ...{ faults, facts: withPrefix(counts, "fact: "), ledger: withPrefix(counts, "ledger: ") },
    branches: sorted(Object.fromEntries(others)),
    uncovered,
    failures: tally.failures.map(failureOf),
  };
};

const table = (title: string, counts: Readonly<Record<string, number>>): string[] => [
  "",
  `## ${title}`,
  "",
  "| what | times |",
  "|---|---:|",
  ...Object.entries(counts).map(([what, n]) => `| ${what.replaceAll("|", "\\|")} | ${n} |`),
];

export const asMarkdown = (report: Report): string =>
  [
    "# Soak report",
    "",
    `Written by \`${report.command}\` at commit ${report.commit}.`,
    "",
    `${report.histories} histories of ${report.stepsEach} steps (${report.steps} steps) with ${report.game} worlds, ` +
      `${report.simulatedHours} simulated hours, ${report.seconds} s on ${report.workers} threads` +
      `${report.interrupted ? ", interrupted" : ""}: **${report.passed} passed, ${report.failed} failed**.`,
    ...report.failures.map(({ seed, promise, replay }) => `- seed ${seed} broke ${promise}: \`${replay}\``),
    ...table("Faults by kind", report.faults),
    ...table("Branches of the protocol", report.branches),
    ...table("Facts by type", report.facts),
    ...table("Ledger messages by type", report.ledger),
    "",
  ].join("\n");

const line = (title: string, counts: Readonly<Record<string, number>>): string =>
  `${title}: ${Object.entries(counts)
    .map(([what, n]) => `${what} ${n}`)
    .join(", ")}`;

export const asText = (report: Report): string =>
  [
    `${report.histories} histories of ${report.stepsEach} steps, ${report.steps} steps in all, ${report.simulatedHours} simulated hours, ${report.seconds} s`,
    line("faults", report.faults),
    line("branches", report.branches),
    line("facts", report.facts),
    line("ledger", report.ledger),
    ...report.uncovered.map((what) => `hit too rarely: ${what}`),
  ].join("\n");

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isClusterioError } from "#core/errors";
import { runHistory } from "#sim/cluster/history";
import { uncovered } from "#sim/soak/coverage";
import { type Plan, planOf, USAGE } from "#sim/soak/plan";
import { soak } from "#sim/soak/pool";
import { asMarkdown, asText, reportOf } from "#sim/soak/report";
import { relevant, shrink } from "#sim/soak/shrink";
import {
  add,
  brokenPromise,
  commandOf,
  type Lot,
  NOTHING_YET,
  type Outcome,
  optionsOf,
  outcomeOf,
} from "#sim/soak/tally";

const PROGRESS_MS = 5_000;
/** A failing seed is made smaller for so long. */
const SHRINK_MS = 60_000;
/** Failures that are made smaller and shown whole; of the others only the command. */
const SHOWN_MAX = 5;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

const lotsOf = function* (plan: Plan): Generator<Lot> {
  const { steps, game, only, without, forged } = plan;
  const until = performance.now() + plan.atMostS * 1_000;
  for (let seed = plan.from; seed < plan.from + plan.seeds && performance.now() < until; seed++)
    yield { seed, steps, game, only, without, forged };
};

const run = async (lot: Lot, log?: (line: string) => void): Promise<Outcome> =>
  outcomeOf(lot, await runHistory({ ...optionsOf(lot), ...(log === undefined ? {} : { log }) }));

/** What broke, where, and how to see it again. */
const describe = (outcome: Outcome): string[] => {
  const [[kind, detail] = ["", ""]] = Object.entries(outcome.problems);
  const { seed, steps } = outcome.lot;
  const at = outcome.steps < steps ? `in step ${outcome.steps}` : "at or after the last step, at rest";
  const number = brokenPromise(outcome) ?? "";
  return [
    `seed ${seed} of ${steps} steps broke ${number}${number === kind ? "" : ` (${kind})`} ${at}: ${detail}`,
    `  again: ${commandOf(outcome.lot)} --trace`,
  ];
};

/** Makes a failure as small as it gets and prints what its last lines say about it. */
const show = async (failed: Outcome, plan: Plan): Promise<Outcome> => {
  for (const text of describe(failed)) print(text);
  if (!plan.shrink) return failed;
  const until = performance.now() + SHRINK_MS;
  const small = await shrink(failed, { run, goOn: () => performance.now() < until });
  if (small !== failed) for (const text of describe(small)) print(text);
  const trace: string[] = [];
  const [detail = ""] = Object.values(small.problems);
  await run(small.lot, (text) => trace.push(text));
  for (const text of relevant(trace, detail)) print(`    ${text.slice(0, 400)}`);
  return small;
};

const commit = (): string => {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown";
  }
};

const progressOf = (plan: Plan, began: number) => (done: number, failed: number) => {
  const seconds = (performance.now() - began) / 1_000;
  const left = done === 0 ? "?" : Math.ceil(((plan.seeds - done) * seconds) / done);
  tell(`${done} of ${plan.seeds} histories, ${failed} failed, ${(done / seconds).toFixed(1)} a second, ${left} s left`);
};

const trace = async (plan: Plan): Promise<boolean> => {
  const [lot] = [...lotsOf(plan)];
  const outcome = await run(lot!, print);
  const failed = Object.keys(outcome.problems).length > 0;
  if (failed) for (const text of describe(outcome)) print(text);
  print(failed ? "0 passed, 1 failed" : "1 passed, 0 failed");
  return !failed;
};

const soakAll = async (plan: Plan, argv: readonly string[]): Promise<boolean> => {
  const began = performance.now();
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    tell("stopping: the histories under way are finished first (Ctrl-C again to leave them)");
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  let tally = NOTHING_YET;
  const progress = progressOf(plan, began);
  const timer = setInterval(() => progress(tally.passed + tally.failed, tally.failed), PROGRESS_MS);
  const onOutcome = (outcome: Outcome) => {
    tally = add(tally, outcome);
  };
  const folder = __dirname;
  await soak({ lots: lotsOf(plan), workers: plan.workers, folder, onOutcome, signal: stop.signal });
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1_000;
  const failures: Outcome[] = [];
  for (const [at, failed] of tally.failures.entries()) {
    const shown = at < SHOWN_MAX && !stop.signal.aborted && !plan.json;
    if (!shown && !plan.json) for (const text of describe(failed)) print(text);
    failures.push(shown ? await show(failed, plan) : failed);
  }
  const rare = plan.coverage && !stop.signal.aborted ? uncovered(tally.counts, tally.steps) : [];
  const command = ["npm run soak --", ...argv].join(" ");
  const facts = { plan, command, commit: commit(), seconds, interrupted: stop.signal.aborted, uncovered: rare };
  const report = reportOf({ ...facts, tally: { ...tally, failures } });
  if (plan.report !== undefined) writeFileSync(plan.report, asMarkdown(report));
  print(plan.json ? JSON.stringify(report, undefined, 2) : asText(report));
  // Data alone on standard output; people read the other one.
  (plan.json ? tell : print)(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && rare.length === 0;
};

const main = async (argv: readonly string[]): Promise<number> => {
  let plan: Plan | "help";
  try {
    plan = planOf(argv, availableParallelism());
  } catch (error) {
    if (!isClusterioError(error, "bad-input")) throw error;
    tell(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (plan === "help") {
    print(USAGE);
    return 0;
  }
  return (await (plan.trace ? trace(plan) : soakAll(plan, argv))) ? 0 : 1;
};

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { packageRoot } from "#core/adapters/package-root";
import { messageOf } from "#core/errors";
import { mutatedFiles } from "#sim/cluster/mutations/compile";
import type { Hint } from "#sim/cluster/mutations/hints";
import type { Mutation } from "#sim/cluster/mutations/mutation";
import type { Lot, Said, Task } from "#sim/cluster/mutations/worker";

/** Lets the simulation look for one mutation after another, two at a time. */

/** Where it looks when the hint shows nothing: many short histories first, then some longer ones. */
const SEARCH: readonly { readonly steps: number; readonly seeds: number }[] = [
  { steps: 100, seeds: 60 },
  { steps: 300, seeds: 30 },
];
/** Histories for one mutation before it counts as not found, the hint's aside. */
export const SEARCH_MAX = SEARCH.reduce((sum, { seeds }) => sum + seeds, 0);
/** A mutation that makes a history endless is given up after this long without a word (ms). */
const SILENCE_MS_MAX = 60_000;
/** As the last build made it: a thread starts without a loader. */
const WORKER_FILE = join(packageRoot(), "dist/sim/cluster/mutations/worker.js");
/** The smallest machine of ours has two cores. */
const THREADS = 2;

export interface Finding {
  readonly mutation: Mutation;
  readonly kind: "found" | "unfound" | "unfit";
  /** The history that showed it. */
  readonly lot?: Lot;
  /** By which promise. */
  readonly promise?: string;
  /** What the simulation said, or why the mutation could not be made. */
  readonly detail: string;
  /** Histories that were run. */
  readonly histories: number;
  readonly ms: number;
}

/** The hint's history first, then the search, as many as `max` of them. */
export const lotsFor = ({ among }: Mutation, hint: Hint | undefined, max = SEARCH_MAX): Lot[] => {
  const hinted = hint === undefined ? [] : [{ seed: hint.seed, steps: hint.steps, among }];
  const searched = SEARCH.flatMap(({ steps, seeds }) =>
    Array.from({ length: seeds }, (_, index): Lot => ({ seed: index + 1, steps, among })),
  );
  return [...hinted, ...searched.slice(0, max)];
};

type Outcome = Pick<Finding, "kind" | "lot" | "promise" | "detail">;

/** Runs one thread's histories; every word of it goes to `onSaid`, which ends it by returning what came of it. */
const converse = (task: Task, onSaid: (said: Said) => Outcome | undefined): Promise<Outcome> =>
  new Promise((resolve) => {
    const worker = new Worker(WORKER_FILE, { workerData: task });
    let lot: Lot | undefined;
    let silence: NodeJS.Timeout | undefined;
    const done = (outcome: Outcome) => {
      clearTimeout(silence);
      resolve(outcome);
      void worker.terminate();
    };
    const listen = () => {
      clearTimeout(silence);
      const detail = `history ${lot?.seed} of ${lot?.steps} steps does not end`;
      silence = setTimeout(() => done({ kind: "unfound", detail }), SILENCE_MS_MAX);
    };
    listen();
    worker.on("message", (said: Said) => {
      listen();
      lot = said.lot;
      const outcome = onSaid(said);
      if (outcome !== undefined) done(outcome);
    });
    // Before its first history the thread could not even load the programs: that says nothing about them.
    worker.on("error", (error) =>
      done(
        lot === undefined
          ? { kind: "unfit", detail: String(error) }
          : { kind: "found", lot, promise: "H7", detail: String(error) },
      ),
    );
    worker.on("exit", () => done({ kind: "unfound", detail: "" }));
  });

/** Histories of the mutated code until one shows a problem. */
export const hunt = async (mutation: Mutation, lots: readonly Lot[]): Promise<Finding> => {
  const started = performance.now();
  let histories = 0;
  const root = packageRoot();
  let files: Task["files"];
  try {
    files = mutatedFiles(root, mutation);
  } catch (error) {
    return { mutation, kind: "unfit", histories, ms: 0, detail: messageOf(error) };
  }
  const outcome = await converse({ root, files, lots, all: false }, (said) => {
    if (said.kind === "began") histories++;
    if (said.kind !== "problem") return undefined;
    return { kind: "found", lot: said.lot, promise: said.promise, detail: said.detail };
  });
  return { mutation, ...outcome, histories, ms: performance.now() - started };
};

/** What the code as it is says to these histories; empty when all is well. */
const control = async (lots: readonly Lot[]): Promise<string[]> => {
  const problems: string[] = [];
  const end = await converse({ root: packageRoot(), files: new Map(), lots, all: true }, (said) => {
    if (said.kind === "problem")
      problems.push(`seed ${said.lot.seed} of ${said.lot.steps} steps: ${said.promise}: ${said.detail}`);
    return undefined;
  });
  return end.detail === "" ? problems : [...problems, end.detail];
};

/** Calls `work` for each, as many at once as there are threads. */
const inThreads = async <T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> => {
  const waiting = [...all];
  const thread = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: THREADS }, thread));
};

export interface Measurement {
  readonly findings: readonly Finding[];
  /** What the code as it is said to the histories that showed a mutation: it has to pass them. */
  readonly wrong: readonly string[];
}

/** Hunts all of them; `onFinding` hears of each as it comes. */
export const measure = async (
  hunts: readonly { readonly mutation: Mutation; readonly lots: readonly Lot[] }[],
  onFinding: (finding: Finding) => void,
): Promise<Measurement> => {
  const findings: Finding[] = [];
  await inThreads(hunts, async ({ mutation, lots }) => {
    const finding = await hunt(mutation, lots);
    findings.push(finding);
    onFinding(finding);
  });
  const shown = findings.flatMap(({ lot }) => (lot === undefined ? [] : [lot]));
  const different = [...new Map(shown.map((lot) => [JSON.stringify(lot), lot])).values()];
  const halves = Array.from({ length: THREADS }, (_, n) => different.filter((_lot, index) => index % THREADS === n));
  const wrong: string[] = [];
  await inThreads(halves, async (half) => void wrong.push(...(await control(half))));
  return { findings, wrong };
};

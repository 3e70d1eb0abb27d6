import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { packageRoot } from "#core/adapters/package-root";
import { messageOf } from "#core/errors";
import { mutatedFiles } from "#sim/cluster/mutations/compile";
import type { Mutation } from "#sim/cluster/mutations/mutation";
import type { Said, Task } from "#sim/cluster/mutations/worker";

/** Lets the simulation look for one mutation after another, two at a time. */

/** Steps of each history, as many as the soak's. */
export const STEPS = 300;
/** Histories for one mutation before it counts as not found. */
export const SEEDS_MAX = 60;
/** A mutation that makes a history endless is given up after this long without a word (ms). */
const SILENCE_MS_MAX = 60_000;
/** The smallest machine of ours has two cores. */
const THREADS = 2;

export interface Finding {
  readonly mutation: Mutation;
  readonly kind: "found" | "unfound" | "unfit";
  /** The history that showed it. */
  readonly seed?: number;
  /** Histories that were run. */
  readonly histories: number;
  readonly ms: number;
  readonly invariant?: string;
  /** What the simulation said, or why the mutation could not be made. */
  readonly detail: string;
}

/** The mutation's own seed first, then from 1 up. */
const seedsFor = ({ seed }: Mutation, max: number): number[] => {
  const all = Array.from({ length: max }, (_, index) => index + 1);
  return seed === undefined ? all : [seed, ...all.filter((other) => other !== seed)];
};

type Outcome = Omit<Finding, "mutation" | "histories" | "ms">;

/** Runs one thread's histories; every word of it goes to `onSaid`, which ends it by returning what came of it. */
const converse = (task: Task, onSaid: (said: Said) => Outcome | undefined): Promise<Outcome> =>
  new Promise((resolve) => {
    const worker = new Worker(join(__dirname, "worker.js"), { workerData: task });
    let seed = 0;
    let silence: NodeJS.Timeout | undefined;
    const done = (outcome: Outcome) => {
      clearTimeout(silence);
      resolve(outcome);
      void worker.terminate();
    };
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => done({ kind: "unfound", detail: `history ${seed} does not end` }), SILENCE_MS_MAX);
    };
    listen();
    worker.on("message", (said: Said) => {
      listen();
      if (said.kind === "began") seed = said.seed;
      const outcome = onSaid(said);
      if (outcome !== undefined) done(outcome);
    });
    worker.on("error", (error) => done({ kind: "found", seed, invariant: "crash", detail: String(error) }));
    worker.on("exit", () => done({ kind: "unfound", detail: "" }));
  });

/** Histories of the mutated code until one shows a problem. */
export const hunt = async (mutation: Mutation, seedsMax = SEEDS_MAX): Promise<Finding> => {
  const started = performance.now();
  let histories = 0;
  const root = packageRoot();
  let files: Task["files"];
  try {
    files = mutatedFiles(root, mutation);
  } catch (error) {
    return { mutation, kind: "unfit", histories, ms: 0, detail: messageOf(error) };
  }
  const task: Task = { root, files, seeds: seedsFor(mutation, seedsMax), steps: STEPS };
  const outcome = await converse(task, (said) => {
    if (said.kind === "began") histories++;
    if (said.kind !== "problem") return undefined;
    return { kind: "found", seed: said.seed, invariant: said.invariant, detail: said.detail };
  });
  return { mutation, ...outcome, histories, ms: performance.now() - started };
};

/** What the code as it is says to these seeds; empty when all is well. */
export const control = async (seeds: readonly number[]): Promise<string[]> => {
  const problems: string[] = [];
  await converse({ root: packageRoot(), files: new Map(), seeds, steps: STEPS }, (said) => {
    if (said.kind === "problem") problems.push(`seed ${said.seed}: ${said.invariant}: ${said.detail}`);
    return undefined;
  });
  return problems;
};

/** Calls `work` for each, as many at once as there are threads. */
export const inThreads = async <T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> => {
  const waiting = [...all];
  const thread = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: THREADS }, thread));
};

import { parentPort, workerData } from "node:worker_threads";
import type { HistoryEnd, HistoryOptions } from "#sim/cluster/history";
import { install, requireIn } from "#sim/cluster/mutations/load";

/** One mutation's thread: histories one after another until one shows a problem. */
export interface Task {
  readonly root: string;
  /** Mutated files as JavaScript, by their path; none for the code as it is. */
  readonly files: ReadonlyMap<string, string>;
  readonly seeds: readonly number[];
  readonly steps: number;
}

export type Said =
  | { readonly kind: "began"; readonly seed: number }
  | { readonly kind: "passed"; readonly seed: number }
  | { readonly kind: "problem"; readonly seed: number; readonly invariant: string; readonly detail: string };

const say = (said: Said): void => parentPort?.postMessage(said);

const run = async ({ root, files, seeds, steps }: Task): Promise<void> => {
  install(root, files);
  const { runHistory } = requireIn("#sim/cluster/history") as {
    runHistory(options: HistoryOptions): Promise<HistoryEnd>;
  };
  for (const seed of seeds) {
    say({ kind: "began", seed });
    const { problems } = await runHistory({ seed, steps });
    const [first] = problems;
    if (first !== undefined) return say({ kind: "problem", seed, invariant: first[0], detail: first[1] });
    say({ kind: "passed", seed });
  }
};

void run(workerData as Task);

import { parentPort, workerData } from "node:worker_threads";
import type { Fault } from "#sim/cluster/chance";
import type { HistoryEnd, HistoryOptions } from "#sim/cluster/history";
import { install, requireIn } from "#sim/cluster/mutations/load";

/** One history of the simulation. */
export interface Lot {
  readonly seed: number;
  readonly steps: number;
  /** Its kinds of trouble; absent: as the seed draws them. */
  readonly among?: readonly Fault[] | undefined;
}

/** One mutation's thread: histories one after another until one shows a problem. */
export interface Task {
  readonly root: string;
  /** Mutated files as JavaScript, by their path; none for the code as it is. */
  readonly files: ReadonlyMap<string, string>;
  readonly lots: readonly Lot[];
  /** Goes on after a problem. */
  readonly all: boolean;
}

export type Said =
  | { readonly kind: "began"; readonly lot: Lot }
  | { readonly kind: "problem"; readonly lot: Lot; readonly promise: string; readonly detail: string };

const say = (said: Said): void => parentPort?.postMessage(said);

const run = async ({ root, files, lots, all }: Task): Promise<void> => {
  install(root, files);
  const { runHistory, numberOfPromise } = requireIn("#sim/cluster/history") as {
    runHistory(options: HistoryOptions): Promise<HistoryEnd>;
    numberOfPromise(kind: string): string;
  };
  for (const lot of lots) {
    say({ kind: "began", lot });
    const { seed, steps, among } = lot;
    const { problems } = await runHistory({ seed, steps, ...(among === undefined ? {} : { surely: new Set(among) }) });
    const [first] = problems;
    if (first === undefined) continue;
    say({ kind: "problem", lot, promise: numberOfPromise(first[0]), detail: first[1] });
    if (!all) return;
  }
};

void run(workerData as Task);

import { Worker } from "node:worker_threads";
import type { Lot, Outcome } from "#sim/soak/tally";

/** Compiled, next to this file's own compiled form: a thread starts without a loader. */
const WORKER_FILE = "worker.js";

export interface Soak {
  readonly lots: Iterable<Lot>;
  readonly workers: number;
  /** Folder of the compiled `worker.js`. */
  readonly folder: string;
  readonly onOutcome: (outcome: Outcome) => void;
  /** Aborted: no new history begins; those under way are finished. */
  readonly signal: AbortSignal;
}

/** Runs all lots on so many threads; which thread runs which makes no difference to what happens in it. */
export const soak = async ({ lots, workers, folder, onOutcome, signal }: Soak): Promise<void> => {
  const queue = lots[Symbol.iterator]();
  const work = async (): Promise<void> => {
    const worker = new Worker(`${folder}/${WORKER_FILE}`);
    try {
      for (let next = queue.next(); next.done !== true && !signal.aborted; next = queue.next())
        onOutcome(await answerOf(worker, next.value));
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
};

const answerOf = (worker: Worker, lot: Lot): Promise<Outcome> =>
  new Promise((resolve) => {
    const done = (outcome: Outcome) => {
      worker.off("message", done);
      worker.off("error", crashed);
      resolve(outcome);
    };
    // The simulator itself fell over: as much a failure of this history as any.
    const crashed = (error: Error) =>
      done({ lot, steps: 0, problems: { crash: error.stack ?? error.message }, counts: {}, simulatedMs: 0 });
    worker.once("message", done);
    worker.once("error", crashed);
    worker.postMessage(lot);
  });

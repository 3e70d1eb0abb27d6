import { Worker } from "node:worker_threads";
import type { Lot, Outcome } from "#sim/soak/tally";

/** Compiled, next to this file's own compiled form: a thread starts without a loader. */
const WORKER_FILE = "worker.js";
/** A hundred times what a long history takes on a busy machine: who takes longer never ends. */
const HISTORY_MS_MAX = 300_000;

export interface Soak {
  readonly lots: Iterable<Lot>;
  readonly workers: number;
  /** Folder of the compiled `worker.js`. */
  readonly folder: string;
  readonly onOutcome: (outcome: Outcome) => void;
  /** Aborted: no new history begins; those under way are finished. */
  readonly signal: AbortSignal;
  /** HISTORY_MS_MAX when left out. */
  readonly historyMsMax?: number;
}

/** Runs all lots on so many threads; which thread runs which makes no difference to what happens in it. */
export const soak = async (asked: Soak): Promise<void> => {
  const { lots, workers, folder, onOutcome, signal, historyMsMax = HISTORY_MS_MAX } = asked;
  const queue = lots[Symbol.iterator]();
  const thread = () => new Worker(`${folder}/${WORKER_FILE}`);
  const work = async (): Promise<void> => {
    let worker = thread();
    try {
      for (let next = queue.next(); next.done !== true && !signal.aborted; next = queue.next()) {
        const { outcome, usable } = await answerOf(worker, next.value, historyMsMax);
        onOutcome(outcome);
        if (usable) continue;
        await worker.terminate();
        worker = thread();
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
};

interface Answer {
  readonly outcome: Outcome;
  /** False when the thread is gone, or busy for ever: another one has to take its place. */
  readonly usable: boolean;
}

const answerOf = (worker: Worker, lot: Lot, msMax: number): Promise<Answer> =>
  new Promise((resolve) => {
    const settle = (outcome: Outcome, usable: boolean) => {
      clearTimeout(timer);
      worker.off("message", done);
      worker.off("error", failed);
      worker.off("exit", ended);
      resolve({ outcome, usable });
    };
    const done = (outcome: Outcome) => settle(outcome, true);
    // The simulator itself fell over, or turns without end: as much a failure of this history as any.
    const broken = (crash: string) => settle({ lot, steps: 0, problems: { crash }, counts: {}, simulatedMs: 0 }, false);
    const failed = (error: Error) => broken(error.stack ?? error.message);
    const ended = (code: number) => broken(`its thread ended with code ${code}`);
    const timer = setTimeout(() => broken(`it did not end within ${msMax} ms`), msMax);
    worker.on("message", done);
    worker.on("error", failed);
    worker.on("exit", ended);
    worker.postMessage(lot);
  });

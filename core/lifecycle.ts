/**
 * How every daemon starts, runs and ends. The only file that calls process.exit, beside failpoints.
 *
 * L1 SIGINT and SIGTERM abort the signal; a second one changes nothing. So does the end of main, however it came.
 * L2 Stopping has two steps, each under the deadline: main returns, then what it owns is closed, last opened first.
 *    No closer runs twice, and one that fails doesn't keep those opened before it from their turn.
 *    What was written to standard output is read by whoever reads it before the process ends, however slowly, unless
 *    somebody asked it to stop: then under the deadline.
 * L3 The exit code tells what happened:
 *
 * | code | meaning |
 * |---|---|
 * | 0 | stopped as asked, or main was done |
 * | 1 | failed: a bug, a lost ledger, or stopping failed or took too long |
 * | 2 | could not understand its configuration or what was typed |
 * | 3, 4, 5 | unavailable, refused, corrupt (errors.ts) |
 */
import { exitCodeOf, isClusterioError } from "#core/errors";

/** A person at a terminal waits that long; a service manager should wait twice as long (L2) before it kills. */
export const STOP_MS_MAX = 10_000;

type Close<T> = (resource: T) => Promise<void> | void;

export interface DaemonContext {
  /** Aborted when the daemon is to stop: main then finishes what it has in hand and returns. */
  readonly signal: AbortSignal;
  /** Says how to close what was just opened, on the same line; returns it. */
  own<T>(resource: T, close: Close<T>): T;
}

export interface DaemonOptions {
  /** How long main may take to return, and then the closers together, in milliseconds. */
  readonly stopMsMax?: number;
  /** Where failures are told, one call each; standard error unless given. */
  readonly report?: (message: string) => void;
}

/** Runs `main` until it is done, fails or is told to stop, closes what it owns, and ends the process. */
export async function runDaemon(
  main: (context: DaemonContext) => Promise<void>,
  { stopMsMax = STOP_MS_MAX, report = toStandardError }: DaemonOptions = {},
): Promise<never> {
  const stop = new AbortController();
  const { signal } = stop;
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => stop.abort(new Error(`stopped by ${name}`)));
  const closers: (() => Promise<void> | void)[] = [];
  const context: DaemonContext = {
    signal,
    own(resource, close) {
      closers.push(() => close(resource));
      return resource;
    },
  };

  let code = 0;
  const fail = (error: unknown) => {
    report(describe(error));
    code ||= exitCodeOf(error);
  };

  const ended = Promise.race([(async () => main(context))(), nothingLeft()]).catch((error: unknown) => {
    if (!isStop(error, signal)) fail(error);
  });
  // The deadline counts from the wish to stop, so there is none while all goes well.
  const late = aborted(signal).then(() => deadline(stopMsMax));
  if ((await Promise.race([ended, late])) === OVERDUE)
    fail(new Error(`stopping took more than ${stopMsMax} ms: closing what is open although main has not returned`));
  const asked = signal.aborted;
  stop.abort();

  const closed = closeInReverse(closers, fail);
  if ((await Promise.race([closed, deadline(stopMsMax)])) === OVERDUE)
    fail(new Error(`closing took more than ${stopMsMax} ms, ${closers.length} more were to be closed: ending anyway`));
  const stopped = asked ? Promise.resolve() : new Promise<void>((resolve) => process.once("SIGINT", () => resolve()));
  await Promise.race([drained(), stopped.then(() => deadline(stopMsMax))]);
  process.exit(code);
}

/**
 * Runs loops side by side until all have returned. The first that fails makes the others' signal abort, and is thrown
 * once they have ended too.
 */
export async function together(
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.all(
    tasks.map(async (task) => {
      try {
        await task(either);
      } catch (error) {
        if (!isStop(error, either)) failure.abort(error);
      }
    }),
  );
  if (failure.signal.aborted) throw failure.signal.reason;
}

/** Resolves when the signal aborts: what a main waits for that has nothing else to do. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** What a task throws because it was told to stop is no failure. */
const isStop = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === "AbortError"));

/** Resolves when all that was written is with the reader, or nobody reads any more: process.exit would drop the rest. */
const drained = () =>
  Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          if (stream.writableLength === 0) return resolve();
          stream.once("error", () => resolve());
          stream.write("", () => resolve());
        }),
    ),
  );

/** Takes each closer out before it runs, so that what main opens late is closed too, and nothing twice. */
const closeInReverse = async (closers: (() => Promise<void> | void)[], fail: (error: unknown) => void) => {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      fail(error);
    }
  }
};

const OVERDUE = Symbol("overdue");
const deadline = (ms: number) => new Promise<typeof OVERDUE>((resolve) => setTimeout(resolve, ms, OVERDUE));

/** Node ends a process that waits for nothing that can happen, with code 0 and without a word. */
const nothingLeft = () =>
  new Promise<never>((_, reject) => {
    process.once("beforeExit", () => reject(new Error("main has not returned, and nothing is left that could happen")));
  });

const describe = (error: unknown): string =>
  isClusterioError(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);

const toStandardError = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

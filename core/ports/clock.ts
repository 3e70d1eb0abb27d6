import { onAbort } from "#core/abort";

/** Time as a port, so that the simulation can own it. Nothing outside the adapters reads a clock or sets a timer. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970, whole. */
  now(): number;
  /** Runs `task` once, `ms` from now; the returned function cancels it (twice is once). */
  after(ms: number, task: () => void): () => void;
}

/** Resolves after `ms`, or at once when the signal aborts. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal === undefined) return void clock.after(ms, resolve);
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      forget();
      resolve();
    };
    const cancel = clock.after(ms, done);
    const forget = onAbort(signal, done);
  });

/** Runs `task` every `ms`, the next one `ms` after the last began; returns the function that stops it. */
export const every = (clock: Clock, ms: number, task: () => void): (() => void) => {
  let cancel = () => {};
  const again = () => {
    cancel = clock.after(ms, () => {
      again();
      return task();
    });
  };
  again();
  return () => cancel();
};

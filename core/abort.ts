/** Who waits for which signal: one listener each, because adding one to a signal and removing it costs more than most waits. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

const waitersOf = (signal: AbortSignal): Set<() => void> => {
  const waiters = new Set<() => void>();
  waiting.set(signal, waiters);
  signal.addEventListener("abort", () => {
    for (const run of waiters) run();
    waiters.clear();
  });
  return waiters;
};

/** Calls `run` once when the signal, which has not aborted yet, aborts; the returned function takes that back. */
export const onAbort = (signal: AbortSignal, run: () => void): (() => void) => {
  const waiters = waiting.get(signal) ?? waitersOf(signal);
  waiters.add(run);
  return () => void waiters.delete(run);
};

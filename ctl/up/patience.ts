import { isClusterioError } from "#core/errors";
import { type Clock, pause } from "#core/ports/clock";

export interface Patience {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** After this long the last failure is the answer. */
  readonly ms: number;
}

/** Between two tries: a daemon comes up within tenths of a second. */
const PAUSE_MS = 100;

/** Tries until it works, as long as what fails is only `unavailable`. */
export const patiently = async <T>(attempt: () => Promise<T>, { clock, signal, ms }: Patience): Promise<T> => {
  const deadline = clock.now() + ms;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!isClusterioError(error, "unavailable") || clock.now() >= deadline) throw error;
    }
    await pause(clock, PAUSE_MS, signal);
  }
};

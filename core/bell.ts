import { onAbort } from "#core/abort";
import type { Clock } from "#core/ports/clock";

/** Wakes one waiting loop: any number of rings before or during a wait end that wait once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#rung || signal.aborted) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        forget();
        this.#wake = undefined;
        this.#rung = false;
        resolve();
      };
      const cancel = this.clock.after(ms, done);
      const forget = onAbort(signal, done);
      this.#wake = done;
    });
  }
}

/** 60 updates a second. */
const TICK_MS = 1000 / 60;
/** A stall longer than this is not made up for: the game slows down too. */
const LATE_MS_MAX = 200;
/** So many ticks run without looking at the clock or the network when there is no limit to the speed. */
const UNLIMITED_TICKS = 60;

/** When ticks are due. All times in milliseconds of a clock that never goes back. */
export class Pace {
  readonly #interval: number;
  #next: number;

  /** `speed` 1 is 60 ticks a second, 0 no limit. */
  constructor(speed: number, now: number) {
    this.#interval = speed === 0 ? 0 : TICK_MS / speed;
    this.#next = now;
  }

  /** Milliseconds until the next tick, whole, never negative. */
  wait(now: number): number {
    return this.#interval === 0 ? 0 : Math.max(0, Math.ceil(this.#next - now));
  }

  /** How many ticks to run now; they count as run. */
  take(now: number): number {
    if (this.#interval === 0) return UNLIMITED_TICKS;
    if (now - this.#next > LATE_MS_MAX) this.#next = now - LATE_MS_MAX;
    const due = Math.max(0, Math.floor((now - this.#next) / this.#interval) + 1);
    this.#next += due * this.#interval;
    return due;
  }

  /** After a pause: the next tick is one interval away at most, and nothing is made up for. */
  resume(now: number): void {
    if (this.#next < now) this.#next = now;
  }
}

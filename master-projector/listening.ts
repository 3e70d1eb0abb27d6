import type { Clock } from "#core/ports/clock";

/**
 * The broker's time as far as a leader knows it, and how long it has listened: facts are stamped with that time, so what is
 * compared with theirs is of it. All times in milliseconds.
 */
export class Listening {
  /** How far the broker's clock is ahead of ours, as its last message showed: never more than it is. */
  #ahead = 0;
  #since = 0;
  #until = 0;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now() + this.#ahead;
  }

  /** The broker's stamp on what it has just stored. */
  stamped(time: number): void {
    this.#ahead = time - this.clock.now();
  }

  /** From now on this leader hears what is said. */
  begin(): void {
    this.#since = this.now();
  }

  /** All that was said so far is folded. */
  heardAll(): void {
    this.#until = this.now();
  }

  /** When it began to listen: kept as it was then, for its own clock may be put back later. */
  get since(): number {
    return this.#since;
  }

  /** Silence is counted up to here: a leader that had to wait, for room in a full ledger, has not listened meanwhile. */
  get until(): number {
    return this.#until;
  }
}

import { asks, atRate, newTurns, next, type Rank, said, type Turns } from "#bridge/rcon/turns";
import type { Clock } from "#core/ports/clock";

/** Composes a command when its turn has come, from what is true then; undefined when nothing is to be said any more. */
export type Compose = () => string | undefined;

/** Says something, now that its turn has come, and how many bytes that was; 0: nothing. `false`: there will be no turn. */
type Run = (turn: boolean) => number;

/**
 * The way into one game: commands go out in the order of their turns (turns.ts). What waits is not yet written: whoever asks
 * composes when its turn comes, so that what changed meanwhile goes along and last values replace each other.
 */
export class Pipe {
  #turns: Turns;
  #ids = 0;
  #closed = false;
  readonly #waiting = new Map<number, Run>();
  #stopTimer = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly send: (command: string) => Promise<string | undefined>,
  ) {
    this.#turns = newTurns(clock.now());
  }

  /** The game takes in so many bytes a second. */
  paced(bytesPerSecond: number): void {
    this.#turns = atRate(this.#turns, bytesPerSecond / 1_000, this.clock.now());
    this.#next();
  }

  /** The reply, undefined when there was none or nothing was said. With room, and nobody before it, it goes out at once. */
  ask(rank: Rank, compose: Compose): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#wait(rank, (turn) => {
        const command = turn ? compose() : undefined;
        resolve(command === undefined ? undefined : this.send(command));
        return command === undefined ? 0 : Buffer.byteLength(command);
      });
    });
  }

  /** Resolves when so many bytes may be sent past this pipe; false when it is closed. */
  turn(rank: Rank, bytes: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wait(rank, (turn) => {
        resolve(turn);
        return bytes;
      });
    });
  }

  /** Whoever waits is told that there will be no turn. */
  close(): void {
    this.#closed = true;
    this.#stopTimer();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const run of waiting) run(false);
  }

  #wait(rank: Rank, run: Run): void {
    if (this.#closed) return void run(false);
    const id = this.#ids++;
    this.#waiting.set(id, run);
    this.#turns = asks(this.#turns, { id, rank, since: this.clock.now() });
    this.#next();
  }

  #next(): void {
    this.#stopTimer();
    for (;;) {
      const [turns, chosen] = next(this.#turns, this.clock.now());
      this.#turns = turns;
      if (chosen.kind === "idle" || this.#closed) return;
      if (chosen.kind === "wait") {
        this.#stopTimer = this.clock.after(chosen.ms, () => this.#next());
        return;
      }
      const run = this.#waiting.get(chosen.id)!;
      this.#waiting.delete(chosen.id);
      const bytes = run(true);
      this.#turns = said(this.#turns, bytes, this.clock.now());
    }
  }
}

import type { Names } from "#bridge/game-protocol";
import type { Totals } from "#bridge/link/state";
import { merge, NOTHING, nextImport, type Wanting } from "#bridge/session/imports";
import { failpoint } from "#core/failpoints";
import type { Clock } from "#core/ports/clock";

export interface ImportingHands {
  readonly clock: Clock;
  /** The reply to a command that is composed when its turn comes, undefined when there is none. */
  ask(compose: () => string | undefined): Promise<string | undefined>;
  /** What the game replied; false when that is no report of this session. */
  replied(reply: string): boolean;
  /** So long after their facts were folded (ms) the game has taken things in. */
  tookIn(ms: number): void;
}

interface Open {
  readonly token: string;
  readonly names: Names;
  /** Totals received at the session's begin. */
  readonly base: Totals;
}

/**
 * Hands one game what was granted to it.
 *
 * E3 one import is under way at a time; what is granted meanwhile joins what waits.
 */
export class Importing {
  #open: Open | undefined;
  #waiting: Wanting = NOTHING;
  #underWay = false;

  constructor(private readonly hands: ImportingHands) {}

  open(open: Open): void {
    this.#open = open;
  }

  close(): void {
    this.#open = undefined;
    this.#waiting = NOTHING;
    this.#underWay = false;
  }

  /** Absolute totals of what was granted. */
  want(more: Wanting): void {
    this.#waiting = merge(this.#waiting, more);
    void this.#next();
  }

  async #next(): Promise<void> {
    const open = this.#open;
    if (open === undefined || this.#underWay) return;
    this.#underWay = true;
    let folded: number | undefined;
    let said = false;
    const reply = await this.#send(() => {
      if (open !== this.#open) return undefined;
      // What was granted while it waited for its turn goes along.
      const next = nextImport(this.#waiting, open);
      folded = this.#waiting.folded;
      this.#waiting = next?.rest ?? NOTHING;
      said = next !== undefined;
      return next?.command;
    });
    if (open !== this.#open) return;
    this.#underWay = false;
    // There was nothing to say; what was granted since is looked at.
    if (!said && this.#waiting !== NOTHING) return void this.#next();
    if (reply === undefined) return;
    const took = this.hands.replied(reply);
    if (took && folded !== undefined) this.hands.tookIn(this.hands.clock.now() - folded);
    void this.#next();
  }

  async #send(compose: () => string | undefined): Promise<string | undefined> {
    const asked = this.hands.ask(() => {
      const command = compose();
      return command === undefined || failpoint("import.sending") === "drop" ? undefined : command;
    });
    failpoint("import.sent");
    const reply = await asked;
    return failpoint("import.replied") === "drop" ? undefined : reply;
  }
}

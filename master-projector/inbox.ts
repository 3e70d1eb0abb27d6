import { type Decoded, decodeFact, envelopeId } from "#core/events/fact-decoder";
import { evolveFact, type Outcome, type SignedAssignment } from "#core/fold/evolve-fact";
import type { State } from "#core/fold/state";
import type { Following, Log, StoredMessage } from "#core/ports/log";

/**
 * Facts on their way into the fold: taken in as they come, folded at the loop's pace.
 *
 * P6 The position names the last message folded, whatever became of it: also a rejected one is read only once.
 */

/** Messages waiting to be folded before reading pauses: a few seconds' worth at full speed, some 50 MB. */
export const INBOX_MAX = 50_000;
/** Their bytes: facts of 256 KiB each, which anybody with a slave's credentials can send, are few then. */
export const INBOX_BYTES_MAX = 64 * 1024 * 1024;

export interface Tally {
  applied: number;
  rejected: number;
  readonly ignored: Map<string, number>;
}

export interface InboxPorts {
  readonly events: Log;
  readonly verify: (assignment: string) => SignedAssignment | undefined;
  /** Called when there is something to do. */
  readonly wake: () => void;
  /** A malformed fact, for the `rejected` stream. */
  readonly onRejected: (message: StoredMessage, reason: string) => void;
}

export class Inbox {
  /** The stream was recreated or cut below what was read: the position has to be compared again. */
  reset = false;
  /** Broker time (ms) of the last message folded since `takeNewest`. */
  #newest: number | undefined;
  /** Broker time (ms) of the oldest fact folded since `takeOldest`. */
  #oldest: number | undefined;
  #waiting: StoredMessage[] = [];
  #taken = 0;
  #waitingBytes = 0;
  #following: Following | undefined;
  #next: number;
  /** The last message folded, and its fact's id where it was one. */
  #last: { readonly message: StoredMessage; readonly id: string | undefined } | undefined;

  constructor(
    private readonly ports: InboxPorts,
    private readonly created: string,
    from: number,
    readonly tally: Tally,
  ) {
    this.#next = from;
    this.#follow();
  }

  #follow(): void {
    this.#following = this.ports.events.follow(
      this.#next,
      (message) => {
        this.#next = message.seq + 1;
        this.#waiting.push(message);
        this.#waitingBytes += message.data.length;
        if (this.#waiting.length - this.#taken >= INBOX_MAX || this.#waitingBytes >= INBOX_BYTES_MAX) this.#pause();
        this.ports.wake();
      },
      () => {
        this.reset = true;
        this.ports.wake();
      },
    );
  }

  #pause(): void {
    void this.#following?.stop();
    this.#following = undefined;
  }

  get drained(): boolean {
    return this.#taken === this.#waiting.length;
  }

  /** Folds up to `max` waiting facts into the state. */
  fold(state: State, max: number): void {
    const end = Math.min(this.#waiting.length, this.#taken + max);
    for (; this.#taken < end; this.#taken++) {
      const message = this.#waiting[this.#taken]!;
      this.#waitingBytes -= message.data.length;
      this.#foldOne(state, message);
    }
    if (this.drained) {
      this.#waiting = [];
      this.#taken = 0;
      if (this.#following === undefined && !this.reset) this.#follow();
    }
    const last = this.#last;
    if (last === undefined) return;
    const { seq, data } = last.message;
    state.position = { created: this.created, seq, id: last.id ?? envelopeId(data) };
    this.#last = undefined;
  }

  #foldOne(state: State, message: StoredMessage): void {
    const decoded = decodeFact(message.subject, message.data);
    this.#last = { message, id: decoded.kind === "fact" ? decoded.fact.id : undefined };
    this.#newest = message.time;
    if (decoded.kind !== "fact") {
      if (decoded.kind === "rejected") {
        this.tally.rejected++;
        this.ports.onRejected(message, decoded.reason);
      }
      return;
    }
    const outcome = this.#evolve(state, decoded, message.time);
    if (outcome === "applied") this.tally.applied++;
    else this.tally.ignored.set(outcome, (this.tally.ignored.get(outcome) ?? 0) + 1);
    this.#oldest = Math.min(this.#oldest ?? message.time, message.time);
  }

  #evolve(state: State, { fact }: Decoded & { kind: "fact" }, time: number): Outcome {
    if (fact.type !== "world-synced" || fact.data.assignment === undefined) return evolveFact(state, fact, time);
    return evolveFact(state, fact, time, this.ports.verify(fact.data.assignment));
  }

  /** Broker time (ms) of the oldest fact folded since the last call. */
  takeOldest(): number | undefined {
    const oldest = this.#oldest;
    this.#oldest = undefined;
    return oldest;
  }

  /** Broker time (ms) of the last message folded since the last call. */
  takeNewest(): number | undefined {
    const newest = this.#newest;
    this.#newest = undefined;
    return newest;
  }

  async close(): Promise<void> {
    await this.#following?.stop();
    this.#following = undefined;
  }
}

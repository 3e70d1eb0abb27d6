import { decodeFact, envelopeId, type Fact } from "#core/events/fact-decoder";
import type { LedgerBody } from "#core/events/ledger";
import { adoptionOf, receiveAdoption } from "#core/fold/adoption";
import { changesOf } from "#core/fold/decide";
import { evolveFact } from "#core/fold/evolve-fact";
import { heldBody, isAboveLimit, wouldRewind } from "#core/fold/held";
import type { Outcome, SignedAssignment } from "#core/fold/outcome";
import type { State } from "#core/fold/state";
import { applySync, isRewind, receiveSync, type Sync } from "#core/fold/sync";
import type { WorldId } from "#core/ids";
import type { Following, Log, LogInfo, StoredMessage } from "#core/ports/log";

/**
 * Facts on their way into the fold: taken in as they come, folded at the loop's pace.
 *
 * P6 The position names the last message folded, whatever became of it: also a rejected one is read only once.
 * P11 A fact that the ledger explains (an earlier save, an adoption) stands alone: folding stops before it, all before it
 *     is written, and then it is written with its explanation in one message. So no crash leaves a rewind without its
 *     explanation, or with two.
 * P16 A round that may be split has nothing of a world beyond a session that begins in it: after a crash between two parts
 *     the beginning is folded again, onto amounts that later facts had raised it would look like a rewind.
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
  /** What is pending may take more than one message to write. */
  readonly mayBeSplit: (state: State) => boolean;
}

/** A fact that the ledger tells of by a message of its own, and its broker's time (ms). */
interface Aside {
  readonly id: string;
  readonly at: number;
  /** A whole sync; or the body that an adoption comes to. */
  readonly sync?: Sync;
  readonly body?: LedgerBody;
}

/** Sequence of the last message that a stream still has, 0 when it has none. */
const lastHeld = ({ firstSeq, lastSeq }: LogInfo): number => (firstSeq > lastSeq ? 0 : lastSeq);

export class Inbox {
  /** The stream was recreated or cut below what was read: the position has to be compared again. */
  reset = false;
  /** Broker time (ms) of the last message folded since `takeNewest`, of those that came since reading began. */
  #newest: number | undefined;
  /** Broker time (ms) of the oldest fact folded since `takeOldest`. */
  #oldest: number | undefined;
  #aside: Aside | undefined;
  #waitsForRound = false;
  #waiting: StoredMessage[] = [];
  #taken = 0;
  #waitingBytes = 0;
  #following: Following | undefined;
  #next: number;
  readonly #created: string;
  /** Sequence of the last message that the stream held when reading began, and of the last one folded. */
  #heldUntil: number;
  #foldedUntil: number;
  /** The last message folded, and its fact's id where it was one. */
  #last: { readonly message: StoredMessage; readonly id: string | undefined } | undefined;

  constructor(
    private readonly ports: InboxPorts,
    /** The stream as it is now. */
    info: LogInfo,
    from: number,
    readonly tally: Tally,
  ) {
    this.#created = info.created;
    this.#heldUntil = lastHeld(info);
    this.#foldedUntil = from - 1;
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

  /** All that the stream held when reading began is folded. */
  get caughtUp(): boolean {
    return this.#foldedUntil >= this.#heldUntil;
  }

  /** Some of it may be gone meanwhile: nobody waits for that. */
  async lookAgain(): Promise<void> {
    this.#heldUntil = Math.min(this.#heldUntil, lastHeld(await this.ports.events.info()));
  }

  /** The next fact stands alone (P11): the ledger has to hold all before it first. */
  get standsAlone(): boolean {
    return this.#aside !== undefined;
  }

  /** The next fact waits until what is pending is written (P16). */
  get waitsForRound(): boolean {
    return this.#waitsForRound;
  }

  /** Folds up to `max` waiting facts into the state, none while one stands alone. */
  fold(state: State, max: number): void {
    const end = Math.min(this.#waiting.length, this.#taken + max);
    this.#waitsForRound = false;
    while (this.#taken < end && this.#aside === undefined && !this.#waitsForRound)
      this.#foldOne(state, this.#waiting[this.#taken]!);
    this.#settle(state);
  }

  /** The next message was folded, whatever became of it (P6). */
  #took(message: StoredMessage, fact?: { readonly id: string; readonly outcome: Outcome }): void {
    this.#taken++;
    this.#waitingBytes -= message.data.length;
    this.#last = { message, id: fact?.id };
    this.#foldedUntil = message.seq;
    if (message.seq > this.#heldUntil) this.#newest = message.time;
    if (fact === undefined) return;
    const { outcome } = fact;
    if (outcome === "applied") this.tally.applied++;
    else this.tally.ignored.set(outcome, (this.tally.ignored.get(outcome) ?? 0) + 1);
    this.#oldest = Math.min(this.#oldest ?? message.time, message.time);
  }

  /**
   * Folds the fact that stands alone: the ledger message that it comes to, to be written before anything else, undefined
   * when it is folded like any other. Asked again until nothing stands alone: an adoption may come before its sync.
   */
  foldAlone(state: State): LedgerBody | undefined {
    const aside = this.#aside;
    if (aside === undefined) return undefined;
    const message = this.#waiting[this.#taken]!;
    const { id, sync, at } = aside;
    const adopted = sync === undefined ? undefined : adoptionOf(state, sync.id, sync.data.tick);
    if (adopted !== undefined) return adopted;
    this.#aside = undefined;
    if (sync === undefined) {
      this.#took(message, { id, outcome: "applied" });
      this.#settle(state);
      return aside.body;
    }
    const isBack = isRewind(state, sync);
    const would = wouldRewind(state, sync);
    if (isBack && isAboveLimit(state, sync.instance.id, would)) {
      this.#took(message, { id, outcome: "held" });
      this.#settle(state);
      return heldBody(state, sync, would, at);
    }
    const { outcome, rewind } = applySync(state, sync, at);
    this.#took(message, { id, outcome });
    this.#settle(state);
    return isBack ? { type: "world-rewound", data: { ...changesOf(state), rewind } } : undefined;
  }

  #settle(state: State): void {
    if (this.drained) {
      this.#waiting = [];
      this.#taken = 0;
      if (this.#following === undefined && !this.reset) this.#follow();
    }
    const last = this.#last;
    if (last === undefined) return;
    const { seq, data } = last.message;
    state.position = { created: this.#created, seq, id: last.id ?? envelopeId(data) };
    this.#last = undefined;
  }

  #foldOne(state: State, message: StoredMessage): void {
    const decoded = decodeFact(message.subject, message.data);
    if (decoded.kind !== "fact") {
      this.#took(message);
      if (decoded.kind !== "rejected") return;
      this.tally.rejected++;
      this.ports.onRejected(message, decoded.reason);
      return;
    }
    if (state.worlds.get(decoded.fact.data.world as WorldId)?.sessionChanged === true && this.ports.mayBeSplit(state)) {
      this.#waitsForRound = true;
      return;
    }
    const outcome = this.#evolve(state, decoded.fact, message.time);
    if (outcome !== undefined) this.#took(message, { id: decoded.fact.id, outcome });
  }

  /** Undefined for a fact that stands alone. */
  #evolve(state: State, fact: Fact, at: number): Outcome | undefined {
    if (fact.type === "world-adopted") {
      const body = receiveAdoption(state, fact, fact.data);
      if (typeof body === "string") return body;
      this.#aside = { id: fact.id, at, body };
      return undefined;
    }
    if (fact.type !== "world-synced") return evolveFact(state, fact, at);
    const { assignment } = fact.data;
    const sync = receiveSync(
      state,
      fact,
      fact.data,
      assignment === undefined ? undefined : this.ports.verify(assignment),
    );
    if (typeof sync === "string") return sync;
    if (adoptionOf(state, sync.id, 0) === undefined && !isRewind(state, sync))
      return applySync(state, sync, at).outcome;
    this.#aside = { id: fact.id, at, sync };
    return undefined;
  }

  /** Broker time (ms) of the oldest fact folded since the last call. */
  takeOldest(): number | undefined {
    const oldest = this.#oldest;
    this.#oldest = undefined;
    return oldest;
  }

  /** Broker time (ms) of the last message folded since the last call: older ones than this reading say nothing of now. */
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

import type { Boot } from "#core/boot";
import { sha256 } from "#core/digest";
import { corrupt } from "#core/errors";
import type { LedgerBody } from "#core/events/ledger";
import { type Sealed, seal, unseal } from "#core/events/ledger-codec";
import { failpoint } from "#core/failpoints";
import { confirm, evolve, isOwnMessage } from "#core/fold/evolve";
import { newState, type State } from "#core/fold/state";
import { type Clock, pause } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { AppendResult, Log, StoredMessage } from "#core/ports/log";
import { newestCheckpoint, type Restored } from "#projector/ledger/checkpoint";
import { holds, readSnapshot, writeSnapshot } from "#projector/ledger/snapshot";

/**
 * The ledger as one projector holds it.
 *
 * P1 Only a message whose `prev` is the hash of the last valid one is folded; any other is void ◇: its author's state had
 *    another history.
 * P2 Every append expects the last sequence of the whole stream: of two writers one loses.
 * P3 After a lost acknowledgement the stream's end is read before anything is judged or written again.
 * P4 An append that comes long after the last confirmed one is not believed until the message before it is seen to be
 *    the one that was expected: the stream may have been cut and have grown again to the same length.
 * P5 A snapshot or a memory counts only if the ledger still holds exactly its last message at that sequence, and exactly its
 *    last valid one: a stream that was cut and grew again while it was being read looks like one void message after another.
 */
export interface LedgerPorts {
  readonly log: Log;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Absolute path of the snapshot file. */
  readonly snapshotPath: string;
}

export type Written = "stored" | "lost" | "full";

/** Longer than any append takes, shorter than a broker needs to come back on another store. */
const TRUST_MS = 1_000;
const RETRY_MS = 200;
const READ_BATCH = 500;

export class Ledger {
  /** Messages that were skipped because they were void. */
  voids = 0;
  #confirmedAt = Number.NEGATIVE_INFINITY;

  private constructor(
    private readonly ports: LedgerPorts,
    private at: Restored,
  ) {}

  get state(): State {
    return this.at.state;
  }

  /** Sequence of the last message that was read or written. */
  get seq(): number {
    return this.at.seq;
  }

  /**
   * The newest valid snapshot or checkpoint, and the ledger's tail.
   * @throws ClusterioError `corrupt` when the ledger cannot be folded: nothing may be written then.
   */
  static async load(ports: LedgerPorts): Promise<Ledger> {
    const ledger = new Ledger(ports, await Ledger.#base(ports));
    await ledger.#readTail();
    return ledger;
  }

  static async #base({ disk, log, snapshotPath }: LedgerPorts): Promise<Restored> {
    const restored = (await readSnapshot(disk, snapshotPath, log)) ?? (await newestCheckpoint(log));
    if (restored !== undefined) return restored;
    const { firstSeq } = await log.info();
    if (firstSeq > 1)
      throw corrupt("the ledger's beginning is gone and it holds no whole checkpoint: restore it from a backup");
    return { state: newState(), seq: 0, tip: "", validSeq: 0 };
  }

  #fold(stored: StoredMessage): void {
    const unsealed = unseal(stored);
    if (unsealed.kind === "unreadable") {
      throw corrupt(
        `ledger message ${stored.seq} (${stored.subject}): ${unsealed.reason}. Was it written by a newer version?`,
      );
    }
    const { state } = this.at;
    const valid = unsealed.message.data.prev === state.chain;
    if (valid) evolve(state, unsealed.message, unsealed.hash);
    else this.voids++;
    this.at = { state, seq: stored.seq, tip: unsealed.hash, validSeq: valid ? stored.seq : this.at.validSeq };
  }

  async #readTail(): Promise<void> {
    for (;;) {
      const batch = await this.ports.log.read(this.seq + 1, READ_BATCH);
      if (batch.length === 0) return;
      for (const stored of batch) this.#fold(stored);
    }
  }

  /**
   * True when the stream still ends with, or goes on from, the message that this ledger stands at (P5), and still holds the
   * last valid one: when that is gone, it is our own history that is void, not what was skipped.
   */
  async isSameStream(): Promise<boolean> {
    const { log } = this.ports;
    const { seq, tip, validSeq, state } = this.at;
    if (seq === 0) return true;
    if (!(await holds(log, seq, tip))) return false;
    return validSeq === seq || validSeq === 0 || holds(log, validSeq, state.chain);
  }

  /**
   * Folds what others wrote. When the stream was cut or is another one, starts again from what it holds now.
   * The state object may be another one afterwards.
   */
  async catchUp(): Promise<{ readonly restarted: boolean }> {
    if (await this.isSameStream()) {
      await this.#readTail();
      return { restarted: false };
    }
    this.at = await Ledger.#base(this.ports);
    await this.#readTail();
    return { restarted: true };
  }

  /** Forgets folded facts that were never written, by reading everything again. */
  async reload(): Promise<void> {
    this.at = await Ledger.#base(this.ports);
    await this.#readTail();
  }

  /**
   * Appends one message and folds it. "lost": another writer was first, or the stream is not the one that was known:
   * the caller must `reload` and stand by.
   * @throws ClusterioError `unavailable` when the broker cannot even be asked what it holds; `reload` then, too.
   */
  async append(body: LedgerBody, boot: Boot, signal?: AbortSignal): Promise<Written> {
    const sealed = seal(this.state, { boot, now: this.ports.clock.now() }, body);
    const seq = await this.#store(sealed, signal);
    if (typeof seq === "string") return seq;
    if (!(await this.#isBelieved())) return "lost";
    const { message, hash } = sealed;
    if (isOwnMessage(message)) confirm(this.state, message, hash);
    else evolve(this.state, message, hash);
    this.at = { state: this.state, seq, tip: hash, validSeq: seq };
    failpoint("ledger.folded");
    return "stored";
  }

  async #store(sealed: Sealed, signal?: AbortSignal): Promise<number | "lost" | "full"> {
    const { log, clock } = this.ports;
    for (;;) {
      failpoint("ledger.appending");
      const appending = log.append(sealed.subject, sealed.bytes, this.seq);
      failpoint("ledger.sent");
      const answered = await appending;
      const result: AppendResult =
        failpoint("ledger.stored") === "drop" ? { kind: "unknown", reason: "lost by a failpoint" } : answered;
      if (result.kind === "stored") return result.seq;
      if (result.kind === "full") return "full";
      const [next] = await log.read(this.seq + 1, 1);
      if (next !== undefined) return sha256(next.data) === sealed.hash ? next.seq : "lost";
      if (result.kind === "conflict" || signal?.aborted === true) return "lost";
      await pause(clock, RETRY_MS, signal);
    }
  }

  /** P4. */
  async #isBelieved(): Promise<boolean> {
    const now = this.ports.clock.now();
    const fresh = now - this.#confirmedAt < TRUST_MS;
    if (!fresh && !(await this.isSameStream())) return false;
    this.#confirmedAt = this.ports.clock.now();
    return true;
  }

  /** Writes the snapshot; only between rounds, when nothing is pending. */
  async saveSnapshot(): Promise<void> {
    if (this.seq > 0) await writeSnapshot(this.ports.disk, this.ports.snapshotPath, this.at);
  }
}

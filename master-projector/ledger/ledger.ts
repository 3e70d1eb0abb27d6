import { alarmText } from "#core/alarm";
import { Checkpoints } from "#core/audit/checkpoints";
import { describeFinding } from "#core/audit/finding";
import type { Boot } from "#core/boot";
import { sha256 } from "#core/digest";
import { corrupt } from "#core/errors";
import type { LedgerBody } from "#core/events/ledger";
import { type Sealed, seal, type Unsealed, unseal } from "#core/events/ledger-codec";
import { failpoint } from "#core/failpoints";
import { VOIDS_MAX } from "#core/fold/checkpoint";
import { confirm, evolve, isOwnMessage } from "#core/fold/evolve";
import { imageOf, prepareAtOnce } from "#core/fold/image";
import { newState, type State } from "#core/fold/state";
import { type Clock, pause } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { AppendResult, Log, Place, StoredMessage } from "#core/ports/log";
import { type CheckpointSpan, newestCheckpoint, type Restored } from "#projector/ledger/checkpoint";
import {
  headOf,
  holds,
  readSnapshot,
  type SnapshotHead,
  snapshotBytes,
  writeSnapshot,
} from "#projector/ledger/snapshot";

/**
 * The ledger as one projector holds it.
 *
 * P1 Only a message whose `prev` is the hash of the last valid one is folded; any other is void ◇: its author's state had
 *    another history.
 * P2 Every append expects the last sequence of the whole stream: of two writers one loses.
 * P3 After a lost acknowledgement the stream's end is read before anything is judged or written again.
 * P4 An append names the message that it follows by its hash, and the broker refuses to store it behind another one: the stream
 *    may have been cut and have grown again to the same length. Where the broker knows no name (of an earlier version's message),
 *    the message before it is looked at first, and again before what was appended is believed.
 * P5 A snapshot or a memory counts only if the ledger still holds exactly its last message at that sequence, and exactly its
 *    last valid one: a stream that was cut and grew again while it was being read looks like one void message after another.
 *    What continues our history counts only if the stream still holds the end of it, and what follows a void message only if
 *    that one still stands there.
 * P15 Damage is told from another history and never skipped: a message without its sum, a chain that breaks although our own
 *    history stands, a checkpoint of another state. Then nothing is written. What lies before the newest checkpoint that holds
 *    is not needed.
 */
export interface LedgerPorts {
  readonly log: Log;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Absolute path of the snapshot file. */
  readonly snapshotPath: string;
  /** One line for the operator about something that should not happen. */
  readonly alarm: (message: string) => void;
  /** Reads a message of LEDGER: `unseal`, when left out. Two simulated projectors read the same one many times. */
  readonly unseal?: (stored: StoredMessage) => Unsealed;
}

export type Written = "stored" | "lost" | "full";

const RETRY_MS = 200;
const READ_BATCH = 500;
/** 48 bits of its hash: only chance gives the one that stands there instead the same name. */
const NAME_CHARACTERS = 8;

const nameOf = (hash: string): string => hash.slice(0, NAME_CHARACTERS);

/** What a person does about a ledger that cannot be folded. */
const REMEDY =
  "Nothing is written. `clusterio audit verify` says what holds; then bring LEDGER back from a backup, or rebuild it " +
  "from the saves with `clusterio repair --from-worlds`";

const damaged = (what: string) => corrupt(`${what}. ${REMEDY}`);

export class Ledger {
  /** Messages that were skipped because they were void. */
  voids = 0;
  /** Void messages since the last valid one. */
  #voidRun = 0;
  /** A message with a sum was read: from then on each has one. */
  #summed = false;
  readonly #unseal: (stored: StoredMessage) => Unsealed;
  #checkpoints = new Checkpoints();
  /** The newest checkpoint whose content is known to be the state at its place. */
  #verified: CheckpointSpan | undefined;

  private constructor(
    private readonly ports: LedgerPorts,
    private at: Restored,
  ) {
    this.#unseal = ports.unseal ?? unseal;
  }

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
    const ledger = new Ledger(ports, { state: newState(), seq: 0, tip: "", validSeq: 0 });
    await ledger.#begin();
    return ledger;
  }

  static async #base(
    ports: LedgerPorts,
  ): Promise<{ readonly at: Restored; readonly verified?: CheckpointSpan | undefined }> {
    const { disk, log, snapshotPath, alarm } = ports;
    const snapshot = await readSnapshot(disk, snapshotPath, log);
    if (snapshot.kind === "good") return { at: snapshot.restored };
    if (snapshot.kind === "bad") {
      alarm(alarmText("snapshot", `the snapshot is of no use, starting from the ledger alone: ${snapshot.reason}`));
    }
    const restored = await newestCheckpoint(log);
    if (restored !== undefined) return { at: restored, verified: restored.span };
    const { firstSeq } = await log.info();
    if (firstSeq > 1) throw damaged(`LEDGER begins at message ${firstSeq} and holds no whole checkpoint after it`);
    return { at: { state: newState(), seq: 0, tip: "", validSeq: 0 } };
  }

  async #begin(): Promise<void> {
    const { at, verified } = await Ledger.#base(this.ports);
    this.at = at;
    this.#verified = verified;
    this.#voidRun = 0;
    this.#checkpoints = new Checkpoints();
    if (!(await this.#readTail())) await this.#begin();
  }

  /** Folds one message. False when it is void, or looks so. */
  #fold(stored: StoredMessage): boolean {
    const unsealed = this.#unseal(stored);
    const where = `LEDGER message ${stored.seq} (${stored.subject})`;
    if (unsealed.kind === "damaged") throw damaged(`${where} is damaged: ${unsealed.reason}`);
    if (unsealed.kind === "unreadable") {
      throw damaged(`${where} cannot be read: ${unsealed.reason}. Was it written by a newer version, or damaged?`);
    }
    const { message, hash } = unsealed;
    if (this.#summed && message.data.sum === undefined) throw damaged(`${where} is damaged: it has no sum`);
    this.#summed ||= message.data.sum !== undefined;
    const { state } = this.at;
    if (message.data.prev !== state.chain) return false;
    evolve(state, message, hash);
    this.#voidRun = 0;
    this.at = { state, seq: stored.seq, tip: hash, validSeq: stored.seq };
    if (message.type !== "checkpoint") return true;
    const finding = this.#checkpoints.take(state, stored.seq, message.data);
    if (finding !== undefined) throw damaged(`LEDGER does not fold into its checkpoint: ${describeFinding(finding)}`);
    this.#verified = this.#checkpoints.newest ?? this.#verified;
    return true;
  }

  /** P15: a message that does not continue the chain: of another history, or a sign that this one is not whole? */
  async #judge(stored: StoredMessage): Promise<void> {
    const unsealed = this.#unseal(stored);
    if (unsealed.kind !== "message") return;
    const { boot, prev } = unsealed.message.data;
    const { state, seq, validSeq } = this.at;
    const missing = stored.seq - seq - 1;
    const suspicion =
      missing > 0
        ? `${missing} LEDGER messages from ${seq + 1} on are missing`
        : boot === state.boot
          ? `LEDGER message ${stored.seq} does not continue message ${validSeq}, although leader ${boot} wrote both`
          : this.#voidRun >= VOIDS_MAX
            ? `LEDGER does not go on after message ${validSeq}: more than ${VOIDS_MAX} that follow do not continue it`
            : undefined;
    // P5: when our own history is gone it is that one which is void, and whoever looks again starts anew.
    const ours = validSeq === 0 || (await holds(this.ports.log, validSeq, state.chain));
    if (ours && suspicion !== undefined) {
      throw damaged(`${suspicion} (prev ${prev || '""'}, expected ${state.chain || '""'})`);
    }
    if (ours) {
      this.ports.alarm(
        alarmText(
          "ledger-void",
          `LEDGER message ${stored.seq} of leader ${boot} is void: it was written on a history that the broker has lost`,
        ),
      );
    }
    this.voids++;
    this.#voidRun++;
    this.at = { state, seq: stored.seq, tip: unsealed.hash, validSeq };
  }

  #continues(stored: StoredMessage): boolean {
    const unsealed = this.#unseal(stored);
    return unsealed.kind === "message" && unsealed.message.data.prev === this.state.chain;
  }

  /**
   * False when the stream was cut and grew again before it was read, so that what it holds now may continue what it has lost
   * (P5): an append that was under way for long, of a leader with our history, can stand behind messages of another one, and
   * where a message was skipped as void there can be a valid one.
   */
  async #readTail(): Promise<boolean> {
    for (;;) {
      const batch = await this.ports.log.read(this.seq + 1, READ_BATCH);
      if (batch.length === 0) return true;
      const skipped = this.seq !== this.at.validSeq;
      let same = skipped && (await this.isSameStream());
      if (skipped && !same) return false;
      for (const stored of batch) {
        if (!same && this.#continues(stored)) {
          same = await this.isSameStream();
          if (!same) return false;
        }
        if (!this.#fold(stored)) await this.#judge(stored);
      }
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
    if ((await this.isSameStream()) && (await this.#readTail())) return { restarted: false };
    await this.#begin();
    return { restarted: true };
  }

  /** Forgets folded facts that were never written, by reading everything again. */
  async reload(): Promise<void> {
    await this.#begin();
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
    const { message, hash } = sealed;
    if (isOwnMessage(message)) confirm(this.state, message, hash);
    else evolve(this.state, message, hash);
    this.#summed = true;
    this.#voidRun = 0;
    this.at = { state: this.state, seq, tip: hash, validSeq: seq };
    failpoint("ledger.folded");
    return "stored";
  }

  /** P4. A void message's name says nothing of the valid one before it. */
  async #store(sealed: Sealed, signal?: AbortSignal): Promise<number | "lost" | "full"> {
    const { seq, tip, validSeq } = this.at;
    const place = { after: seq, name: nameOf(sealed.hash) };
    if (seq > 0 && seq === validSeq) {
      const stored = await this.#storeAt({ ...place, afterName: nameOf(tip) }, sealed, signal);
      if (stored !== "other-name") return stored;
    }
    if (!(await this.isSameStream())) return "lost";
    const stored = await this.#storeAt(place, sealed, signal);
    if (stored === "other-name" || (typeof stored === "number" && !(await this.isSameStream()))) return "lost";
    return stored;
  }

  async #storeAt(place: Place, sealed: Sealed, signal?: AbortSignal): Promise<number | "lost" | "full" | "other-name"> {
    const { log, clock } = this.ports;
    for (;;) {
      failpoint("ledger.appending");
      const appending = log.append(sealed.subject, sealed.bytes, place);
      failpoint("ledger.sent");
      const answered = await appending;
      const result: AppendResult =
        failpoint("ledger.stored") === "drop" ? { kind: "unknown", reason: "lost by a failpoint" } : answered;
      if (result.kind === "stored") return result.seq;
      if (result.kind === "full" || result.kind === "other-name") return result.kind;
      const [next] = await log.read(place.after + 1, 1);
      if (next !== undefined) return sha256(next.data) === sealed.hash ? next.seq : "lost";
      if (result.kind === "conflict" || signal?.aborted === true) return "lost";
      await pause(clock, RETRY_MS, signal);
    }
  }

  /** The newest checkpoint that was compared with the state at its place, or from which this state was made. */
  get verified(): CheckpointSpan | undefined {
    return this.#verified;
  }

  /** The leader has read its checkpoint back. */
  noteVerified(span: CheckpointSpan): void {
    this.#verified = span;
  }

  /** Where the state stands, to be written beside its image. */
  head(): SnapshotHead {
    return headOf(this.at);
  }

  /** Writes the snapshot in one go; only between rounds, when nothing is pending. */
  async saveSnapshot(): Promise<void> {
    if (this.seq === 0) return;
    const work = snapshotBytes(this.head(), prepareAtOnce(imageOf(this.state)));
    for (let step = work.next(); ; step = work.next()) {
      if (step.done === true) return writeSnapshot(this.ports.disk, this.ports.snapshotPath, step.value);
    }
  }
}

import { alarmText } from "#core/alarm";
import type { LedgerBody } from "#core/events/ledger";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import type { LedgerType } from "#core/subjects";
import type { CheckpointSpan } from "#projector/ledger/checkpoint";
import { CheckpointWork } from "#projector/ledger/checkpoint-work";
import {
  type Fill,
  type Growth,
  grown,
  LEDGER_ALARM,
  LEDGER_STOP,
  NO_GROWTH,
  NOT_WARNED,
  type Outlook,
  outlookOf,
  type Warned,
  warned,
} from "#projector/ledger/growth";
import type { Ledger } from "#projector/ledger/ledger";

/**
 * The ledger's size: checkpoints in it, the purge below them, and the end of grants before it is full.
 *
 * P12 Nothing of the ledger is purged that a verified checkpoint does not cover: one that was read back, or folded, and is the
 *     state at its place. It has to stand there still: a ledger that has lost its end is looked at before anything goes.
 * P13 Between two rounds a checkpoint costs one image of the state, and then one message: hashing, splitting, the snapshot and
 *     reading back are done in slices while rounds go on.
 */

/** Ledger messages between checkpoints: a start reads at most so many, a second or two. */
export const CHECKPOINT_EVERY = 5_000;

/** A stream that somebody deleted while everything runs is missed by nobody who only writes to it: looked for this often. */
const PREPARE_EVERY_S = 5;

export interface HousekeepingPorts {
  readonly ledgerLog: Log;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly snapshotPath: string;
  readonly alarm: (message: string) => void;
  /** Ledger messages between checkpoints, CHECKPOINT_EVERY when left out: the simulation has no time for so many. */
  readonly checkpointEvery?: number;
  /** Bytes in a checkpoint's part; the simulation's states are smaller than one. */
  readonly checkpointPartBytes?: number;
  /** Makes the streams that are missing. */
  readonly prepare: () => Promise<void>;
  /** Writes one message; false when another writer was first. */
  readonly write: (body: LedgerBody, signal: AbortSignal) => Promise<boolean>;
  /** A part is ready to be written. */
  readonly wake: () => void;
}

export class Housekeeping {
  /** Of the LEDGER stream, as last asked. */
  #fill: Fill = { at: 0, bytes: 0, bytesMax: Number.POSITIVE_INFINITY, since: undefined };
  #firstSeq = 0;
  #seconds = 0;
  #growth: Growth = NO_GROWTH;
  #warned: Warned = NOT_WARNED;
  #sinceCheckpoint = 0;
  #work: CheckpointWork | undefined;
  /** The last two verified checkpoints, the newer one last. */
  #verified: CheckpointSpan[] = [];

  constructor(
    private readonly ports: HousekeepingPorts,
    private readonly ledger: Ledger,
  ) {
    this.#noteVerified();
  }

  /** A message was written. A checkpoint's own are none that the next one would spare anybody. */
  written(type: LedgerType): void {
    if (type !== "checkpoint") this.#sinceCheckpoint++;
  }

  get bytes(): number {
    return this.#fill.bytes;
  }

  get bytesMax(): number {
    return this.#fill.bytesMax;
  }

  get outlook(): Outlook {
    return outlookOf(this.#growth, this.#fill);
  }

  /** What is left of the ledger is for what worlds state and operators order. */
  get hasRoom(): boolean {
    return this.bytes <= this.bytesMax * LEDGER_STOP;
  }

  /** A part of a checkpoint waits to be written at a clean point. */
  get hasPart(): boolean {
    return this.#work?.hasPart === true;
  }

  /** At a clean point: writes the next part that is ready. False when a write was lost. */
  async writePart(signal: AbortSignal): Promise<boolean> {
    return (await this.#work?.writePart(signal)) ?? true;
  }

  /** At a clean point, each second. False when a write was lost. */
  async keep(signal: AbortSignal): Promise<boolean> {
    const { alarm, prepare, checkpointEvery = CHECKPOINT_EVERY } = this.ports;
    if (++this.#seconds % PREPARE_EVERY_S === 0) await prepare();
    await this.#look();
    this.#endWork();
    if (this.#work === undefined && this.#sinceCheckpoint >= checkpointEvery && !(await this.#begin(signal)))
      return false;
    const [now, said] = warned(this.#warned, this.#fill, this.outlook);
    this.#warned = now;
    if (said !== undefined) alarm(alarmText("ledger-full", said));
    await this.#purgeOld();
    return true;
  }

  /** The stream refuses what is new, so that no clean point comes: what can be done without writing. */
  async makeRoom(): Promise<void> {
    await this.#look();
    this.#endWork();
    await this.#purgeOld();
  }

  /**
   * P12: one verified checkpoint more than a start needs is kept. A broker whose own disk is full takes no message either: that
   * is no reason to drop what LEDGER has room for.
   */
  async #purgeOld(): Promise<void> {
    if (this.bytes < this.bytesMax * LEDGER_ALARM) return;
    const [secondLast, last] = this.#verified;
    if (last !== undefined && secondLast !== undefined && secondLast.first > this.#firstSeq) {
      await this.purge(secondLast.first);
    }
  }

  async #look(): Promise<void> {
    const { ledgerLog, clock } = this.ports;
    const info = await ledgerLog.info();
    const since = info.firstSeq === this.#firstSeq ? this.#fill.since : (await ledgerLog.get(info.firstSeq))?.time;
    this.#firstSeq = info.firstSeq;
    this.#fill = {
      at: clock.now(),
      bytes: info.bytes,
      bytesMax: info.bytesMax ?? Number.POSITIVE_INFINITY,
      since,
    };
    this.#growth = grown(this.#growth, this.#fill);
  }

  async #begin(signal: AbortSignal): Promise<boolean> {
    const { ports, ledger } = this;
    this.#sinceCheckpoint = 0;
    this.#work = new CheckpointWork(ports, ledger);
    return this.#work.begin(signal);
  }

  /** P12: what has been read back counts; what reads otherwise than it was written stops this leader. */
  #endWork(): void {
    const end = this.#work?.end;
    if (end === undefined) return;
    this.#work = undefined;
    if (end.kind === "failed") throw end.error;
    if (end.kind === "verified") {
      this.ledger.noteVerified(end.span);
      this.#noteVerified();
    }
  }

  #noteVerified(): void {
    const { verified } = this.ledger;
    if (verified === undefined || verified.first === this.#verified.at(-1)?.first) return;
    this.#verified = [...this.#verified.slice(-1), verified];
  }

  /** Ends what goes on beside the rounds. */
  async close(): Promise<void> {
    await this.#work?.close();
  }

  /**
   * Removes what lies below; whoever asks has made sure that a verified checkpoint covers it (commands.ts). False when the ledger
   * is not the one that this leader knows, so that nothing was removed (P12).
   */
  async purge(below: number): Promise<boolean> {
    if (!(await this.ledger.isSameStream())) return false;
    await this.ports.ledgerLog.purgeBelow(below);
    return true;
  }
}

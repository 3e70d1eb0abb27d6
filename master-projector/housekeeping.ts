import { alarmText } from "#core/alarm";
import type { LedgerBody } from "#core/events/ledger";
import { failpoint } from "#core/failpoints";
import type { Log } from "#core/ports/log";
import { checkpointBodies } from "#projector/ledger/checkpoint";
import type { Ledger } from "#projector/ledger/ledger";

/** The ledger's size: checkpoints in it, the purge below them, and the end of grants before it is full. */

/** Ledger messages between checkpoints: a start reads at most so many, a second or two. */
export const CHECKPOINT_EVERY = 5_000;
/** LEDGER's fill, as a share of its limit: alarmed and purged below the second last checkpoint; no more grants. */
export const LEDGER_ALARM = 0.7;
export const LEDGER_STOP = 0.95;

export interface HousekeepingPorts {
  readonly ledgerLog: Log;
  readonly alarm: (message: string) => void;
  /** Ledger messages between checkpoints, CHECKPOINT_EVERY when left out: the simulation has no time for so many. */
  readonly checkpointEvery?: number;
  /** Writes one message; false when another writer was first. */
  readonly write: (body: LedgerBody, signal: AbortSignal) => Promise<boolean>;
}

export class Housekeeping {
  /** Of the LEDGER stream, as last asked. */
  bytes = 0;
  bytesMax = Number.POSITIVE_INFINITY;
  #sinceCheckpoint = 0;
  /** First sequences of the last two checkpoints of this term. */
  #checkpoints: number[] = [];

  constructor(
    private readonly ports: HousekeepingPorts,
    private readonly ledger: Ledger,
  ) {}

  /** A message was written. */
  written(): void {
    this.#sinceCheckpoint++;
  }

  /** What is left of the ledger is for what worlds state and operators order. */
  get mayGrant(): boolean {
    return this.bytes <= this.bytesMax * LEDGER_STOP;
  }

  /** At a clean point, each second. False when a write was lost. */
  async keep(signal: AbortSignal): Promise<boolean> {
    const { ledgerLog, alarm, checkpointEvery = CHECKPOINT_EVERY } = this.ports;
    const info = await ledgerLog.info();
    this.bytes = info.bytes;
    this.bytesMax = info.bytesMax ?? Number.POSITIVE_INFINITY;
    if (this.#sinceCheckpoint >= checkpointEvery && !(await this.#checkpoint(signal))) return false;
    if (this.bytes < this.bytesMax * LEDGER_ALARM) return true;
    alarm(alarmText("ledger-full", `LEDGER has used ${Math.round((this.bytes / this.bytesMax) * 100)} % of its limit`));
    const [secondLast, last] = this.#checkpoints;
    if (secondLast !== undefined && last !== undefined && secondLast > info.firstSeq)
      await ledgerLog.purgeBelow(secondLast);
    return true;
  }

  /** Restates the whole state in the ledger, and saves a snapshot. */
  async #checkpoint(signal: AbortSignal): Promise<boolean> {
    failpoint("checkpoint.writing");
    const first = this.ledger.seq + 1;
    for (const body of checkpointBodies(this.ledger.state)) if (!(await this.ports.write(body, signal))) return false;
    this.#checkpoints = [...this.#checkpoints.slice(-1), first];
    this.#sinceCheckpoint = 0;
    failpoint("checkpoint.written");
    await this.ledger.saveSnapshot();
    return true;
  }
}

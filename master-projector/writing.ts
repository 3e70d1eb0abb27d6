import { alarmText } from "#core/alarm";
import type { Boot } from "#core/boot";
import type { LedgerBody } from "#core/events/ledger";
import { type Clock, every, pause } from "#core/ports/clock";
import type { LedgerType } from "#core/subjects";
import { alarmFor } from "#projector/alarms";
import type { Ledger, Written } from "#projector/ledger/ledger";

/** A full ledger is tried again this often. */
export const FULL_MS = 1_000;
/** Longer than an append takes through a restart of the broker. */
const TAKEN_MS = 10_000;
const NOT_TAKEN = `LEDGER has taken no message for ${TAKEN_MS / 1000} s: is nats-server well, is there room on its disk?`;

export interface WritingPorts {
  readonly clock: Clock;
  readonly alarm: (message: string) => void;
  /** A message of this type was written. */
  readonly wrote?: (type: LedgerType) => void;
  /** The ledger is full, so that no clean point comes: what can be done without writing, before it is tried again. */
  readonly makeRoom: (signal: AbortSignal) => Promise<void>;
}

/** One leader's writes, however long the broker takes, and what an operator should hear of them. */
export class Writing {
  #waitsForRoom = true;

  constructor(
    private readonly ports: WritingPorts,
    private readonly ledger: Ledger,
    private readonly boot: Boot,
  ) {}

  /** A broker that answers nothing, or takes nothing because its own disk is full, is waited for; somebody must know. */
  async append(body: LedgerBody, signal: AbortSignal): Promise<Written> {
    const { clock, alarm, wrote } = this.ports;
    const quiet = every(clock, TAKEN_MS, () => alarm(alarmText("broker-away", NOT_TAKEN)));
    let written: Written;
    try {
      written = await this.ledger.append(body, this.boot, signal);
    } finally {
      quiet();
    }
    if (written !== "stored") return written;
    const about = alarmFor(body);
    if (about !== undefined) alarm(about);
    wrote?.(body.type);
    return written;
  }

  /** Writes one message, waiting while the ledger is full. False when another writer was first. */
  async write(body: LedgerBody, signal: AbortSignal): Promise<boolean> {
    const { clock, alarm, makeRoom } = this.ports;
    for (;;) {
      const written = await this.append(body, signal);
      if (written === "stored") return true;
      if (written === "lost" || signal.aborted || !this.#waitsForRoom) return false;
      alarm(
        alarmText(
          "ledger-full",
          "LEDGER is full: nothing is granted until an operator archives it with `clusterio ledger archive --purge DIR` or raises its limit",
        ),
      );
      await pause(clock, FULL_MS, signal);
      await makeRoom(signal);
    }
  }

  /** At the end of a term: the next leader folds the same facts again. */
  waitNoMore(): void {
    this.#waitsForRoom = false;
  }
}

import type { Log, StoredMessage } from "#core/ports/log";
import { seqAtTime } from "#ctl/audit/point";

/** A part of a ledger that can be read: an archive, the LEDGER stream of a cluster, or several of them in a row. */
export interface LedgerReader {
  /** For messages: "LEDGER", "the archive …". */
  readonly label: string;
  /** firstSeq is lastSeq + 1 when there is nothing. */
  range(): Promise<{ readonly firstSeq: number; readonly lastSeq: number }>;
  /** Up to `max` messages from `from` on, in order; [] at the end. */
  read(from: number, max: number): Promise<StoredMessage[]>;
  /** The first sequence whose message the broker took at `ms` or later; one past the end when there is none. */
  seqAtTime(ms: number): Promise<number>;
}

/** The stream of a running cluster as it is when it is asked. */
export class LiveLedger implements LedgerReader {
  readonly label = "LEDGER";
  constructor(readonly log: Pick<Log, "info" | "read">) {}

  range() {
    return this.log.info();
  }

  read(from: number, max: number): Promise<StoredMessage[]> {
    return this.log.read(from, max);
  }

  async seqAtTime(ms: number): Promise<number> {
    return seqAtTime(this.log, await this.log.info(), ms);
  }
}

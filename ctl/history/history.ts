import { badInput } from "#core/errors";
import { unseal } from "#core/events/ledger-codec";
import { VOIDS_MAX } from "#core/fold/checkpoint";
import type { StoredMessage } from "#core/ports/log";
import type { ArchiveFile } from "#ctl/history/archive-file";
import type { LedgerReader, LiveLedger } from "#ctl/history/reader";

/** Sequences that stand in none of the parts, though parts stand before and behind them. */
export interface Hole {
  readonly from: number;
  readonly to: number;
}

interface Part {
  readonly reader: LedgerReader;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

const createdOf = async (reader: ArchiveFile | LiveLedger): Promise<string> =>
  "header" in reader ? reader.header.created : (await reader.log.info()).created;

/** Void messages may stand before the one that continues the archive. */
const JOIN_MESSAGES = VOIDS_MAX + 1;

/** A stream that was restored has another creation time, but goes on where the archive ends. */
const refuseStranger = async ({ path, header }: ArchiveFile, next: LedgerReader): Promise<void> => {
  for (const stored of await next.read(header.to + 1, JOIN_MESSAGES)) {
    const unsealed = unseal(stored);
    if (unsealed.kind === "message" && unsealed.message.data.prev === header.tip) return;
  }
  throw badInput(`${next.label} does not continue ${path}: no message after ${header.to} names its tip ${header.tip}`);
};

/** Archives in the order of their ranges, and the live ledger behind them, read as one ledger. */
export class History implements LedgerReader {
  private constructor(
    readonly parts: readonly Part[],
    readonly archives: readonly ArchiveFile[],
    readonly live: LiveLedger | undefined,
    private readonly end: number,
  ) {}

  /** @throws ClusterioError `bad-input` when the parts are of different streams and do not join by hash. */
  static async of(files: readonly ArchiveFile[], live: LiveLedger | undefined): Promise<History> {
    const archives = [...files].sort((a, b) => a.header.from - b.header.from || b.header.to - a.header.to);
    const parts: Part[] = [];
    let end = 0;
    for (const reader of [...archives, ...(live === undefined ? [] : [live])]) {
      const { firstSeq, lastSeq } = await reader.range();
      end = Math.max(end, lastSeq);
      const begins = Math.max(firstSeq, (parts.at(-1)?.lastSeq ?? 0) + 1);
      // What an earlier part holds whole is read there.
      if (begins > lastSeq) continue;
      const before = archives.find(({ header }) => header.to === begins - 1);
      if (before !== undefined && before.header.created !== (await createdOf(reader)))
        await refuseStranger(before, reader);
      parts.push({ reader, firstSeq: begins, lastSeq });
    }
    return new History(parts, archives, live, end);
  }

  get label(): string {
    return this.parts.map(({ reader }) => reader.label).join(", ") || this.live?.label || "the archives";
  }

  range(): Promise<{ readonly firstSeq: number; readonly lastSeq: number }> {
    return Promise.resolve({ firstSeq: this.parts[0]?.firstSeq ?? this.end + 1, lastSeq: this.end });
  }

  /** The first hole between parts, if there is one. */
  get hole(): Hole | undefined {
    for (const [index, part] of this.parts.entries()) {
      const next = this.parts[index + 1];
      if (next !== undefined && next.firstSeq > part.lastSeq + 1)
        return { from: part.lastSeq + 1, to: next.firstSeq - 1 };
    }
    return undefined;
  }

  async read(from: number, max: number): Promise<StoredMessage[]> {
    const read: StoredMessage[] = [];
    for (const { reader, firstSeq, lastSeq } of this.parts) {
      if (lastSeq < from || read.length >= max) continue;
      const batch = await reader.read(Math.max(from, firstSeq), max - read.length);
      for (const message of batch) if (message.seq <= lastSeq) read.push(message);
    }
    return read;
  }

  async seqAtTime(ms: number): Promise<number> {
    for (const { reader, lastSeq, firstSeq } of this.parts) {
      const seq = await reader.seqAtTime(ms);
      if (seq <= lastSeq) return Math.max(seq, firstSeq);
    }
    return this.end + 1;
  }
}

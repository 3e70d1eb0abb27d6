import { isFinding } from "#core/audit/finding";
import { sizeText } from "#core/terminal/size";
import { baseBefore } from "#ctl/audit/ledger";
import { grouped, timeText } from "#ctl/audit/output";
import type { LiveLedger } from "#ctl/history/reader";

/** How full LEDGER is, and how long it lasts. */
export interface LedgerFigures {
  readonly created: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly bytes: number;
  /** Null when the stream has no limit. */
  readonly bytesMax: number | null;
  /** Bytes a day, at the rate of its newest messages; null when there are too few to tell. */
  readonly bytesPerDay: number | null;
  /** Until the leader stops granting (95 %); null when unlimited or the rate is not known. */
  readonly daysLeft: number | null;
  /** The newest whole one; null when there is none. */
  readonly checkpoint: { readonly firstSeq: number; readonly lastSeq: number; readonly closedAt: number } | null;
}

/** Messages whose times tell the rate: some minutes of a busy ledger, hours of a quiet one. */
const RATE_MESSAGES = 5_000;
/** Fewer, or within less time, tell nothing. */
const RATE_MESSAGES_MIN = 10;
const RATE_MS_MIN = 1_000;
/** From here on the leader grants nothing (docs/audit.md). */
const STOP_SHARE = 0.95;
const DAY_MS = 86_400_000;

export const ledgerFigures = async (live: LiveLedger): Promise<LedgerFigures> => {
  const { created, firstSeq, lastSeq, bytes, bytesMax } = await live.log.info();
  const bytesPerDay = await rateOf(live, { firstSeq, lastSeq, bytes });
  const room = bytesMax === undefined ? undefined : Math.max(0, bytesMax * STOP_SHARE - bytes);
  const known = room !== undefined && bytesPerDay !== undefined && bytesPerDay > 0;
  const base = lastSeq === 0 ? undefined : await baseBefore(live, lastSeq + 1);
  const checkpoint =
    base === undefined || isFinding(base) || base.kind === "beginning"
      ? null
      : { firstSeq: base.firstSeq, lastSeq: base.lastSeq, closedAt: base.state.closedAt };
  return {
    created,
    firstSeq,
    lastSeq,
    bytes,
    bytesMax: bytesMax ?? null,
    bytesPerDay: bytesPerDay === undefined ? null : Math.round(bytesPerDay),
    daysLeft: known ? Math.round((room / bytesPerDay) * 10) / 10 : null,
    checkpoint,
  };
};

const rateOf = async (
  live: LiveLedger,
  { firstSeq, lastSeq, bytes }: { firstSeq: number; lastSeq: number; bytes: number },
): Promise<number | undefined> => {
  const messages = lastSeq - firstSeq + 1;
  const [older] = await live.read(Math.max(firstSeq, lastSeq - RATE_MESSAGES), 1);
  const [newest] = await live.read(lastSeq, 1);
  if (older === undefined || newest === undefined) return undefined;
  const [count, ms] = [newest.seq - older.seq, newest.time - older.time];
  if (count < RATE_MESSAGES_MIN || ms < RATE_MS_MIN) return undefined;
  return (bytes / messages) * (count / ms) * DAY_MS;
};

export const figureLines = (figures: LedgerFigures): string[] => {
  const { firstSeq, lastSeq, bytes, bytesMax, bytesPerDay, daysLeft, checkpoint } = figures;
  const share = bytesMax === null ? "no limit" : `${((bytes / bytesMax) * 100).toFixed(1)} % of ${sizeText(bytesMax)}`;
  const rate = bytesPerDay === null ? "not known yet" : `${sizeText(bytesPerDay)} a day`;
  const left = daysLeft === null ? "not known" : `${daysLeft} until nothing is granted any more`;
  return [
    lastSeq < firstSeq ? "messages    none" : `messages    ${grouped(firstSeq)} to ${grouped(lastSeq)}`,
    `size        ${sizeText(bytes)}, ${share}`,
    `rate        ${rate}`,
    `days left   ${left}`,
    checkpoint === null
      ? "checkpoint  none yet: nothing can be archived"
      : `checkpoint  at ${grouped(checkpoint.firstSeq)}, of ${timeText(checkpoint.closedAt)}: \`clusterio ledger archive\` takes what is before it`,
  ];
};

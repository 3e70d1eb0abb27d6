import { badInput } from "#core/errors";
import type { State } from "#core/fold/state";
import type { Log, StoredMessage } from "#core/ports/log";
import type { LedgerReader } from "#ctl/history/reader";

/** A moment of a stream, as somebody types it. */
export type Point =
  | { readonly kind: "seq"; readonly seq: number }
  | { readonly kind: "round"; readonly round: number }
  /** By the broker's clock, ms since 1970. */
  | { readonly kind: "time"; readonly ms: number };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const POINT_HELP =
  "a sequence (4711), a round (round:4711), a time (2026-11-22T14:05:00Z, without Z in local time), or an age (90s, 10m, 2h, 7d)";

/** @throws ClusterioError `bad-input` when the text is none of these. */
export const parsePoint = (text: string, option: string, now: number): Point => {
  if (/^\d{1,15}$/.test(text)) return { kind: "seq", seq: Number(text) };
  const round = /^round:(\d{1,15})$/.exec(text)?.[1];
  if (round !== undefined) return { kind: "round", round: Number(round) };
  const [, age, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (age !== undefined && unit !== undefined) return { kind: "time", ms: now - Number(age) * UNIT_MS[unit]! };
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return { kind: "time", ms };
  throw badInput(`${option}: "${text}" is not ${POINT_HELP}`);
};

/** True while a ledger message, before it is folded, comes before the point. */
export const isBefore = (point: Point, { seq, time }: Pick<StoredMessage, "seq" | "time">, state: State): boolean => {
  switch (point.kind) {
    case "seq":
      return seq < point.seq;
    case "time":
      return time < point.ms;
    case "round":
      return state.round + 1 < point.round;
  }
};

/** True while a ledger message, before it is folded, is at the point or before it. */
export const isUntil = (point: Point, { seq, time }: Pick<StoredMessage, "seq" | "time">, state: State): boolean => {
  switch (point.kind) {
    case "seq":
      return seq <= point.seq;
    case "time":
      return time <= point.ms;
    case "round":
      return state.round < point.round;
  }
};

/** The first sequence whose message the broker took at `ms` or later; one past the end when there is none. */
export const seqAtTime = async (
  log: Pick<Log, "read">,
  { firstSeq, lastSeq }: Awaited<ReturnType<LedgerReader["range"]>>,
  ms: number,
): Promise<number> => {
  let [low, high] = [firstSeq, lastSeq + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [message] = await log.read(middle, 1);
    if (message !== undefined && message.time < ms) low = message.seq + 1;
    else high = middle;
  }
  return low;
};

/** A sequence not after the point: reading from a checkpoint before it misses nothing. */
export const seqNotAfter = async (ledger: LedgerReader, point: Point): Promise<number> => {
  // Every message of the chain has a number of its own, so a round never stands at a lower sequence.
  if (point.kind === "round") return point.round;
  return point.kind === "seq" ? point.seq : ledger.seqAtTime(point.ms);
};

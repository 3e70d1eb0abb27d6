/**
 * How full the ledger is, how fast it grows and how long that goes well: pure, from what the leader reads of the stream each
 * second.
 */

/** LEDGER's fill as a share of its limit: alarmed, and purged below the second last checkpoint; no more grants. */
export const LEDGER_ALARM = 0.7;
export const LEDGER_STOP = 0.95;
/** Days until grants stop: a week-end on which nobody looks, and a working day to do something about it. */
const DAYS_LEFT_ALARM = 4;
/** The same alarm again after this long: often enough to be seen, seldom enough to read the others. */
export const ALARM_AGAIN_MS = 600_000;

/** A rate is of the last hour: long enough for quiet and busy minutes, short enough to follow a change of the day. */
const WINDOW_MS = 3_600_000;
const SAMPLE_MS = 60_000;
/** A shorter time than this says little about a day. */
const SPAN_MS_MIN = 600_000;
const HOUR_MS = 3_600_000;

/** What the stream says of itself at one moment. */
export interface Fill {
  /** Milliseconds. */
  readonly at: number;
  readonly bytes: number;
  /** Infinity when unlimited. */
  readonly bytesMax: number;
  /** Broker time (ms) of the first message kept; undefined when there is none. */
  readonly since: number | undefined;
}

interface Sample {
  readonly at: number;
  /** Bytes written since the first sample: a purge takes none of them away. */
  readonly written: number;
}

export interface Growth {
  readonly bytes: number;
  readonly samples: readonly Sample[];
}

export const NO_GROWTH: Growth = { bytes: 0, samples: [] };

/** Takes a new look at the stream in. */
export const grown = ({ bytes, samples }: Growth, fill: Fill): Growth => {
  const last = samples.at(-1);
  if (last === undefined) return { bytes: fill.bytes, samples: [{ at: fill.at, written: 0 }] };
  const written = last.written + Math.max(0, fill.bytes - bytes);
  // The last sample is the present one until it is a minute younger than the one before.
  const before = samples.at(-2);
  const kept = before !== undefined && last.at - before.at < SAMPLE_MS ? samples.slice(0, -1) : samples;
  const fresh = kept.filter(({ at }) => at > fill.at - WINDOW_MS - SAMPLE_MS);
  return { bytes: fill.bytes, samples: [...fresh, { at: fill.at, written }] };
};

export interface Outlook {
  /** Bytes an hour: of the last hour, or, right after a start, since the first message that is kept. */
  readonly bytesPerHour?: number;
  /** Until grants stop (LEDGER_STOP), at that rate. */
  readonly daysLeft?: number;
}

const ratePerHour = ({ samples }: Growth, { at, bytes, since }: Fill): number | undefined => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first !== undefined && last !== undefined && last.at - first.at >= SPAN_MS_MIN) {
    return ((last.written - first.written) / (last.at - first.at)) * HOUR_MS;
  }
  if (since === undefined || at - since < SPAN_MS_MIN) return undefined;
  return (bytes / (at - since)) * HOUR_MS;
};

export const outlookOf = (growth: Growth, fill: Fill): Outlook => {
  const rate = ratePerHour(growth, fill);
  if (rate === undefined) return {};
  const bytesPerHour = Math.round(rate);
  const left = Math.max(0, fill.bytesMax * LEDGER_STOP - fill.bytes);
  if (!Number.isFinite(left) || rate <= 0) return { bytesPerHour };
  return { bytesPerHour, daysLeft: Math.round((left / rate / 24) * 10) / 10 };
};

/** How bad it is, and when that was last said. */
export interface Warned {
  readonly level: 0 | 1 | 2 | 3;
  readonly at: number;
}

export const NOT_WARNED: Warned = { level: 0, at: Number.NEGATIVE_INFINITY };

const REMEDY = "archive it with `clusterio ledger archive --purge DIR`, or raise the stream's max_bytes";

/** The alarm that is due, if one is: at once when it got worse, else every ten minutes. */
export const warned = (
  before: Warned,
  { at, bytes, bytesMax }: Fill,
  { daysLeft = Number.POSITIVE_INFINITY }: Outlook,
): readonly [Warned, alarm: string | undefined] => {
  const share = bytes / bytesMax;
  const percent = Math.floor(share * 100);
  const level = share > LEDGER_STOP ? 3 : share >= LEDGER_ALARM ? 2 : daysLeft < DAYS_LEFT_ALARM ? 1 : 0;
  if (level === 0) return [NOT_WARNED, undefined];
  if (level <= before.level && at - before.at < ALARM_AGAIN_MS) return [{ level, at: before.at }, undefined];
  const alarms = [
    "",
    `LEDGER grows so fast that it is full in ${daysLeft} days: ${REMEDY}`,
    `LEDGER has used ${percent} % of its limit: ${REMEDY}`,
    `LEDGER has used ${percent} % of its limit, and nothing is granted any more: ${REMEDY}`,
  ];
  return [{ level, at }, alarms[level]];
};

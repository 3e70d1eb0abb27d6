import { LOG_LINES_MAX, LOG_TEXT_MAX, type LogLine } from "#core/events/log-shapes";

/**
 * The lines of one instance on their way out. Pure.
 *
 * LG1 what is let through is bounded: lines and bytes a second, with a burst of some seconds; what is beyond is counted, and
 *     the count stands in the next message.
 * LG2 a line has one number, in the order in which it was read; numbers have no gaps, also where lines were dropped.
 * LG3 the last lines are kept for who asks, bounded in lines and in bytes.
 */

/** Twice what a mod that logs each tick writes; the file on the disk has everything. */
const LINES_PER_SECOND = 120;
const LINES_BURST = 1_000;
/** Of a home link, a hundredth for each of ten instances. */
const BYTES_PER_SECOND = 64 * 1024;
const BYTES_BURST = 512 * 1024;
/** One message. */
const MESSAGE_BYTES_MAX = 128 * 1024;
/** Of the last lines. */
const KEPT_BYTES_MAX = 128 * 1024;
/** Beside its text: names, times and brackets. */
const LINE_OVERHEAD_BYTES = 60;

export interface Lines {
  /** The number of the next line. */
  readonly next: number;
  /** Not sent yet, the last of those that are kept. */
  readonly waiting: number;
  readonly kept: readonly LogLine[];
  readonly keptBytes: number;
  /** Lines that were too many since the last message. */
  readonly dropped: number;
  /** What may still be taken in, as of `at`. */
  readonly room: { readonly lines: number; readonly bytes: number; readonly at: number };
}

export const newLines = (now: number): Lines => ({
  next: 0,
  waiting: 0,
  kept: [],
  keptBytes: 0,
  dropped: 0,
  room: { lines: LINES_BURST, bytes: BYTES_BURST, at: now },
});

const sizeOf = ({ text }: LogLine): number => LINE_OVERHEAD_BYTES + text.length;

const roomAt = ({ lines, bytes, at }: Lines["room"], now: number): Lines["room"] => {
  const seconds = Math.max(0, now - at) / 1_000;
  return {
    lines: Math.min(LINES_BURST, lines + seconds * LINES_PER_SECOND),
    bytes: Math.min(BYTES_BURST, bytes + seconds * BYTES_PER_SECOND),
    at: now,
  };
};

/** Control characters of a terminal are nobody's log. */
const shown = (text: string): string =>
  text.replace(/[\p{Cc}]/gu, (character) => (character === "\t" ? " " : "�")).slice(0, LOG_TEXT_MAX);

/** Takes in a line that was read now. */
export const take = (lines: Lines, from: LogLine["from"], text: string, now: number): Lines => {
  const line: LogLine = { at: now, from, text: shown(text) };
  const size = sizeOf(line);
  const room = roomAt(lines.room, now);
  // LG1
  if (room.lines < 1 || room.bytes < size) return { ...lines, room, dropped: lines.dropped + 1 };
  const taken = { ...lines, next: lines.next + 1, waiting: lines.waiting + 1 };
  return bounded({
    ...taken,
    kept: [...lines.kept, line],
    keptBytes: lines.keptBytes + size,
    room: { lines: room.lines - 1, bytes: room.bytes - size, at: now },
  });
};

/** LG3. What waits is never given up: it is sent many times before so much has come together. */
const bounded = (lines: Lines): Lines => {
  const { kept, waiting } = lines;
  let from = 0;
  let bytes = lines.keptBytes;
  while (kept.length - from > Math.max(waiting, 1) && (kept.length - from > LOG_LINES_MAX || bytes > KEPT_BYTES_MAX)) {
    bytes -= sizeOf(kept[from]!);
    from++;
  }
  return from === 0 ? lines : { ...lines, kept: kept.slice(from), keptBytes: bytes };
};

/** What a message says of lines. */
export interface Said {
  readonly first: number;
  readonly lines: readonly LogLine[];
  readonly dropped?: number;
}

/** One message's worth of what waits; undefined when nothing does. */
export const send = (lines: Lines): readonly [Lines, Said | undefined] => {
  const { kept, waiting, next, dropped } = lines;
  if (waiting === 0 && dropped === 0) return [lines, undefined];
  const all = kept.slice(kept.length - waiting);
  let count = 0;
  for (let bytes = 0; count < Math.min(all.length, LOG_LINES_MAX); count++) {
    bytes += sizeOf(all[count]!);
    if (count > 0 && bytes > MESSAGE_BYTES_MAX) break;
  }
  const said: Said = {
    first: next - waiting,
    lines: all.slice(0, count),
    ...(dropped === 0 ? {} : { dropped }),
  };
  return [{ ...lines, waiting: waiting - count, dropped: 0 }, said];
};

/** The last lines, at most so many, whether or not they were sent. */
export const last = ({ kept, next }: Lines, count: number): Said => {
  const lines = kept.slice(-count);
  return { first: next - lines.length, lines };
};

import { DEFAULT_ZONE, runsBetween } from "#core/schedule/cron";
import type { ScheduleEntry, Schedules } from "#core/schedule/entry";

/**
 * What of an instance's schedule is due. Pure.
 *
 * SH1 a moment is acted on at most once: what was looked at is not looked at again.
 * SH2 what came due while nobody looked (the bridge was away, the machine asleep, its clock jumped) is told and not made up for:
 *     a restart at noon instead of at three in the night is worse than none.
 */

/** A look is late by half a second as a rule; a busy machine by some seconds. */
export const LATE_MS_MAX = 60_000;
/** Counted up to here, then it is "many". */
export const MISSED_MAX = 1_000;

export interface Due {
  readonly name: string;
  readonly entry: ScheduleEntry;
  readonly at: number;
}
export interface Missed {
  readonly name: string;
  readonly count: number;
  /** The last of those that were counted. */
  readonly at: number;
}

export const dueBetween = (
  entries: Schedules,
  { after, until }: { readonly after: number; readonly until: number },
): { readonly due: Due[]; readonly missed: Missed[] } => {
  const due: Due[] = [];
  const missed: Missed[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const between = (from: number) =>
      runsBetween(entry.cron, entry.zone ?? DEFAULT_ZONE, { after: from, until, max: MISSED_MAX });
    const runs = between(after);
    const lateFrom = until - LATE_MS_MAX;
    // Of what was missed only so much is counted: what is due now comes after all of it.
    const newest = runs.length < MISSED_MAX ? runs.at(-1) : between(lateFrom).at(-1);
    const now = newest !== undefined && newest > lateFrom ? newest : undefined;
    if (now !== undefined) due.push({ name, entry, at: now });
    const past = runs.filter((at) => at !== now);
    const last = past.at(-1);
    if (last !== undefined) missed.push({ name, count: past.length, at: last });
  }
  return { due: due.sort((a, b) => a.at - b.at), missed };
};

/** Seconds before a restart at which players are told, the largest first. */
const TOLD_AT = [3_600, 1_800, 900, 600, 300, 120, 60, 30, 10, 5, 4, 3, 2, 1];

export const countdown = (seconds: number): readonly number[] => {
  const told = TOLD_AT.filter((at) => at <= seconds);
  return seconds === 0 || told[0] === seconds ? told : [seconds, ...told];
};

export const countdownText = (seconds: number): string => {
  const [amount, unit] = seconds >= 120 && seconds % 60 === 0 ? [seconds / 60, "minutes"] : [seconds, "seconds"];
  return `This server restarts in ${amount} ${amount === 1 ? unit.slice(0, -1) : unit}.`;
};

import { z } from "zod";
import { cronProblem } from "#core/schedule/cron";

/** What a bridge does with an instance by its own clock: part of the instance's configuration. */

/** More than an instance needs, and few enough for a configuration's bytes. */
const SCHEDULES_MAX = 16;
export const COUNTDOWN_SECONDS_DEFAULT = 60;
export const KEEP_DEFAULT = 7;

export const scheduleName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "1 to 32 of a-z, 0-9 and -");
export const scheduleAction = z.enum(["save", "backup", "restart"]);

/**
 * As it is stored: whether its time can be understood is asked when it is set (`scheduleProblem`), and not of the ledger, which a
 * machine with older time zones must read, too.
 */
export const scheduleEntry = z.object({
  cron: z.string().min(1).max(100),
  /** Of the cron expression. Default: UTC. */
  zone: z.string().min(1).max(64).exactOptional(),
  /** `save`: now, as an autosave. `backup`: a copy of the newest save, of which the last `keep` stay. */
  action: scheduleAction,
  keep: z.number().int().min(1).max(1_000).exactOptional(),
  /** Before a restart it is told in the game. */
  countdownSeconds: z.number().int().min(0).max(3_600).exactOptional(),
});
export type ScheduleEntry = z.infer<typeof scheduleEntry>;

export const schedules = z
  .record(scheduleName, scheduleEntry)
  .refine((all) => Object.keys(all).length <= SCHEDULES_MAX, `at most ${SCHEDULES_MAX} of them`);
export type Schedules = z.infer<typeof schedules>;

/** Why a schedule may not be set so, or undefined. */
export const scheduleProblem = (all: Schedules): string | undefined => {
  for (const [name, { cron, zone, action, keep, countdownSeconds }] of Object.entries(all)) {
    const problem =
      cronProblem(cron, zone) ??
      (keep !== undefined && action !== "backup" ? "keep is for backups" : undefined) ??
      (countdownSeconds !== undefined && action !== "restart" ? "a countdown is for restarts" : undefined);
    if (problem !== undefined) return `schedule.${name}: ${problem}`;
  }
  return undefined;
};

/** How one of them stands, as its bridge says. Times in milliseconds since 1970. */
export const scheduleView = z.object({
  name: scheduleName,
  cron: z.string(),
  zone: z.string(),
  action: scheduleAction,
  next: z.number().nullable(),
  last: z.object({ at: z.number(), outcome: z.string() }).nullable(),
  /** Came due while nobody was there to do it, since it was done last. */
  missed: z.object({ count: z.number(), at: z.number() }).nullable(),
});
export type ScheduleView = z.infer<typeof scheduleView>;
export const schedulesAnswer = z.object({ schedules: z.array(scheduleView) });

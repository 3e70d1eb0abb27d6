import { z } from "zod";
import { type Due, dueBetween, MISSED_MAX, type Missed } from "#bridge/schedule/timetable";
import { isClusterioError, messageOf } from "#core/errors";
import { canonicalJson, decodeFile } from "#core/events/codec";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import { cronProblem, DEFAULT_ZONE, nextRun } from "#core/schedule/cron";
import { type ScheduleEntry, type Schedules, type ScheduleView, scheduleName } from "#core/schedule/entry";

/**
 * Carries out an instance's schedule by the bridge's own clock, also while no master is there.
 *
 * SH3 one thing at a time: what comes due while something is still being done is missed, and told.
 * SH4 until when it was looked is on disk, so that a bridge that comes back knows what it missed.
 */

/** Half a minute of what nobody missed may be called missed after a kill: a write less each second. */
const NOTED_MS = 30_000;

const file = z.object({
  v: z.literal(1),
  lookedAt: z.number(),
  runs: z.record(
    scheduleName,
    z.object({
      last: z.object({ at: z.number(), outcome: z.string() }).nullable(),
      missed: z.object({ count: z.number(), at: z.number() }).nullable(),
    }),
  ),
});
type Kept = Omit<z.infer<typeof file>, "v">;
type Run = Kept["runs"][string];

export interface SchedulerHands {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly path: string;
  entries(): Schedules;
  /** Does it; what is returned is shown. @throws ClusterioError when it could not be done. */
  act(name: string, entry: ScheduleEntry): Promise<string>;
  tell(level: "info" | "warn", message: string): void;
}

const NEVER: Run = { last: null, missed: null };

export class Scheduler {
  #kept: Kept | undefined;
  #notedAt = 0;
  #seen: { readonly entries: Schedules; readonly readable: Schedules } = { entries: {}, readable: {} };
  #acting: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly hands: SchedulerHands) {}

  async open(): Promise<void> {
    const { clock, disk, path } = this.hands;
    const bytes = await disk.read(path);
    const now = clock.now();
    try {
      const { v: _, ...kept } = bytes === undefined ? { v: 1, lookedAt: now, runs: {} } : decodeFile(file, bytes, path);
      this.#kept = kept;
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.hands.tell("warn", `${messageOf(error)}: its schedule begins anew`);
      this.#kept = { lookedAt: now, runs: {} };
    }
  }

  /** Looks once. */
  tick(): void {
    const kept = this.#kept;
    const { clock } = this.hands;
    const now = clock.now();
    if (kept === undefined || this.#closed || now <= kept.lookedAt) return;
    const entries = this.hands.entries();
    const names = Object.keys(entries);
    if (names.length === 0 && Object.keys(kept.runs).length === 0) {
      this.#kept = { ...kept, lookedAt: now };
      return;
    }
    const { due, missed } = dueBetween(this.#readable(entries), { after: kept.lookedAt, until: now });
    const runs = Object.fromEntries(names.map((name) => [name, kept.runs[name] ?? NEVER]));
    this.#kept = { lookedAt: now, runs };
    for (const one of missed) this.#miss(one, "nobody was there to do it");
    for (const one of due) this.#take(one);
    if (due.length + missed.length > 0 || now - this.#notedAt >= NOTED_MS) this.#note();
  }

  views(): ScheduleView[] {
    const now = this.hands.clock.now();
    const entries = this.hands.entries();
    const readable = this.#readable(entries);
    return Object.entries(entries).map(([name, { cron, zone = DEFAULT_ZONE, action }]) => {
      const { last, missed } = this.#kept?.runs[name] ?? NEVER;
      const next = readable[name] === undefined ? undefined : nextRun(cron, zone, now);
      return { name, cron, zone, action, next: next ?? null, last, missed };
    });
  }

  /** Those whose time this machine understands: it may know fewer time zones than the master. */
  #readable(entries: Schedules): Schedules {
    if (entries === this.#seen.entries) return this.#seen.readable;
    const readable: Schedules = {};
    for (const [name, entry] of Object.entries(entries)) {
      const problem = cronProblem(entry.cron, entry.zone);
      if (problem === undefined) readable[name] = entry;
      else this.hands.tell("warn", `schedule ${name} is never due here: ${problem}`);
    }
    this.#seen = { entries, readable };
    return readable;
  }

  async close(): Promise<void> {
    if (this.#kept !== undefined && Object.keys(this.#kept.runs).length > 0) this.#note();
    this.#closed = true;
    await this.#writing;
  }

  /** SH3 */
  #take({ name, entry, at }: Due): void {
    if (this.#acting !== undefined) return this.#miss({ name, count: 1, at }, "something else was still being done");
    this.hands.tell("info", `schedule ${name}: ${entry.action}`);
    this.#acting = this.hands
      .act(name, entry)
      .catch((error: unknown) => {
        if (!isClusterioError(error)) throw error;
        this.hands.tell("warn", `schedule ${name}: ${entry.action} was not done: ${messageOf(error)}`);
        return `not done: ${messageOf(error)}`;
      })
      .then((outcome) => {
        this.#acting = undefined;
        this.#change(name, () => ({ last: { at, outcome: outcome.slice(0, 500) }, missed: null }));
        this.#note();
      });
  }

  /** SH2 */
  #miss({ name, count, at }: Missed, why: string): void {
    const many = count >= MISSED_MAX ? `${count} times or more` : count === 1 ? "once" : `${count} times`;
    this.hands.tell("warn", `schedule ${name} was missed ${many}, last at ${new Date(at).toISOString()}: ${why}`);
    this.#change(name, ({ last, missed }) => ({ last, missed: { count: (missed?.count ?? 0) + count, at } }));
  }

  #change(name: string, change: (run: Run) => Run): void {
    if (this.#kept === undefined) return;
    const run = change(this.#kept.runs[name] ?? NEVER);
    this.#kept = { ...this.#kept, runs: { ...this.#kept.runs, [name]: run } };
  }

  /** SH4 */
  #note(): void {
    if (this.#closed) return;
    const { disk, path, clock } = this.hands;
    this.#notedAt = clock.now();
    const bytes = new TextEncoder().encode(`${canonicalJson({ v: 1, ...this.#kept })}\n`);
    this.#writing = this.#writing.then(() => disk.write(path, bytes)).catch(() => {});
  }
}

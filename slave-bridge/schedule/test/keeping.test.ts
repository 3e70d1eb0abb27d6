import { Scheduler } from "#bridge/schedule/scheduler";
import { countdownText, dueBetween, MISSED_MAX } from "#bridge/schedule/timetable";
import { unavailable } from "#core/errors";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import type { Schedules } from "#core/schedule/entry";

/** What a scheduler keeps, when, and that a moment is acted on once (SH1, SH4). */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PATH = "/n/schedule.json";
const HOURLY: Schedules = { hourly: { cron: "0 * * * *", action: "save" } };

const settle = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that may also go back. */
const scene = async (entries: Schedules, kept?: string) => {
  const disk = new MemoryDisk();
  if (kept !== undefined) await disk.write(PATH, new TextEncoder().encode(kept));
  const at = { now: HOUR - 1 };
  const acted: string[] = [];
  const told: string[] = [];
  const state = { entries, slow: [] as number[], writes: 0, broken: false, act: async (_: string) => "done" };
  const write = disk.write.bind(disk);
  disk.write = async (...of) => {
    state.writes++;
    if (state.broken) throw new Error("ENOSPC");
    for (let turn = state.slow.shift() ?? 1; turn > 0; turn--) await settle();
    return write(...of);
  };
  const scheduler = new Scheduler({
    ...{ clock: { now: () => at.now, after: () => () => {} }, disk, path: PATH },
    entries: () => state.entries,
    act: (name) => {
      acted.push(name);
      return state.act(name);
    },
    tell: (_level, message) => void told.push(message),
  });
  await scheduler.open();
  const look = async (now: number) => {
    at.now = now;
    scheduler.tick();
    await settle();
  };
  const now = async () => JSON.parse(new TextDecoder().decode((await disk.read(PATH)) ?? new Uint8Array([0x7b, 0x7d])));
  const onDisk = async () => {
    for (let write = 0; write < 8; write++) await settle();
    return now();
  };
  return { state, acted, told, scheduler, look, onDisk, now };
};

test("a clock that goes back and comes again to the same moment acts on it once (SH1)", async () => {
  const { look, acted } = await scene(HOURLY);
  await look(HOUR + 500);
  await look(HOUR - 5 * MINUTE);
  await look(HOUR + 1_000);
  expect(acted).toEqual(["hourly"]);
});

test("what was begun is on disk before it is done: a kill in between does not do it twice (SH1, SH4)", async () => {
  const both: Schedules = {
    a: { cron: "0 * * * *", action: "save" },
    b: { cron: "1 * * * *", action: "save" },
  };
  const { look, onDisk, state, acted } = await scene(both);
  // Late, and noted; the next is due a moment later.
  await look(HOUR + 59_000);
  state.act = () => new Promise(() => {});
  await look(HOUR + 60_500);
  expect(acted).toEqual(["a", "b"]);
  expect(await onDisk()).toMatchObject({ lookedAt: HOUR + 60_500 });
});

test("that nothing was due is noted twice a minute, and nothing at all where there is no schedule (SH4)", async () => {
  const { look, onDisk, state } = await scene(HOURLY);
  await look(HOUR + 500);
  await look(HOUR + 20_000);
  expect(await onDisk()).toMatchObject({ lookedAt: HOUR + 500 });
  await look(HOUR + 31_000);
  expect(await onDisk()).toMatchObject({ lookedAt: HOUR + 31_000 });
  const idle = await scene({});
  for (let n = 0; n < 10; n++) await idle.look(HOUR + n * MINUTE);
  await idle.scheduler.close();
  expect(idle.state.writes).toBe(0);
  expect(state.writes).toBeGreaterThan(0);
});

test("an outcome is on disk when it is known, and no longer than it may be; after the end nothing is written or begun", async () => {
  const { look, onDisk, now, state, scheduler, acted } = await scene(HOURLY);
  state.act = async () => "x".repeat(10_000);
  await look(HOUR + 500);
  const { runs } = await onDisk();
  expect(runs.hourly.last).toEqual({ at: HOUR, outcome: "x".repeat(500) });
  let finish = (_: string) => {};
  state.act = () => new Promise((resolve) => (finish = resolve));
  await look(2 * HOUR);
  await look(2 * HOUR + 5_000);
  await scheduler.close();
  // The end waits for what it writes.
  expect(await now()).toMatchObject({ lookedAt: 2 * HOUR + 5_000 });
  const before = state.writes;
  finish("late");
  await settle();
  await look(3 * HOUR);
  expect(state.writes).toBe(before);
  expect(acted).toEqual(["hourly", "hourly"]);
});

test("notes are written one after the other: the last word stays", async () => {
  const { look, onDisk, state } = await scene(HOURLY);
  state.slow = [4, 1, 1];
  await look(HOUR + 500);
  state.entries = {};
  await look(HOUR + 40_000);
  expect(await onDisk()).toMatchObject({ lookedAt: HOUR + 40_000, runs: {} });
});

test("a disk that is full, or a file that is none, costs what was remembered and nothing else", async () => {
  const { look, acted, state } = await scene(HOURLY);
  state.broken = true;
  await look(HOUR + 500);
  await look(2 * HOUR + 500);
  expect(acted).toEqual(["hourly", "hourly"]);
  const torn = await scene(HOURLY, '{"v":1,');
  expect(torn.told).toEqual([expect.stringMatching(/schedule.json.*: its schedule begins anew$/)]);
  await torn.look(HOUR + 500);
  expect(torn.acted).toEqual(["hourly"]);
});

test("what is missed is added up until it is done again, and beyond a thousand it is many", async () => {
  const { look, scheduler, told } = await scene({ often: { cron: "* * * * *", action: "save" } });
  await look(HOUR - 1);
  await look(HOUR + 3 * MINUTE - 1_000);
  await look(HOUR + 5 * MINUTE + 59_999);
  // The newest of each look is acted on, and takes back what was missed before.
  expect(scheduler.views()).toMatchObject([{ missed: null, last: { at: HOUR + 5 * MINUTE } }]);
  expect(told.filter((line) => line.includes("was missed 2 times"))).toHaveLength(2);
  await look(HOUR + 2_000 * MINUTE);
  expect(told.slice(-2)).toEqual([
    expect.stringContaining(`was missed ${MISSED_MAX} times or more`),
    expect.stringContaining("schedule often: save"),
  ]);
});

test("what is due now is done however much was missed before it", async () => {
  const { look, scheduler, acted } = await scene({ often: { cron: "* * * * *", action: "save" } });
  await look(HOUR - 1);
  await look(HOUR + 2_000 * MINUTE + 500);
  expect(acted).toEqual(["often"]);
  expect(scheduler.views()).toMatchObject([{ last: { at: HOUR + 2_000 * MINUTE } }]);
});

test("missed twice before it is done, both times count", async () => {
  const { look, scheduler, state } = await scene({
    a: { cron: "0 * * * *", action: "restart" },
    b: { cron: "1,2 * * * *", action: "save" },
  });
  await look(HOUR - 1);
  state.act = () => new Promise(() => {});
  await look(HOUR);
  await look(HOUR + MINUTE);
  await look(HOUR + 2 * MINUTE);
  expect(scheduler.views()).toMatchObject([{}, { name: "b", missed: { count: 2, at: HOUR + 2 * MINUTE } }]);
});

test("of what is due at one look, the earliest comes first; hours are those of the zone", () => {
  const entries: Schedules = {
    late: { cron: "30 0 1 * * *", action: "save" },
    early: { cron: "0 0 1 * * *", action: "save" },
    tokyo: { cron: "0 0 10 * * *", zone: "Asia/Tokyo", action: "save" },
    elsewhere: { cron: "0 0 1 * * *", zone: "Asia/Tokyo", action: "save" },
  };
  const { due, missed } = dueBetween(entries, { after: HOUR - 1, until: HOUR + 31_000 });
  expect(due.map(({ name }) => name)).toEqual(["early", "tokyo", "late"]);
  expect(missed).toEqual([]);
});

test("a minute is told in seconds, and from two on in minutes", () => {
  expect(countdownText(60)).toBe("This server restarts in 60 seconds.");
  expect(countdownText(120)).toBe("This server restarts in 2 minutes.");
});

test("what could not be done is told and shown", async () => {
  const { look, told, scheduler, state } = await scene(HOURLY);
  state.act = () => Promise.reject(unavailable("no room"));
  await look(HOUR + 1);
  expect(told.at(-1)).toBe("schedule hourly: save was not done: no room");
  expect(scheduler.views()).toMatchObject([{ last: { outcome: "not done: no room" } }]);
});

import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import type { AttachConfig } from "#bridge/attached/folder";
import { realGameFiles } from "#bridge/game/adapters/game-files";
import { realVault } from "#bridge/game/adapters/vault";
import { pathsOf } from "#bridge/instance/folder";
import { newRecord } from "#bridge/instance/record";
import type { Ports } from "#bridge/ports";
import { SaveNotes } from "#bridge/saves/notes";
import { actOn, oldest } from "#bridge/schedule/actions";
import { Scheduler } from "#bridge/schedule/scheduler";
import { countdown, countdownText, dueBetween } from "#bridge/schedule/timetable";
import { nodeDisk } from "#core/adapters/node-disk";
import { unavailable } from "#core/errors";
import { instanceId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import type { Schedules } from "#core/schedule/entry";

const MINUTE = 60_000;
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const scene = async (entries: Schedules, disk = new MemoryDisk(), clock = new ManualClock()) => {
  const acted: string[] = [];
  const told: string[] = [];
  let acting: (() => Promise<string>) | undefined;
  const config = { entries };
  const scheduler = new Scheduler({
    ...{ clock, disk, path: "/n/schedule.json", entries: () => config.entries },
    act: async (name) => {
      acted.push(name);
      return acting === undefined ? "done" : acting();
    },
    tell: (level, message) => void told.push(`${level} ${message}`),
  });
  await scheduler.open();
  const pass = async (ms: number, everyMs = 500) => {
    for (let gone = 0; gone < ms; gone += everyMs) {
      clock.advance(everyMs);
      scheduler.tick();
      for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    }
    await settle();
  };
  const during = (act: () => Promise<string>) => {
    acting = act;
  };
  return { clock, disk, config, scheduler, acted, told, pass, during };
};
const HOURLY: Schedules = { hourly: { cron: "0 * * * *", action: "save" } };

test("each moment is acted on once, and the outcome is shown (SH1)", async () => {
  const { scheduler, acted, pass, told } = await scene(HOURLY);
  await pass(3 * 60 * MINUTE, 5_000);
  expect(acted).toEqual(["hourly", "hourly", "hourly"]);
  expect(told.filter((line) => line.startsWith("warn"))).toEqual([]);
  expect(scheduler.views()).toMatchObject([{ name: "hourly", zone: "UTC", last: { outcome: "done" }, missed: null }]);
});

test("what came due while nobody looked is told and not made up for, also across a restart (SH2, SH4)", async () => {
  const first = await scene(HOURLY);
  await first.pass(61 * MINUTE, 5_000);
  await first.scheduler.close();
  first.clock.advance(5 * 60 * MINUTE);
  const next = await scene(HOURLY, first.disk, first.clock);
  await next.pass(1_000);
  expect(next.acted).toEqual([]);
  expect(next.told).toEqual([
    expect.stringMatching(/^warn schedule hourly was missed 5 times, last at .*: nobody was there/),
  ]);
  expect(next.scheduler.views()).toMatchObject([{ last: { outcome: "done" }, missed: { count: 5 } }]);
  await next.pass(60 * MINUTE, 5_000);
  expect(next.acted).toEqual(["hourly"]);
  expect(next.scheduler.views()).toMatchObject([{ missed: null }]);
});

test("what comes due while something is still being done is missed (SH3); what fails is told", async () => {
  const both: Schedules = { a: { cron: "0 * * * *", action: "restart" }, b: { cron: "1 * * * *", action: "save" } };
  const { acted, told, pass, during, scheduler } = await scene(both);
  let finish = (_: string) => {};
  during(() => new Promise((resolve) => (finish = resolve)));
  await pass(62 * MINUTE, 5_000);
  expect(acted).toEqual(["a"]);
  expect(told.at(-1)).toMatch(/schedule b was missed once, .* still being done/);
  finish("restarted");
  await settle();
  during(() => Promise.reject(unavailable("the disk is full")));
  await pass(60 * MINUTE, 5_000);
  expect(acted).toEqual(["a", "a", "b"]);
  expect(scheduler.views()).toMatchObject([{ last: { outcome: "not done: the disk is full" } }, { name: "b" }]);
});

test("a schedule that this machine does not understand is told once and does nothing", async () => {
  const { acted, told, pass, scheduler } = await scene({
    x: { cron: "0 * * * *", zone: "Mars/Olympus", action: "save" },
  });
  await pass(2 * 60 * MINUTE, 5_000);
  expect(acted).toEqual([]);
  expect(told).toEqual([expect.stringMatching(/schedule x is never due here: .*no time zone/)]);
  expect(scheduler.views()).toMatchObject([{ next: null }]);
});

test("a late look still acts, a later one does not", () => {
  const due = (until: number) => dueBetween(HOURLY, { after: 1, until });
  const hour = 60 * MINUTE;
  expect(due(hour + 59_000)).toMatchObject({ due: [{ name: "hourly", at: hour }], missed: [] });
  expect(due(hour + 61_000)).toMatchObject({ due: [], missed: [{ count: 1, at: hour }] });
  expect(due(2 * hour)).toMatchObject({ due: [{ at: 2 * hour }], missed: [{ count: 1, at: hour }] });
});

describe("what is done", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "clusterio-schedule-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const instance = async (phase = "running", attached?: AttachConfig) => {
    const clock = new ManualClock();
    const paths = pathsOf(dir);
    const said: string[] = [];
    await mkdir(paths.saves, { recursive: true });
    await writeFile(join(paths.saves, "auto-1.zip"), zipSync({ "x/level.dat": new Uint8Array([1]) }));
    await utimes(join(paths.saves, "auto-1.zip"), 1_000, 1_000);
    const state = { phase, free: 1e12, deaf: false };
    const notes = new SaveNotes(nodeDisk, dir, () => realVault.files(paths.saves));
    const runner = {
      ...{
        instance: instanceId("north"),
        paths,
        record: newRecord(instanceId("north"), { name: "N", seed: 1, autosaveSeconds: 0 }),
      },
      get phase() {
        return state.phase as "running";
      },
      notes,
      command: async (text: string) => {
        said.push(text);
        if (state.deaf) throw unavailable("the game is not there");
        return "";
      },
      attached,
      saveElsewhere: async (file: string, keep?: number) => {
        said.push(keep === undefined ? `save ${file}` : `save ${file} of ${keep}`);
        return `${file}.zip`;
      },
      orderSave: async () => void said.push("save"),
      restart: async () => void said.push("restart"),
    };
    const vault = { ...realVault, freeBytes: async () => state.free };
    const ports = { clock, vault, game: realGameFiles } as unknown as Ports;
    const act = (entry: Schedules[string]) => actOn(ports, runner, { name: "nightly", entry });
    return { clock, act, said, state, notes, paths, names: async () => (await readdir(paths.saves)).sort() };
  };

  test("an attached server saves by itself: under the schedule's names where its folder is seen, else under as many as it keeps", async () => {
    const server = { host: "h", port: 1, passwordFile: "p" };
    const backup = { cron: "@daily", action: "backup", keep: 2 } as const;
    const seen = await instance("running", { ...server, writeData: "north" });
    for (const day of ["20260101", "20260102"])
      await writeFile(join(dir, "saves", `nightly-${day}-0000.zip`), new Uint8Array());
    expect(await seen.act(backup)).toMatch(/^nightly-\d{8}-\d{4}\.zip is written/);
    expect(seen.said).toEqual([expect.stringMatching(/^save nightly-\d{8}-\d{4}$/)]);
    // The clock of a test begins in 1970: what was written now is the oldest by its name, and the newest two stay.
    expect(await seen.names()).toEqual(["auto-1.zip", "nightly-20260101-0000.zip", "nightly-20260102-0000.zip"]);
    const unseen = await instance("running", server);
    expect(await unseen.act(backup)).toBe("nightly.zip is written where it runs");
    expect(unseen.said).toEqual(["save nightly of 2"]);
    await expect(unseen.act({ cron: "@daily", action: "restart" })).rejects.toThrow(
      "north is attached (RCON at h:1): its bridge does not start it",
    );
    expect(unseen.said).toHaveLength(1);
    expect(await (await instance("backing-off", server)).act(backup)).toBe("nothing to do: it is backing-off");
  });

  test("a backup is a copy of the newest save under a name with its time, and the last few stay", async () => {
    const { act, clock, names } = await instance();
    for (let night = 0; night < 4; night++) {
      expect(await act({ cron: "@daily", action: "backup", keep: 2 })).toMatch(
        /^auto-1.zip is kept as nightly-\d{8}-\d{4}.zip/,
      );
      clock.advance(24 * 60 * MINUTE);
    }
    const kept = await names();
    expect(kept).toHaveLength(3);
    expect(kept.at(-1)).toMatch(/^nightly-\d{8}-\d{4}\.zip$/);
    expect(
      oldest(["nightly-20260101-0000.zip", "other-20260101-0000.zip", "nightly.zip"], { name: "nightly", keep: 1 }),
    ).toEqual([]);
  });

  test("a backup knows what its original is, is none of what is only to be loaded next, and takes no disk its last room", async () => {
    const { act, notes, paths, names, state } = await instance();
    const backup = { cron: "@daily", action: "backup" } as const;
    notes.heard({
      type: "world-synced",
      data: { world: "north.1", tick: 9, exported: {}, received: {} },
    } as never);
    await notes.saved();
    await writeFile(join(paths.saves, "next.zip"), zipSync({ "x/level.dat": new Uint8Array([2]) }));
    expect(await act(backup)).toMatch(/^auto-1.zip is kept as nightly-/);
    const [kept = ""] = (await names()).filter((name) => name.startsWith("nightly-"));
    expect((await notes.all())[kept]).toMatchObject({ world: "north.1", tick: 9 });
    state.free = 1_000;
    await expect(act(backup)).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(/no room/) });
    await rm(join(paths.saves, "auto-1.zip"));
    await rm(join(paths.saves, kept));
    expect(await act(backup)).toBe("nothing to do: it has no save yet");
    expect(oldest(["my-nightly-20260101-0000.zip"], { name: "nightly", keep: 0 })).toEqual([]);
  });

  test("a game that does not hear what is said is restarted all the same", async () => {
    const { act, clock, state, said } = await instance();
    state.deaf = true;
    const running = act({ cron: "@daily", action: "restart", countdownSeconds: 2 });
    await clock.advanceSettling(3_000, settle);
    expect(await running).toBe("restarted");
    expect(said.at(-1)).toBe("restart");
  });

  test("players are told before a restart, which is given up when the game stops meanwhile", async () => {
    const { act, said, clock, state } = await instance();
    const running = act({ cron: "@daily", action: "restart", countdownSeconds: 30 });
    await clock.advanceSettling(31_000, settle);
    expect(await running).toBe("restarted");
    expect(said).toEqual([30, 10, 5, 4, 3, 2, 1].map(countdownText).concat("restart"));
    said.length = 0;
    const given = act({ cron: "@daily", action: "restart", countdownSeconds: 30 });
    state.phase = "stopped";
    await clock.advanceSettling(31_000, settle);
    expect(await given).toBe("given up: it is stopped");
    expect(said).toEqual([countdownText(30)]);
    expect(await act({ cron: "@daily", action: "restart" })).toBe("nothing to do: it is stopped");
    expect(await act({ cron: "@daily", action: "save" })).toBe("nothing to do: it is stopped");
  });

  test("a countdown begins with its own length", () => {
    expect(countdown(45)).toEqual([45, 30, 10, 5, 4, 3, 2, 1]);
    expect(countdown(0)).toEqual([]);
    expect(countdownText(300)).toBe("This server restarts in 5 minutes.");
    expect(countdownText(1)).toBe("This server restarts in 1 second.");
  });
});

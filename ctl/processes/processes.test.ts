import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "#ctl/processes/folder-lock";
import { lastLines } from "#ctl/processes/log-file";
import { isAlive, parseStat, processesWithArgv, processWithPid, signalProcess } from "#ctl/processes/process-id";
import { afterDeath, NO_RESTARTS, RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN, WELL_MS } from "#ctl/processes/restart";
import { adoptRunning, spawnRunning, stopRunning } from "#ctl/processes/running";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-processes-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const sleeper = (script = "setInterval(() => {}, 1000)") => ({
  argv: [process.execPath, "-e", script, dir],
  cwd: dir,
  log: join(dir, "out.log"),
});

describe("which process is which", () => {
  test("a name with spaces and brackets does not shift the fields", () => {
    const rest = Array.from({ length: 30 }, (_, i) => String(i + 3)).join(" ");
    expect(parseStat(`12 (a ) b) ${rest.replace("3", "S")}`)).toEqual({ state: "S", startTicks: "22" });
    expect(parseStat("")).toBeUndefined();
  });

  test("this process is alive, and not with another start time", () => {
    const self = processWithPid(process.pid);
    expect(self).toBeDefined();
    expect(isAlive(self!)).toBe(true);
    expect(isAlive({ ...self!, started: `${self!.started}1` })).toBe(false);
  });

  test("a signal for a process with another start time reaches nobody", async () => {
    const running = await spawnRunning(sleeper());
    signalProcess({ ...running.id, started: "another:1" }, "SIGKILL");
    expect(isAlive(running.id)).toBe(true);
    expect(processesWithArgv(sleeper().argv)).toEqual([running.id]);
    await stopRunning(running, 5_000);
    expect(isAlive(running.id)).toBe(false);
    expect(processesWithArgv(sleeper().argv)).toEqual([]);
  });
});

describe("running and stopping", () => {
  test("what ignores SIGTERM is killed after its grace", async () => {
    const running = await spawnRunning(
      sleeper("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"),
    );
    while (!(await readFile(join(dir, "out.log"), "utf8")).includes("up"));
    expect(await stopRunning(running, 50)).toBe(true);
    expect(await running.exited).toBe("by SIGKILL");
  });

  test("the end of an adopted process is noticed", async () => {
    const child = await spawnRunning(sleeper());
    const adopted = adoptRunning(child.id);
    await stopRunning(child, 5_000);
    expect(await adopted.exited).toContain("not our child");
  });

  test("a program that is not there is named", async () => {
    const order = { argv: [join(dir, "none")], cwd: dir, log: join(dir, "out.log") };
    await expect(spawnRunning(order)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("none"),
    });
  });

  test("the last lines of what it printed", async () => {
    await writeFile(join(dir, "out.log"), "one\ntwo\n\nthree\n");
    expect(await lastLines(join(dir, "out.log"), 2)).toEqual(["two", "three"]);
    expect(await lastLines(join(dir, "none.log"), 2)).toEqual([]);
  });
});

describe("pauses between restarts", () => {
  test("they double up to the longest, and begin anew after a good run", () => {
    let restarts = NO_RESTARTS;
    let pause = 0;
    const pauses: number[] = [];
    for (let death = 0; death < 10; death++) {
      [restarts, pause] = afterDeath(restarts, 10);
      pauses.push(pause);
    }
    expect(pauses.slice(0, 3)).toEqual([RESTART_PAUSE_MS_MIN, 2 * RESTART_PAUSE_MS_MIN, 4 * RESTART_PAUSE_MS_MIN]);
    expect(pauses.at(-1)).toBe(RESTART_PAUSE_MS_MAX);
    expect(afterDeath(restarts, WELL_MS)[1]).toBe(RESTART_PAUSE_MS_MIN);
  });
});

describe("one owner of a folder", () => {
  test("a second one is refused, and welcome once the first has let go", async () => {
    const unlock = await lockFolder(dir);
    await expect(lockFolder(dir)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(String(process.pid)),
    });
    await unlock();
    await (await lockFolder(dir))();
  });

  test("a lock of a process that is gone is taken over, also when its number is used again", async () => {
    await writeFile(join(dir, "lock"), `${process.pid} another:1\n`);
    await (await lockFolder(dir))();
    await writeFile(join(dir, "lock"), "not a lock");
    await (await lockFolder(dir))();
  });

  test("of many at once exactly one gets a stale lock", async () => {
    await writeFile(join(dir, "lock"), "999999 another:1\n");
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(dir)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastLines } from "#core/adapters/last-lines";
import { nodeClock } from "#core/adapters/node-clock";
import { isAlive, parseStat, processesWithArgv, processWithPid, signalProcess } from "#core/adapters/process-id";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { Keeper } from "#ctl/processes/keeper";
import { LOG_BYTES_MAX, readableLine } from "#ctl/processes/log-file";
import { afterDeath, NO_RESTARTS, RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN, WELL_MS } from "#ctl/processes/restart";
import { adoptRunning, spawnRunning, stopRunning } from "#ctl/processes/running";
import { until } from "#test/kit/until";

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

  test("the words of one run are told from those of the run before", async () => {
    await writeFile(join(dir, "out.log"), "an old reason\n");
    const running = await spawnRunning(sleeper("console.log('a new reason')"));
    await running.exited;
    expect(await lastLines(join(dir, "out.log"), 5, running.logFrom)).toEqual(["a new reason"]);
  });

  test.each([
    ['{"level":50,"time":1,"slave":"local","msg":"no mod"}', "error: no mod"],
    ['{"level":35,"msg":"x"}', "35: x"],
    ['{"level":50,"ti', '{"level":50,"ti'],
    ["plain words", "plain words"],
  ])("a person reads %s as %s", (line, expected) => {
    expect(readableLine(line)).toBe(expected);
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

test("a process that found its data damaged (exit code 5) is not started again, and that is said; any other is", async () => {
  const kept = async (code: number) => {
    const said: string[] = [];
    const order = sleeper(`setTimeout(() => process.exit(${code}), 20)`);
    const service = { role: "projector" as const, dir, build: "", stopMs: 1_000, ready: async () => {}, ...order };
    const context = { clock: nodeClock, say: (line: string) => void said.push(line) };
    const keeper = await Keeper.start(service, context, new AbortController().signal);
    await until(() => said.some((line) => /not started again|starting it again/.test(line)), {
      what: "its end is told",
    });
    await keeper.stop();
    return said.join("\n");
  };
  expect(await kept(5)).toContain("projector found its data damaged and is not started again");
  expect(await kept(1)).toContain("starting it again");
});

test("a log is kept below its size while its process runs, which goes on writing where it begins anew", async () => {
  const clock = new ManualClock();
  const order = sleeper("setInterval(() => console.log('still here'), 5)");
  const service = { role: "projector" as const, dir, build: "", stopMs: 1_000, ready: async () => {}, ...order };
  const keeper = await Keeper.start(service, { clock, say: () => {} }, new AbortController().signal);
  await appendFile(order.log, Buffer.alloc(LOG_BYTES_MAX + 1, "x"));
  clock.advance(59_000);
  expect(await lastLines(`${order.log}.1`, 1)).toEqual([]);
  clock.advance(1_000);
  await until(
    async () => (await stat(order.log)).size < LOG_BYTES_MAX && (await lastLines(order.log, 1))[0] === "still here",
    {
      what: "it is short again, and goes on",
    },
  );
  expect((await stat(`${order.log}.1`)).size).toBeGreaterThan(LOG_BYTES_MAX);
  await keeper.stop();
});

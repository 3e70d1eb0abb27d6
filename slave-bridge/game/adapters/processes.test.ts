import { mkdtemp, readFile, rm } from "node:fs/promises";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { realProcesses } from "#bridge/game/adapters/processes";
import type { ProcessExit, ProcessId } from "#bridge/game/port";
import { isAlive, processWithPid } from "#core/adapters/process-id";
import { until } from "#test/kit/until";

let folder: string;
const started: ProcessId[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-processes-"));
});
afterEach(async () => {
  for (const process of started.splice(0)) realProcesses().signal(process, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const spawn = async (script: string, ...args: string[]): Promise<ProcessId> => {
  const output = join(folder, "console.log");
  const order = { command: process.execPath, args: ["-e", script, ...args], cwd: folder, output };
  const game = await processes.spawn(order);
  started.push(game);
  return game;
};
const processes = realProcesses();
const endOf = (of: typeof processes, process: ProcessId): Promise<ProcessExit> =>
  new Promise((resolve) => void of.watch(process, resolve));

describe("a game's process", () => {
  test("its output goes to the file, and its end is told with its code", async () => {
    const game = await spawn('console.log("out"); console.error("err"); process.exitCode = 3;');
    expect(await endOf(processes, game)).toEqual({ code: 3 });
    expect((await readFile(join(folder, "console.log"), "utf8")).split("\n").sort()).toEqual(["", "err", "out"]);
    // Asked again, also later.
    expect(await endOf(processes, game)).toEqual({ code: 3 });
  });

  test("one that another bridge started is found by its argument, watched, and told from a later one with its number", async () => {
    const mark = join(folder, "config.ini");
    const game = await spawn("setInterval(() => {}, 1000)", "--", mark);
    const other = realProcesses();
    expect(await other.find(mark)).toEqual([game]);
    expect(await other.find(folder)).toEqual([]);
    const impostor = { ...game, started: "another:1" };
    expect(isAlive(impostor)).toBe(false);
    other.signal(impostor, "SIGKILL");
    expect(await endOf(other, impostor)).toEqual({});
    expect(isAlive(game)).toBe(true);
    const end = endOf(other, game);
    other.signal(game, "SIGKILL");
    expect(await end).toEqual({});
    expect(await endOf(processes, game)).toEqual({ signal: "SIGKILL" });
    await until(async () => (await other.find(mark)).length === 0, { what: "it is gone" });
  });

  test("what it started does not outlive it: its end is told when its whole group is gone", async () => {
    // The child ignores everything and writes its number where its parent's output goes.
    const child = 'process.on("SIGTERM", () => {}); console.log(process.pid); setInterval(() => {}, 1000)';
    const script = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: ["ignore", "inherit", "inherit"] });
      child.unref();
      setInterval(() => {}, 1000);`;
    const pidOfChild = () =>
      until(async () => Number(await readFile(join(folder, "console.log"), "utf8").catch(() => "")) || undefined, {
        what: "the child's number",
      });
    const game = await spawn(script, "--", "mark");
    const pid = await pidOfChild();
    const alive = () => processWithPid(pid) !== undefined;
    expect(alive()).toBe(true);
    // SIGTERM is for the game alone: it may have a save being written.
    const end = endOf(processes, game).then((exit) => ({ exit, alive: alive() }));
    processes.signal(game, "SIGTERM");
    expect(await end).toEqual({ exit: { signal: "SIGTERM" }, alive: false });
  });

  test("a SIGKILL ends the whole group, also that of an adopted game", async () => {
    const script = `
      require("node:child_process").spawn("sleep", ["60"], { stdio: "ignore" }).unref();
      setInterval(() => {}, 1000);
      console.log("up");`;
    const game = await spawn(script);
    await until(async () => (await readFile(join(folder, "console.log"), "utf8")) === "up\n", { what: "it is up" });
    const other = realProcesses();
    const end = endOf(other, game);
    other.signal(game, "SIGKILL");
    expect(await end).toEqual({});
  });

  test("memory that is not granted is not there: the game ends and says so; niceness is taken over", async () => {
    const script = `
      console.log(require("node:os").getPriority());
      const all = [];
      for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1));`;
    const output = join(folder, "console.log");
    const limits = { memoryMiB: 600, nice: 7 };
    const order = { command: process.execPath, args: ["-e", script], cwd: folder, output, limits };
    const game = await processes.spawn(order);
    started.push(game);
    const exit = await endOf(processes, game);
    expect(exit).not.toMatchObject({ code: 0 });
    expect(exit.signal).not.toBe("SIGKILL");
    expect(await readFile(output, "utf8")).toMatch(
      new RegExp(`^${Math.min(19, getPriority() + 7)}\n.*(?:bad_alloc|out of memory|allocation failed)`, "is"),
    );
  });

  test("one that cannot be started is named", async () => {
    const order = { command: "/nowhere/factorio", args: [], cwd: folder, output: join(folder, "console.log") };
    await expect(processes.spawn(order)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("/nowhere/factorio"),
    });
  });
});

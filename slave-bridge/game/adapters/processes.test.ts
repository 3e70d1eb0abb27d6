import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realProcesses } from "#bridge/game/adapters/processes";
import type { ProcessExit, ProcessId } from "#bridge/game/port";
import { isAlive } from "#core/adapters/process-id";
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

  test("one that cannot be started is named", async () => {
    const order = { command: "/nowhere/factorio", args: [], cwd: folder, output: join(folder, "console.log") };
    await expect(processes.spawn(order)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("/nowhere/factorio"),
    });
  });
});

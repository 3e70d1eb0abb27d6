import { PassThrough } from "node:stream";
import { unavailable } from "#core/errors";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { complete, GAME_COMMANDS } from "#ctl/console/completion";
import { InteractiveConsole, pipedConsole, replyLines } from "#ctl/console/console";
import { historyPath, readHistory, writeHistory } from "#ctl/console/history";
import { until } from "#test/kit/until";

/** A terminal of a test's own: what is typed, and what stands on it. */
const scene = (history: readonly string[] = []) => {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = "";
  output.on("data", (chunk) => {
    shown += String(chunk);
  });
  const asked: string[] = [];
  const console = new InteractiveConsole(
    { input, output },
    { prompt: "north> ", history },
    {
      ask: async (command) => {
        asked.push(command);
        if (command === "/gone") throw unavailable("north lost its RCON connection");
        return `reply to ${command}\n`;
      },
    },
  );
  const shows = (what: string) => until(() => shown.includes(what), { what });
  return { input, console, asked, shows, shown: () => shown };
};

test("what is typed is sent in order, replies and the log stand above the prompt, and a failure ends nothing", async () => {
  const { input, console, asked, shows, shown } = scene();
  input.write("/time\n\n/gone\nhello\n");
  await shows("reply to hello");
  expect(asked).toEqual(["/time", "/gone", "hello"]);
  expect(shown()).toContain("north lost its RCON connection");
  input.write("/pla");
  await shows("/pla");
  console.above("ann joined");
  // What was being typed is written again below it.
  await until(() => shown().lastIndexOf("north> /pla") > shown().indexOf("ann joined"), { what: "the prompt again" });
  input.write("\u0003");
  await console.over();
  expect(asked).toHaveLength(3);
});

test("Tab completes commands, the arrow keys bring back earlier ones, and exit or Ctrl-D leave", async () => {
  const { input, console, asked, shows } = scene(["/version", "/seed"]);
  // One after the other, as fingers do: what comes in one piece with a tab is taken for pasted.
  for (const key of ["/evo", "\t", "\n"]) {
    input.write(key);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await shows("reply to /evolution");
  input.write("\u001b[A\u001b[A\n");
  await shows("reply to /version");
  input.write("exit\n");
  await console.over();
  expect(asked).toEqual(["/evolution", "/version"]);
  expect(console.history.slice(0, 3)).toEqual(["exit", "/version", "/evolution"]);
  const other = scene();
  other.input.write("\u0004");
  await other.console.over();
});

test("completion knows commands and their second words", () => {
  expect(complete("/serv")).toEqual([["/server-save"], "/serv"]);
  expect(complete("/whitelist a")).toEqual([["add"], "a"]);
  expect(complete("/nothing x")).toEqual([[], "x"]);
  expect(complete("hello")).toEqual([[], "hello"]);
  expect(new Set(GAME_COMMANDS).size).toBe(GAME_COMMANDS.length);
});

test("lines of a pipe are commands, one after the other, until one fails", async () => {
  const input = new PassThrough();
  const shown: string[] = [];
  const asked: string[] = [];
  const ask = async (command: string) => {
    asked.push(command);
    if (command === "/bad") throw unavailable("the game is not there");
    return "ok\n";
  };
  input.end("/one\r\n\n/two\n/bad\n/three\n");
  const run = pipedConsole(input, { ask }, (command, reply) => shown.push(`${command}: ${replyLines(reply).join()}`));
  await expect(run).rejects.toMatchObject({ code: "unavailable" });
  expect(shown).toEqual(["/one: ok", "/two: ok"]);
  expect(asked).toEqual(["/one", "/two", "/bad"]);
});

test("what was typed is kept for its owner alone, in bounded number, and not what begins with a blank", async () => {
  const disk = new MemoryDisk();
  const path = historyPath({ XDG_STATE_HOME: "/state" });
  expect(path).toBe("/state/clusterio/console-history");
  expect(historyPath({ HOME: "/home/ann" })).toBe("/home/ann/.local/state/clusterio/console-history");
  expect(await readHistory(disk, path)).toEqual([]);
  const many = Array.from({ length: 1_200 }, (_, n) => `/c ${n}`);
  await writeHistory(disk, path, ["/new", " /secret", ...many]);
  expect(disk.modeOf(path)).toBe(0o600);
  const read = await readHistory(disk, path);
  expect(read).toHaveLength(1_000);
  expect(read.slice(0, 2)).toEqual(["/new", "/c 0"]);
});

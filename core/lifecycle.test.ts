/** Real processes: each case is a small daemon of its own, told to stop by real signals. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformFileSync } from "@swc/core";
import { unavailable } from "#core/errors";
import { aborted, together } from "#core/lifecycle";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lifecycle-"));
  mkdirSync(join(folder, "core"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ imports: { "#core/*": "./core/*.js" } }));
  for (const file of ["errors", "lifecycle"]) {
    const { code } = transformFileSync(join(__dirname, `${file}.ts`), {
      jsc: { parser: { syntax: "typescript" }, target: "es2023" },
      module: { type: "commonjs" },
    });
    writeFileSync(join(folder, "core", `${file}.js`), code);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PRELUDE = `
  const { runDaemon, together, aborted } = require("#core/lifecycle");
  const { badInput, unavailable, refused, corrupt, ClusterioError } = require("#core/errors");
  const say = (line) => process.stdout.write(line + "\\n");
  const never = new Promise(() => {});
  const stayAlive = () => setInterval(() => {}, 60_000);
`;

let scripts = 0;
/** Runs a daemon; each time it says "ready" it is sent the next signal; after the last its input ends. */
const daemon = async (script: string, ...signals: NodeJS.Signals[]) => {
  const file = join(folder, `daemon-${scripts++}.js`);
  writeFileSync(file, PRELUDE + script);
  const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "pipe"] });
  const said: string[] = [];
  let trouble = "";
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const signal = line === "ready" ? signals.shift() : undefined;
      if (signal !== undefined) child.kill(signal);
      if (signals.length === 0) child.stdin.end();
      if (line !== "ready") said.push(line);
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    trouble += chunk.toString();
  });
  return new Promise<{ code: number | null; said: string[]; trouble: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, said, trouble }));
  });
};

test.each(["SIGINT", "SIGTERM"] as const)(
  "L1 %s stops: main returns, what it owns is closed in reverse, exit 0",
  async (signal) => {
    const end = await daemon(
      `runDaemon(async ({ signal, own }) => {
      stayAlive();
      const first = own({ name: "first" }, ({ name }) => say("close " + name));
      own("second", async (name) => { await null; say("close " + name); });
      say(typeof first.name);
      say("ready");
      await aborted(signal);
      say(signal.reason.message);
    });`,
      signal,
    );
    expect(end).toEqual({
      code: 0,
      said: ["string", `stopped by ${signal}`, "close second", "close first"],
      trouble: "",
    });
  },
);

test("L2 a second signal doesn't run closers twice", async () => {
  const end = await daemon(
    `runDaemon(async ({ signal, own }) => {
      stayAlive();
      own(1, () => say("close 1"));
      own(2, async () => {
        say("close 2");
        say("ready");
        process.stdin.resume();
        await new Promise((resolve) => process.stdin.once("end", resolve));
      });
      say("ready");
      await aborted(signal);
    });`,
    "SIGTERM",
    "SIGTERM",
  );
  expect(end).toEqual({ code: 0, said: ["close 2", "close 1"], trouble: "" });
});

test("a main that is done ends the process, whatever handles are open", async () => {
  const end = await daemon(`runDaemon(async ({ own }) => { own(stayAlive(), () => say("closed")); });`);
  expect(end).toEqual({ code: 0, said: ["closed"], trouble: "" });
});

test.each([
  [2, `badInput("the port is no number: give --port 1..65535")`],
  [3, `unavailable("no NATS server answers at localhost:4222")`],
  [4, `refused("the instance is running: stop it first")`],
  [5, `corrupt("round 7 doesn't follow round 5")`],
  [1, `new ClusterioError("lost-write", "another master leads")`],
])("L3 exit code %i for %s, told in one line", async (code, error) => {
  const end = await daemon(`runDaemon(async ({ own }) => { own(1, () => say("closed")); throw ${error}; });`);
  expect(end).toMatchObject({ code, said: ["closed"] });
  expect(end.trouble.trimEnd().split("\n")).toHaveLength(1);
  expect(error).toContain(end.trouble.trimEnd());
});

test("L3 a bug exits with 1 and its stack, after closing", async () => {
  const end = await daemon(`runDaemon(async ({ own }) => { own(1, () => say("closed")); undefined.foo; });`);
  expect(end).toMatchObject({ code: 1, said: ["closed"] });
  expect(end.trouble).toMatch(/TypeError: .*\n\s+at main|TypeError: .*\n\s+at /);
});

test("L2 a closer that fails doesn't keep the others from their turn, and the exit code tells", async () => {
  const end = await daemon(
    `runDaemon(async ({ own }) => {
      own(1, () => say("close 1"));
      own(2, () => { throw unavailable("can't flush"); });
      own(3, () => say("close 3"));
    });`,
  );
  expect(end).toEqual({ code: 3, said: ["close 3", "close 1"], trouble: "can't flush\n" });
});

test("the first failure decides the exit code", async () => {
  const end = await daemon(
    `runDaemon(async ({ own }) => {
      own(1, () => { throw new Error("closing failed as well"); });
      throw badInput("first");
    });`,
  );
  expect(end.code).toBe(2);
});

test("L2 a closer that hangs is given up at the deadline", async () => {
  const end = await daemon(
    `runDaemon(async ({ own }) => {
      own(1, () => say("close 1"));
      own(2, () => never);
    }, { stopMsMax: 5 });`,
  );
  expect(end).toMatchObject({ code: 1, said: [] });
  expect(end.trouble).toContain("closing took more than 5 ms, 1 more were to be closed");
});

test("L2 when main hangs, what it owns is closed all the same", async () => {
  const end = await daemon(
    `runDaemon(async ({ own }) => {
      stayAlive();
      own(1, () => say("closed"));
      say("ready");
      await never;
    }, { stopMsMax: 5 });`,
    "SIGTERM",
  );
  expect(end).toMatchObject({ code: 1, said: ["closed"] });
  expect(end.trouble).toContain("stopping took more than 5 ms");
});

test("L2 what is opened while closing is closed too", async () => {
  const end = await daemon(
    `runDaemon(async ({ own }) => {
      own(1, () => say("close 1"));
      own(2, () => { say("close 2"); own(3, () => say("close 3")); });
    });`,
  );
  expect(end).toEqual({ code: 0, said: ["close 2", "close 3", "close 1"], trouble: "" });
});

test("what main throws because it was told to stop is no failure; a bug on the way out is", async () => {
  const stopped = (thrown: string) =>
    daemon(
      `runDaemon(async ({ signal }) => { stayAlive(); say("ready"); await aborted(signal); throw ${thrown}; });`,
      "SIGINT",
    );
  expect((await stopped("signal.reason")).code).toBe(0);
  expect((await stopped(`new DOMException("gone", "AbortError")`)).code).toBe(0);
  expect((await stopped(`new Error("a bug")`)).code).toBe(1);
});

test("a main that waits for what can't happen any more fails instead of vanishing with exit code 0", async () => {
  const end = await daemon(`runDaemon(async ({ own }) => { own(1, () => say("closed")); await never; });`);
  expect(end).toMatchObject({ code: 1, said: ["closed"] });
  expect(end.trouble).toContain("nothing is left that could happen");
});

describe("together", () => {
  test("returns when all have returned", async () => {
    const done: string[] = [];
    const task = (name: string) => async () => {
      done.push(name);
    };
    await together([task("a"), task("b")], new AbortController().signal);
    expect(done).toEqual(["a", "b"]);
  });

  test("the first failure aborts the others and is thrown once they have ended", async () => {
    const ended: string[] = [];
    const waiting = async (signal: AbortSignal) => {
      await aborted(signal);
      await Promise.resolve();
      ended.push("waiting");
      throw new Error("a consequence");
    };
    const failing = async () => {
      throw unavailable("the cause");
    };
    await expect(together([waiting, failing], new AbortController().signal)).rejects.toThrow("the cause");
    expect(ended).toEqual(["waiting"]);
  });

  test("told to stop, all stop, and that is no failure", async () => {
    const outer = new AbortController();
    const loop = async (signal: AbortSignal) => {
      await aborted(signal);
      throw signal.reason;
    };
    const both = together([loop, loop], outer.signal);
    outer.abort(new Error("stopped by SIGTERM"));
    await expect(both).resolves.toBeUndefined();
  });

  test("a failure on the way out is still thrown", async () => {
    const outer = new AbortController();
    const loop = async (signal: AbortSignal) => {
      await aborted(signal);
      throw new Error("could not flush");
    };
    const one = together([loop], outer.signal);
    outer.abort();
    await expect(one).rejects.toThrow("could not flush");
  });
});

const LINES = 40_000;
/** More than any pipe holds; the last word on standard error says that all of it was written. */
const TALKER = `runDaemon(async () => {
  for (let n = 0; n < ${LINES}; n++) say("line " + n + " ".repeat(60));
  process.stderr.write("written");
}, { stopMsMax: 200 });`;

const talker = (name: string) => {
  const file = join(folder, `${name}.js`);
  writeFileSync(file, PRELUDE + TALKER);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
  const written = new Promise<void>((resolve) => child.stderr.once("data", () => resolve()));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, written, ended };
};

test("L2 a slow reader of standard output gets all of it", async () => {
  const { child, written, ended } = talker("talker");
  await written;
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => child.stdout.once("end", resolve));
  expect(text.split("\n")).toHaveLength(LINES + 1);
  expect(await ended).toBe(0);
});

test("L2 a reader that never reads, or is gone, does not keep a process that is told to stop", async () => {
  const stuck = talker("stuck");
  await stuck.written;
  stuck.child.kill("SIGINT");
  expect(await stuck.ended).toBe(0);
  stuck.child.stdout.destroy();
  const left = talker("left");
  left.child.stdout.destroy();
  expect(await left.ended).not.toBeUndefined();
});

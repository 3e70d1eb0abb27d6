import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armFailpoints } from "#core/adapters/node-failpoints";
import { packageRoot } from "#core/adapters/package-root";
import { FAILPOINTS, failpoint, meaningOf, parseFailpoints, setFailpointHook } from "#core/failpoints";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "failpoints-"));
  jest.spyOn(require("node:fs"), "writeSync").mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  setFailpointHook(undefined);
  await rm(folder, { recursive: true, force: true });
});

const run = (script: string, env: Readonly<Record<string, string>>) =>
  new Promise<{ code: number | string; signal: string | undefined; out: string; err: string }>((resolve) =>
    execFile(process.execPath, ["-e", script], { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, signal: error?.signal ?? undefined, out, err }),
    ),
  );
const built = (path: string) => JSON.stringify(join(packageRoot(), "dist", path));

test("what is armed is read from one line", () => {
  const armed = parseFailpoints("ledger.stored=kill@3, fact.publishing=drop@2+,import.sent=delay:250");
  expect([...armed]).toEqual([
    ["ledger.stored", { action: { kind: "kill" }, nth: 3, on: false }],
    ["fact.publishing", { action: { kind: "drop" }, nth: 2, on: true }],
    ["import.sent", { action: { kind: "delay", ms: 250 }, nth: 1, on: false }],
  ]);
  expect(parseFailpoints("")).toEqual(new Map());
});

test.each([
  ["ledger.gone=kill", /no failpoint "ledger.gone".*\n {2}fact\.publishing\n/],
  ["ledger.stored", /is not name=action/],
  ["ledger.stored=explode", /is none of kill, stop, exit, delay:MS, drop/],
  ["ledger.stored=kill@0", /counts from @1/],
  ["ledger.sent=drop", /knows no "drop"/],
  ["ledger.stored=delay:999999", /at most 600000 ms/],
  ["ledger.stored=kill,ledger.stored=stop", /named twice/],
])("%s cannot be armed, and it is said why", (text, why) => {
  expect(() => parseFailpoints(text)).toThrow(expect.objectContaining({ code: "bad-input" }));
  expect(() => parseFailpoints(text)).toThrow(why);
});

test("unarmed, a place is passed without a word", () => {
  armFailpoints({});
  expect(FAILPOINTS.map(failpoint).filter((what) => what !== undefined)).toEqual([]);
});

test("by environment: at the n-th visit once, or from there on", () => {
  armFailpoints({ CLUSTERIO_FAILPOINTS: "fact.publishing=drop@2,import.sending=drop@3+" });
  const visits = (point: "fact.publishing" | "import.sending") => Array.from({ length: 5 }, () => failpoint(point));
  expect(visits("fact.publishing")).toEqual([undefined, "drop", undefined, undefined, undefined]);
  expect(visits("import.sending")).toEqual([undefined, undefined, "drop", "drop", "drop"]);
});

test("by folder: a point is armed while the process runs, fires once among all, and is written down", async () => {
  armFailpoints({ CLUSTERIO_FAILPOINTS_DIR: folder });
  expect(failpoint("ledger.stored")).toBeUndefined();
  await writeFile(join(folder, "ledger.stored"), "drop@2\n");
  const fired = Array.from({ length: 4 }, () => failpoint("ledger.stored"));
  expect(fired).toEqual([undefined, "drop", undefined, undefined]);
  expect((await readdir(folder)).sort()).toEqual(["fired.log", "ledger.stored.fired"]);
  expect(await readFile(join(folder, "fired.log"), "utf8")).toBe(`failpoint ledger.stored drop ${process.pid}\n`);
  await writeFile(join(folder, "ledger.stored"), "drop@1+");
  expect([failpoint("ledger.stored"), failpoint("ledger.stored")]).toEqual(["drop", "drop"]);
  await rm(join(folder, "ledger.stored"));
  expect(failpoint("ledger.stored")).toBeUndefined();
});

test("a full disk is what the disk itself would say", () => {
  armFailpoints({ CLUSTERIO_FAILPOINTS: "snapshot.writing=error" });
  expect(() => failpoint("snapshot.writing")).toThrow(expect.objectContaining({ code: "ENOSPC" }));
});

test("kill: the process is gone before its next statement; exit: with code 1; delay: everything stands still", async () => {
  const script = (after: string) => `
    require(${built("core/adapters/node-failpoints.js")}).armFailpoints(process.env);
    const { failpoint } = require(${built("core/failpoints.js")});
    process.stdout.write("before ");
    const began = performance.now();
    failpoint("term.begun");
    ${after}`;
  const say = 'require("node:fs").writeSync(1, "after");';
  const killed = await run(script(say), { CLUSTERIO_FAILPOINTS: "term.begun=kill" });
  expect([killed.signal, killed.out]).toEqual(["SIGKILL", "before "]);
  const ended = await run(script(say), { CLUSTERIO_FAILPOINTS: "term.begun=exit" });
  expect([ended.code, ended.out]).toEqual([1, "before "]);
  const stalled = await run(script('process.stdout.write(performance.now() - began >= 99 ? "late" : "early");'), {
    CLUSTERIO_FAILPOINTS: "term.begun=delay:100",
  });
  expect([stalled.code, stalled.out]).toEqual([0, "before late"]);
  expect(stalled.err).toMatch(/^failpoint term.begun delay \d+\n$/);
});

test.each(["ctl", "master-projector", "slave-bridge"])(
  "%s: a failpoint that does not exist is a configuration error that lists those that do",
  async (name) => {
    const script = `process.argv.push("--version"); require(${built(`${name}/main.js`)});`;
    const { code, out, err } = await run(script, { CLUSTERIO_FAILPOINTS: "ledger.lost=kill" });
    expect([code, out]).toEqual([2, ""]);
    for (const point of FAILPOINTS) expect(err).toContain(`\n  ${point}`);
  },
);

test("what a folder holds at the start is looked at, too", async () => {
  await writeFile(join(folder, "ledger.lost"), "kill");
  expect(() => armFailpoints({ CLUSTERIO_FAILPOINTS_DIR: folder })).toThrow(/no failpoint "ledger.lost"/);
  expect(() => armFailpoints({ CLUSTERIO_FAILPOINTS_DIR: join(folder, "none") })).toThrow(/CLUSTERIO_FAILPOINTS_DIR/);
});

test("the clock is off by what its file says now, and never goes back", async () => {
  const path = join(folder, "offset");
  await writeFile(path, "-120000\n");
  const script = `
    const { nodeClock } = require(${built("core/adapters/node-clock.js")});
    const { writeFileSync } = require("node:fs");
    const off = () => Math.round((nodeClock.now() - Date.now()) / 1000);
    const seen = [];
    const jumps = [-60000, 0, 3600000, 0];
    const jump = () => {
      seen.push(off());
      if (jumps.length === 0) return console.log(JSON.stringify(seen));
      writeFileSync(${JSON.stringify(path)}, String(jumps.shift()));
      setTimeout(jump, 50);
    };
    jump();`;
  const { out } = await run(script, { CLUSTERIO_CLOCK_OFFSET_FILE: path });
  expect(JSON.parse(out)).toEqual([-120, -60, 0, 3600, 3600]);
});

test("docs/chaos.md lists every point with its meaning", async () => {
  const text = await readFile(join(packageRoot(), "docs", "chaos.md"), "utf8");
  for (const point of FAILPOINTS) expect(text).toContain(`| \`${point}\` | ${meaningOf(point)}`);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessId } from "#core/adapters/process-id";
import { judgeLeftover, type Machine, type RunRecord, readRunRecord, writeRunRecord } from "#ctl/processes/run-record";

const ARGV = ["node", "main.js"];
const left: ProcessId = { pid: 7, started: "boot:100" };
const record = (change: Partial<RunRecord> = {}): RunRecord => ({
  v: 1,
  role: "bridge",
  process: left,
  argvHash: "hash",
  argv: ARGV,
  ...change,
});

/** A machine on which these processes run, all with our command line. */
const machine = (...running: ProcessId[]): Machine => ({
  isAlive: ({ pid, started }) => running.some((process) => process.pid === pid && process.started === started),
  withArgv: (argv) => (argv.join() === ARGV.join() ? running : []),
});

test("no record: nothing was left", () => {
  expect(judgeLeftover(undefined, "hash", machine(left))).toEqual({ kind: "none" });
});

test("U1: our own process is adopted", () => {
  expect(judgeLeftover(record(), "hash", machine(left))).toEqual({ kind: "adopt", process: left });
});

test("U1: a process with our number and another start time is left alone", () => {
  const stranger = { pid: 7, started: "boot:999" };
  expect(judgeLeftover(record(), "hash", machine(stranger))).toEqual({ kind: "none" });
  expect(judgeLeftover(record(), "other", machine(stranger))).toEqual({ kind: "none" });
});

test("a process that is gone is forgotten", () => {
  expect(judgeLeftover(record(), "hash", machine())).toEqual({ kind: "none" });
});

test("U3: our process with another command line than now wanted is stopped", () => {
  expect(judgeLeftover(record(), "other", machine(left))).toEqual({ kind: "stop", processes: [left] });
});

test("U2: after a kill between record and process, the one with our command line is ours", () => {
  expect(judgeLeftover(record({ process: null }), "hash", machine(left))).toEqual({ kind: "adopt", process: left });
  expect(judgeLeftover(record({ process: null }), "hash", machine())).toEqual({ kind: "none" });
});

test("U2: if there are two of them, none is trusted", () => {
  const second = { pid: 8, started: "boot:101" };
  expect(judgeLeftover(record({ process: null }), "hash", machine(left, second))).toEqual({
    kind: "stop",
    processes: [left, second],
  });
});

describe("on disk", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "clusterio-record-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test("a record is read as it was written", async () => {
    await writeRunRecord(dir, record());
    expect(await readRunRecord(dir, "bridge")).toEqual(record());
    expect(await readRunRecord(dir, "projector")).toBeUndefined();
  });

  test("a damaged record names nobody", async () => {
    await writeRunRecord(dir, record());
    await writeFile(join(dir, "run", "bridge.json"), '{"v":1');
    expect(await readRunRecord(dir, "bridge")).toBeUndefined();
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { soak } from "#sim/soak/pool";
import type { Lot, Outcome } from "#sim/soak/tally";

/** Threads of this test's own: seed 2 falls over, 3 ends the thread, 4 turns without end, the others answer. */
const WORKER = `
  const { parentPort } = require("node:worker_threads");
  parentPort.on("message", (lot) => {
    if (lot.seed === 2) throw new Error("the simulator fell over");
    if (lot.seed === 3) process.exit(7);
    if (lot.seed === 4) for (;;);
    parentPort.postMessage({ lot, steps: lot.steps, problems: {}, counts: {}, simulatedMs: 1 });
  });`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "clusterio-pool-"));
  writeFileSync(join(folder, "worker.js"), WORKER);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lotOf = (seed: number): Lot => ({ seed, steps: 10, game: "plain", only: undefined, without: [], forged: 0 });

test("a history that takes its thread along is one failure, and the next ones run on another thread", async () => {
  const outcomes: Outcome[] = [];
  const onOutcome = (outcome: Outcome) => void outcomes.push(outcome);
  const lots = [1, 2, 3, 4, 5, 6].map(lotOf);
  const { signal } = new AbortController();
  await soak({ lots, workers: 1, folder, onOutcome, signal, historyMsMax: 2_000 });
  expect(outcomes.map(({ lot, problems }) => [lot.seed, problems.crash?.split("\n")[0]])).toEqual([
    [1, undefined],
    [2, "Error: the simulator fell over"],
    [3, "its thread ended with code 7"],
    [4, "it did not end within 2000 ms"],
    [5, undefined],
    [6, undefined],
  ]);
});

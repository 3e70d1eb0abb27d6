import { execFile } from "node:child_process";
import { join } from "node:path";
import { soak } from "#sim/soak/pool";
import type { Report } from "#sim/soak/report";
import type { Lot, Outcome } from "#sim/soak/tally";

/** The compiled program: threads start without a loader. */
const FOLDER = join(__dirname, "../../dist/sim/soak");

const program = (
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [join(FOLDER, "main.js"), ...args], { maxBuffer: 2 ** 26 }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });

/** 4,000 histories, or as many as fit into this time on two cores: the report says how many. */
const SEEDS = 4_000;
const AT_MOST_S = 120;

describe("whole clusters in trouble", () => {
  let report: Report;

  beforeAll(async () => {
    const length = ["--seeds", String(SEEDS), "--steps", "600", "--workers", "2", "--at-most", String(AT_MOST_S)];
    const { out } = await program([...length, "--coverage", "--json"]);
    report = JSON.parse(out) as Report;
    const { histories, steps, simulatedHours, seconds, faults } = report;
    const kinds = Object.entries(faults).map(([fault, n]) => `${fault} ${n}`);
    process.stderr.write(
      `${histories} histories, ${steps} steps, ${simulatedHours} simulated hours in ${seconds} s; ${kinds.join(", ")}\n`,
    );
  }, 900_000);

  test("no item is lost, none is made, and all come to rest", () => {
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThanOrEqual(20);
  });

  test("every kind of fault and every branch of the protocol is hit often enough", () => {
    expect(report.uncovered).toEqual([]);
  });
});

test("a failing seed prints a command that breaks the same promise again", async () => {
  const first = await program(["--seed", "7", "--steps", "40", "--forged", "5"]);
  expect(first.code).toBe(1);
  expect(first.out).toMatch(/^seed 7 of 40 steps broke H1 \(conservation\) .*made 5/m);
  expect(first.out.trimEnd().split("\n").at(-1)).toBe("0 passed, 1 failed");
  const replay = [...first.out.matchAll(/again: npm run soak -- (.+)$/gm)].at(-1)?.[1] ?? "";
  expect(replay).toMatch(/^--seed 7 --steps \d+ --only /);
  const again = await program(replay.replaceAll('""', "").split(" "));
  expect(again.code).toBe(1);
  expect(again.out).toMatch(/BROKEN conservation: .*made 5/);
  expect(again.out).toMatch(/broke H1/);
}, 300_000);

test("one seed is one history on whatever thread it runs", async () => {
  const lots = [1, 2, 3, 4, 5, 6].map((seed): Lot => {
    const all = { only: undefined, without: [], forged: 0 };
    return { seed, steps: 120, game: "plain", ...all };
  });
  const outcomes = async (workers: number, order: readonly Lot[]): Promise<Outcome[]> => {
    const done: Outcome[] = [];
    const onOutcome = (outcome: Outcome) => void done.push(outcome);
    await soak({ lots: order, workers, folder: FOLDER, onOutcome, signal: new AbortController().signal });
    return done.sort((a, b) => a.lot.seed - b.lot.seed);
  };
  const alone = await outcomes(1, lots);
  expect(alone.map(({ simulatedMs }) => simulatedMs > 0)).toEqual(lots.map(() => true));
  expect(await outcomes(3, [...lots].reverse())).toEqual(alone);
}, 300_000);

test("arguments that cannot be understood are refused with exit code 2", async () => {
  const { code, out, err } = await program(["--seeds", "many"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/--seeds takes a whole number/);
});

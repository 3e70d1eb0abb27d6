// `npm test`: the tiers in order, each in its time, and as the very last line the sum of all.
//   --tier NAME   only this one; may be given several times
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { countOf, lastLine, tierLine, tierResult, total } from "./test-results.cjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const jest = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
/** Two cores are what the smallest machine of ours has. */
const PARALLEL = ["--maxWorkers", "2"];
const TIERS = [
  { name: "pure", budgetS: 60, args: PARALLEL },
  // Much of it waits: for a server to start, for a command line's answer, for a deadline to pass.
  { name: "nats", budgetS: 120, args: ["--maxWorkers", "4"] },
  { name: "lua", budgetS: 180, args: PARALLEL },
  { name: "sim", budgetS: 300, args: PARALLEL },
  // Deliberate defects, each with the simulated history that shows it.
  {
    name: "mutations",
    budgetS: 180,
    args: PARALLEL,
    counts: { beginning: "a defect: ", as: "deliberate defects found" },
  },
  // A hundred simulated histories in real Lua.
  { name: "depth", budgetS: 180, args: PARALLEL },
  // A whole cluster of processes each, which starts for some seconds and then mostly waits.
  { name: "e2e", budgetS: 180, args: PARALLEL },
  // Most of it waits for timeouts to pass, so three clusters at a time are no load for two cores.
  { name: "chaos", budgetS: 180, args: ["--maxWorkers", "3"] },
];
/** A tier that hangs is ended after this many times its budget. */
const PATIENCE = 4;

const { values } = parseArgs({ options: { tier: { type: "string", multiple: true } } });
const unknown = (values.tier ?? []).filter((name) => !TIERS.some((tier) => tier.name === name));
if (unknown.length > 0) {
  console.error(`no tier "${unknown.join('", "')}": there are ${TIERS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

/** Runs one tier; its result is what jest wrote, or undefined when it wrote nothing. */
const run = (tier, outputFile) =>
  new Promise((resolve) => {
    const args = [jest, "--selectProjects", tier.name, ...tier.args, "--json", "--outputFile", outputFile];
    // Its JSON goes to the file; what people read comes over standard error.
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), tier.budgetS * 1000 * PATIENCE);
    child.once("close", () => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(readFileSync(outputFile, "utf8")));
      } catch {
        resolve(undefined);
      }
    });
  });

const folder = mkdtempSync(join(tmpdir(), "clusterio-tests-"));
const results = [];
try {
  for (const tier of TIERS) {
    if (values.tier !== undefined && !values.tier.includes(tier.name)) continue;
    const started = performance.now();
    const written = await run(tier, join(folder, `${tier.name}.json`));
    const counted = tier.counts === undefined ? {} : { count: countOf(written, tier.counts.beginning) };
    results.push({ tier, ...tierResult(written), ...counted, seconds: (performance.now() - started) / 1000 });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log("");
for (const result of results) console.log(tierLine(result));
const sum = total(results);
console.log(lastLine(sum));
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;

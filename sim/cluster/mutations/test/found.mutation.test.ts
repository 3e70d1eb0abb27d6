import { HINTS } from "#sim/cluster/mutations/hints";
import { type Finding, lotsFor, measure } from "#sim/cluster/mutations/hunt";
import { MUTATIONS } from "#sim/cluster/mutations/table";

/** Every deliberate defect is found. The programs are those of the last build, like the simulation's. */
const findings = new Map<string, Finding>();
let wrong: readonly string[] = [];

beforeAll(async () => {
  const hunts = MUTATIONS.map((mutation) => ({ mutation, lots: lotsFor(mutation, HINTS[mutation.name]) }));
  const measured = await measure(hunts, (finding) => findings.set(finding.mutation.name, finding));
  wrong = measured.wrong;
  const found = measured.findings.filter(({ kind }) => kind === "found");
  const moved = found.filter(({ histories }) => histories > 1).map(({ mutation }) => mutation.name);
  process.stderr.write(`${found.length} of ${MUTATIONS.length} deliberate defects found\n`);
  if (moved.length > 0)
    process.stderr.write(`hints that showed nothing (npm run mutations -- --write): ${moved.join("; ")}\n`);
}, 720_000);

test.each(MUTATIONS.map(({ name }) => name))("a defect: %s", (name) => {
  const { kind, detail } = findings.get(name) ?? { kind: "unfound", detail: "it was not looked for" };
  expect([kind, kind === "found" ? "" : detail]).toEqual(["found", ""]);
});

test("the code as it is passes the histories that show the defects", () => {
  expect(wrong).toEqual([]);
});

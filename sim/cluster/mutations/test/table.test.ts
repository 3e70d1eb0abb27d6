import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { mutatedFiles } from "#sim/cluster/mutations/compile";
import { HINTS } from "#sim/cluster/mutations/hints";
import { lotsFor } from "#sim/cluster/mutations/hunt";
import { edited } from "#sim/cluster/mutations/mutation";
import { TABLE_FILE, tableOf, withTable } from "#sim/cluster/mutations/record";
import { MUTATIONS } from "#sim/cluster/mutations/table";

test("every mutation's text stands in its file exactly once, and what comes of it is JavaScript", () => {
  for (const mutation of MUTATIONS) expect(mutatedFiles(packageRoot(), mutation).size).toBeGreaterThan(0);
});

test("a mutation has a name of its own", () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});

test("a text that is not there, or there twice, is refused with the mutation's name", () => {
  const edit = { file: "core/some.ts", text: "a = 1;", replacement: "a = 2;" };
  expect(edited("one", "let a = 1;", edit)).toBe("let a = 2;");
  expect(() => edited("none", "let b = 1;", edit)).toThrow(/mutation "none": its text stands 0 times in core\/some.ts/);
  expect(() => edited("two", "a = 1; a = 1;", edit)).toThrow(/mutation "two": its text stands 2 times/);
});

test("a mutation that changes nothing is refused", () => {
  const same = { file: "core/some.ts", text: "a = 1;", replacement: "a = 1;" };
  expect(() => edited("idle", "a = 1;", same)).toThrow(/mutation "idle" changes nothing/);
});

test("each mutation has a hint, and each hint a mutation", () => {
  expect(Object.keys(HINTS).sort()).toEqual(MUTATIONS.map(({ name }) => name).sort());
});

test("a hint's history comes first, then the search, in the mutation's kinds of trouble", () => {
  const mutation = { name: "one", breaks: "", file: "", text: "", replacement: "", among: ["crash"] as const };
  const lots = lotsFor(mutation, { seed: 7, steps: 40, by: "H1" }, 2);
  expect(lots).toEqual([
    { seed: 7, steps: 40, among: ["crash"] },
    { seed: 1, steps: 100, among: ["crash"] },
    { seed: 2, steps: 100, among: ["crash"] },
  ]);
  expect(lotsFor(mutation, undefined, 1)).toEqual([{ seed: 1, steps: 100, among: ["crash"] }]);
});

test("the documentation has the table as it is", () => {
  const document = readFileSync(join(packageRoot(), TABLE_FILE), "utf8");
  expect(withTable(document, tableOf(new Map(Object.entries(HINTS))))).toBe(document);
  expect(() => withTable("no place", "")).toThrow(/has no place for the table/);
});

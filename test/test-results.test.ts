interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
interface Count {
  readonly passed: number;
  readonly all: number;
}
interface Told {
  readonly tier: { readonly name: string; readonly budgetS: number; readonly counts?: { readonly as: string } };
  readonly note: string;
  readonly seconds: number;
  readonly count?: Count;
}
interface Results {
  tierResult(written: object | undefined): Result & { readonly note: string };
  countOf(written: object | undefined, beginning: string): Count;
  tierLine(result: Result & Told): string;
  total(results: readonly Result[]): Result;
  lastLine(sum: Result): string;
}
const { tierResult, countOf, tierLine, total, lastLine }: Results = require("../scripts/test-results.cjs");

const written = (change: object = {}) => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  success: true,
  ...change,
});

test("what passed, failed and was skipped is counted", () => {
  const result = tierResult(written({ numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, success: false }));
  expect(result).toMatchObject({ passed: 3, failed: 1, skipped: 2 });
});

test.each([
  ["did not end", undefined, 0, 1],
  ["ran no test", written({ numPassedTests: 0 }), 0, 1],
  ["has a suite that could not be loaded", written({ numRuntimeErrorTestSuites: 1, success: false }), 3, 1],
  ["failed outside its tests", written({ success: false }), 3, 1],
])("a tier that %s has failed", (_, result, passed, failed) => {
  expect(tierResult(result)).toMatchObject({ passed, failed });
});

test("the last line is plain, and names skipped tests only when there are any", () => {
  const sum = total([
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 0 },
  ]);
  expect(lastLine(sum)).toBe("7 passed, 1 failed");
  expect(lastLine({ ...sum, skipped: 2 })).toBe("7 passed, 1 failed, 2 skipped");
});

test("a tier's time stands beside its budget, and too much of it is said", () => {
  const line = (seconds: number) =>
    tierLine({ tier: { name: "pure", budgetS: 60 }, passed: 1, failed: 0, skipped: 0, note: "", seconds });
  expect(line(7.04)).toBe("pure     7.0 s of 60 s: 1 passed, 0 failed");
  expect(line(61)).toContain("OVER ITS BUDGET");
});

test("a tier that looks for something says how much of it was found", () => {
  const tests = (...titles: readonly [string, string][]) => ({
    testResults: [{ assertionResults: titles.map(([title, status]) => ({ title, status })) }],
  });
  const some = tests(["a defect: one", "passed"], ["a defect: two", "failed"], ["the code as it is", "passed"]);
  const count = countOf(some, "a defect: ");
  expect(count).toEqual({ passed: 1, all: 2 });
  const tier = { name: "mutations", budgetS: 180, counts: { as: "defects found" } };
  const line = tierLine({ tier, count, passed: 2, failed: 1, skipped: 0, note: "", seconds: 3 });
  expect(line).toBe("mutations    3.0 s of 180 s: 2 passed, 1 failed; 1 of 2 defects found");
  expect(countOf(undefined, "a defect: ")).toEqual({ passed: 0, all: 0 });
});

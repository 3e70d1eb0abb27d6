// What jest wrote about a tier, as numbers; and the lines that `npm test` ends with. Pure.

/** A suite that could not run, or a tier without a result, counts as one that failed. */
const tierResult = (written) => {
  if (written === undefined) return { passed: 0, failed: 1, skipped: 0, note: "it did not end in order" };
  const result = {
    passed: written.numPassedTests,
    failed: written.numFailedTests + written.numRuntimeErrorTestSuites,
    skipped: written.numPendingTests + written.numTodoTests,
    note: "",
  };
  if (result.passed + result.failed + result.skipped === 0) return { ...result, failed: 1, note: "no test ran" };
  // A leak or an error outside any test.
  if (!written.success && result.failed === 0) return { ...result, failed: 1, note: "it failed outside its tests" };
  return result;
};

/** How many of the tests whose name begins like this passed, of how many. */
const countOf = (written, beginning) => {
  const tests = (written?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const counted = tests.filter(({ title }) => title.startsWith(beginning));
  return { passed: counted.filter(({ status }) => status === "passed").length, all: counted.length };
};

const tierLine = ({ tier, passed, failed, skipped, note, seconds, count }) => {
  const over = seconds > tier.budgetS ? " OVER ITS BUDGET" : "";
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  const told = count === undefined ? "" : `; ${count.passed} of ${count.all} ${tier.counts.as}`;
  return `${tier.name.padEnd(5)} ${seconds.toFixed(1).padStart(6)} s of ${tier.budgetS} s${over}: ${counts}${told}${note && ` (${note})`}`;
};

const total = (results) => {
  const sum = (field) => results.reduce((n, result) => n + result[field], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
};

const lastLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

module.exports = { tierResult, countOf, tierLine, total, lastLine };

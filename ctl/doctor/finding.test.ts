import { clockFinding, diskFinding, endOf, findingLines, ledgerFinding } from "#ctl/doctor/finding";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 27);

test.each([
  [0, "wrong"],
  [-5 * DAY, "wrong"],
  [29 * DAY, "look"],
  [31 * DAY, "ok"],
])("what ends in %d ms is %s", (ms, state) => {
  expect(endOf("tls", "it", { until: NOW + ms, now: NOW, remedy: "renew" }).state).toBe(state);
});

test.each([
  [0, "ok"],
  [1_900, "ok"],
  [-2_100, "look"],
  [61_000, "wrong"],
])("a clock %d ms off is %s", (ms, state) => {
  expect(clockFinding(ms).state).toBe(state);
});

test.each([
  [100 * 1024 ** 2, "wrong"],
  [1024 ** 3, "look"],
  [10 * 1024 ** 3, "ok"],
])("%d bytes of free disk are %s", (bytes, state) => {
  expect(diskFinding("/", bytes).state).toBe(state);
});

test.each([
  [{ bytes: 1, bytesMax: 100 }, "ok"],
  [{ bytes: 71, bytesMax: 100 }, "look"],
  [{ bytes: 95, bytesMax: 100 }, "wrong"],
  [{ bytes: 1, bytesMax: 100, daysLeft: 13 }, "look"],
  [{ bytes: 1, bytesMax: 100, daysLeft: 1 }, "wrong"],
])("a ledger of %j is %s", (ledger, state) => {
  expect(ledgerFinding(ledger).state).toBe(state);
});

test("whatever is not well says what to do", () => {
  for (const finding of [clockFinding(99_000), diskFinding("/", 0), ledgerFinding({ bytes: 1, bytesMax: 1 })]) {
    expect(finding.remedy).toBeDefined();
    expect(findingLines(finding)).toHaveLength(2);
  }
});

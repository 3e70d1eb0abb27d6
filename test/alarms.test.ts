import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALARM_SECTIONS, alarmText, GUIDE } from "#core/alarm";

/** Every alarm names a section of the operations guide, and the guide has no section that nothing names. */
const guide = readFileSync(join(__dirname, "..", GUIDE), "utf8");
const headings = [...guide.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);

test("the operations guide has one section for each alarm", () => {
  expect(headings.sort()).toEqual([...ALARM_SECTIONS].sort());
});

test("an alarm ends with the section that says what to do", () => {
  expect(alarmText("ledger-full", "LEDGER is full")).toBe("LEDGER is full (docs/operations.md#ledger-full)");
});

const security = readFileSync(join(__dirname, "..", "docs", "security.md"), "utf8");

test.each([
  ["operations guide", guide],
  ["page on security", security],
])("every test that the %s names is there", (_, page) => {
  const named = [...page.matchAll(/\| `([a-z/.-]+\.test\.ts)`: (.+) \|$/gm)];
  expect(named.length).toBeGreaterThan(10);
  const missing = named.filter(([, path, name]) => !readFileSync(join(__dirname, "..", path!), "utf8").includes(name!));
  expect(missing.map(([, , name]) => name)).toEqual([]);
});

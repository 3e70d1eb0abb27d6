import { cronProblem, nextRun, runsBetween } from "#core/schedule/cron";
import { scheduleProblem } from "#core/schedule/entry";

const at = (text: string) => Date.parse(text);
const text = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

test("what is due is told from a moment, in the zone that was said, and never at that moment itself", () => {
  expect(text(nextRun("15 3 * * *", "UTC", at("2026-11-27T03:14:59Z")))).toBe("2026-11-27T03:15:00.000Z");
  expect(text(nextRun("15 3 * * *", "UTC", at("2026-11-27T03:15:00Z")))).toBe("2026-11-28T03:15:00.000Z");
  expect(text(nextRun("15 3 * * *", "Europe/Berlin", at("2026-11-27T00:00:00Z")))).toBe("2026-11-27T02:15:00.000Z");
  expect(text(nextRun("@weekly", "UTC", at("2026-11-27T00:00:00Z")))).toBe("2026-11-29T00:00:00.000Z");
  const quarters = { after: at("2026-11-27T10:00:00Z"), until: at("2026-11-27T11:00:00Z"), max: 10 };
  expect(runsBetween("*/15 * * * *", "UTC", quarters).map(text)).toEqual(
    ["10:15", "10:30", "10:45", "11:00"].map((time) => `2026-11-27T${time}:00.000Z`),
  );
  expect(runsBetween("* * * * *", "UTC", { ...quarters, max: 3 })).toHaveLength(3);
});

test("the night in which clocks are changed has each hour at most once", () => {
  const spring = { after: at("2026-03-28T12:00:00Z"), until: at("2026-03-30T12:00:00Z"), max: 10 };
  expect(runsBetween("30 2 * * *", "Europe/Berlin", spring)).toHaveLength(2);
  const autumn = { after: at("2026-10-24T12:00:00Z"), until: at("2026-10-26T12:00:00Z"), max: 10 };
  expect(runsBetween("30 2 * * *", "Europe/Berlin", autumn)).toHaveLength(2);
});

test("what comes next does not depend on what was asked before, forward or back", () => {
  const asked = ["2026-11-27T10:07:00Z", "2026-11-27T10:14:59Z", "2026-11-27T10:15:00Z", "2026-11-27T10:59:00Z"];
  const next = (time: string) => text(nextRun("*/15 * * * *", "Europe/Berlin", at(time)))?.slice(11, 16);
  expect([...asked, ...asked.toReversed(), "2026-11-27T10:06:59Z"].map(next)).toEqual([
    "10:15",
    "10:15",
    "10:30",
    "11:00",
    "11:00",
    "10:30",
    "10:15",
    "10:15",
    "10:15",
  ]);
  expect(text(nextRun("*/15 * * * *", "Asia/Kathmandu", at("2026-11-27T10:07:00Z")))).toContain("T10:15");
});

test.each([
  ["", undefined, /no cron expression/],
  ["61 * * * *", undefined, /no cron expression/],
  ["* * * *", undefined, /no cron expression/],
  ["* * * * * *", undefined, /no cron expression/],
  ["tomorrow", undefined, /no cron expression/],
  ["@reboot", undefined, /no cron expression/],
  ["2126-12-01T00:00:00", undefined, /no cron expression/],
  ["0 0 30 2 *", undefined, /never due/],
  ["0 3 * * *", "Mars/Olympus", /no time zone/],
])("%p in %p is refused with the reason", (expression, zone, problem) => {
  expect(cronProblem(expression, zone)).toMatch(problem);
});

test("a schedule says what is wrong with which of it", () => {
  expect(scheduleProblem({ a: { cron: "@daily", action: "backup", keep: 3 } })).toBeUndefined();
  expect(scheduleProblem({ a: { cron: "@daily", action: "save", keep: 3 } })).toBe("schedule.a: keep is for backups");
  expect(scheduleProblem({ b: { cron: "@daily", action: "save", countdownSeconds: 3 } })).toMatch(
    /^schedule.b: .*restarts/,
  );
  expect(scheduleProblem({ c: { cron: "x", action: "save" } })).toMatch(/^schedule.c: "x" is no cron/);
});

import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { parsePoint, seqAtTime } from "#ctl/audit/point";

test.each([
  ["4711", { kind: "seq", seq: 4711 }],
  ["round:12", { kind: "round", round: 12 }],
  ["90s", { kind: "time", ms: 1_000_000 - 90_000 }],
  ["2h", { kind: "time", ms: 1_000_000 - 7_200_000 }],
  ["2026-11-22T14:05:00Z", { kind: "time", ms: Date.UTC(2026, 10, 22, 14, 5) }],
])("%s is a point", (text, point) => {
  expect(parsePoint(text, "--since", 1_000_000)).toEqual(point);
});

test.each(["", "-1", "round:", "10 minutes", "2026-13-40", "yesterday"])("%s is none", (text) => {
  expect(() => parsePoint(text, "--since", 0)).toThrow("--since");
});

test("the first message of a time is found in a log, with its beginning purged and after its end", async () => {
  const clock = new ManualClock();
  const log = new MemoryLog(clock);
  const times: number[] = [];
  for (let n = 0; n < 9; n++) {
    times.push(clock.now());
    log.store("a", new Uint8Array([n]));
    clock.advance(10);
  }
  await log.purgeBelow(3);
  const at = async (ms: number) => seqAtTime(log, await log.info(), ms);
  expect(await at(times[4]!)).toBe(5);
  expect(await at(times[4]! + 1)).toBe(6);
  expect(await at(0)).toBe(3);
  expect(await at(clock.now() + 1)).toBe(10);
});

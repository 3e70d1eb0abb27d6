import { steadyClock } from "#core/adapters/node-clock";

/** `at`: what a clock that cannot be set shows; `wall`: what the machine's clock shows then. */
const shown = (readings: readonly { at: number; wall: number }[]): number[] => {
  let reading = readings[0]!;
  const now = steadyClock(
    () => reading.wall,
    () => reading.at,
  );
  return readings.map((next) => {
    reading = next;
    return now();
  });
};

test("it follows the machine's clock, also when that jumps ahead", () => {
  const readings = [
    { at: 0, wall: 5_000 },
    { at: 10, wall: 5_010 },
    { at: 20, wall: 65_020 },
    { at: 30.7, wall: 65_030 },
  ];
  expect(shown(readings)).toEqual([5_000, 5_010, 65_020, 65_030]);
});

test("set back by an hour, it goes on from where it was, and follows again when the machine has caught up", () => {
  const hour = 3_600_000;
  const readings = [
    { at: 0, wall: hour },
    { at: 100, wall: 100 },
    { at: 600.5, wall: 600 },
    { at: 700, wall: hour + 900 },
  ];
  expect(shown(readings)).toEqual([hour, hour + 100, hour + 600, hour + 900]);
});

test("set back by little, it stands still until then: many small corrections do not add up", () => {
  const readings = [
    { at: 0, wall: 10_000 },
    { at: 100, wall: 9_600 },
    { at: 200, wall: 9_700 },
    { at: 900, wall: 10_400 },
  ];
  expect(shown(readings)).toEqual([10_000, 10_000, 10_000, 10_400]);
});

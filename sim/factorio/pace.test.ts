import { Pace } from "#sim/factorio/pace";

test("sixty ticks are due in a second, however unevenly one looks", () => {
  const pace = new Pace(1, 0);
  let ticks = 0;
  for (let now = 0; now < 10_000; now += 1 + (now % 29)) ticks += pace.take(now);
  expect(Math.abs(ticks - 600)).toBeLessThanOrEqual(2);
});

test("the speed multiplies", () => {
  const pace = new Pace(10, 0);
  expect(pace.take(99)).toBe(60);
});

test("a stall is not made up for", () => {
  const pace = new Pace(1, 0);
  expect(pace.take(60_000)).toBeLessThanOrEqual(13);
});

test("the wait ends when the next tick is due, not before", () => {
  const pace = new Pace(1, 0);
  pace.take(0);
  const wait = pace.wait(5);
  expect([pace.take(5 + wait - 1), pace.take(5 + wait)]).toEqual([0, 1]);
});

test("after a pause one tick is due, not all that were missed", () => {
  const pace = new Pace(1, 0);
  pace.take(0);
  pace.resume(1_000_000);
  expect(pace.take(1_000_000)).toBe(1);
});

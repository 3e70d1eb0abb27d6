import {
  ALARM_AGAIN_MS,
  type Fill,
  type Growth,
  grown,
  NO_GROWTH,
  NOT_WARNED,
  outlookOf,
  type Warned,
  warned,
} from "#projector/ledger/growth";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const fill = (at: number, bytes: number, more: Partial<Fill> = {}): Fill => ({
  at,
  bytes,
  bytesMax: 10_000_000,
  since: undefined,
  ...more,
});

/** Looks each second for so long; `bytes` at each moment. */
const watched = (ms: number, bytes: (at: number) => number, from: Growth = NO_GROWTH): Growth => {
  let growth = from;
  for (let at = 0; at <= ms; at += 1_000) growth = grown(growth, fill(at, bytes(at)));
  return growth;
};

test("the rate is that of the last hour, and a purge takes nothing from it", () => {
  const steady = (at: number) => 1_000 + at / 36; // 100,000 an hour
  const growth = watched(2 * HOUR, (at) => (at < HOUR ? steady(at) : steady(at) - 90_000));
  expect(outlookOf(growth, fill(2 * HOUR, 111_000)).bytesPerHour).toBeCloseTo(100_000, -3);
  const busier = watched(3 * HOUR, (at) => (at < 2 * HOUR ? steady(at) : steady(2 * HOUR) + (at - 2 * HOUR) / 3.6));
  expect(outlookOf(busier, fill(3 * HOUR, 1)).bytesPerHour).toBeGreaterThan(980_000);
});

test("samples stay few, however long one leader leads", () => {
  expect(watched(3 * HOUR, (at) => at).samples.length).toBeLessThan(65);
});

test("right after a start the rate is that since the first message kept; of ten minutes nothing is said", () => {
  const growth = watched(1_000, () => 240_000);
  expect(outlookOf(growth, fill(24 * HOUR, 240_000, { since: 0 })).bytesPerHour).toBe(10_000);
  expect(outlookOf(growth, fill(9 * MINUTE, 240_000, { since: 0 }))).toEqual({});
  expect(outlookOf(growth, fill(9 * MINUTE, 240_000))).toEqual({});
});

test("days left are until grants stop, at 95 % of the limit", () => {
  const growth = watched(1_000, () => 1);
  const daysLeft = (more: Partial<Fill>) =>
    outlookOf(growth, fill(24 * HOUR, 2_400_000, { since: 0, ...more })).daysLeft;
  expect(daysLeft({})).toBeCloseTo((9_500_000 - 2_400_000) / 2_400_000, 1);
  expect(daysLeft({ bytesMax: 2_000_000 })).toBe(0);
  expect(daysLeft({ bytesMax: Number.POSITIVE_INFINITY })).toBeUndefined();
  expect(outlookOf(growth, fill(24 * HOUR, 0, { since: 0 }))).toEqual({ bytesPerHour: 0 });
});

test("an alarm comes at once when it gets worse, else every ten minutes, and ends when it is well again", () => {
  let state: Warned = NOT_WARNED;
  const said = (at: number, bytes: number, daysLeft?: number): string | undefined => {
    const [next, alarm] = warned(state, fill(at, bytes), daysLeft === undefined ? {} : { daysLeft });
    state = next;
    return alarm;
  };
  expect(said(0, 1_000_000, 30)).toBeUndefined();
  expect(said(1, 1_000_000, 3.9)).toMatch(/full in 3.9 days.*ledger archive/);
  expect(said(2, 1_000_000, 3.8)).toBeUndefined();
  expect(said(3, 6_999_999, 3.8)).toBeUndefined();
  expect(said(4, 7_000_000, 2)).toMatch(/used 70 % of its limit: archive/);
  expect(said(5, 9_500_001, 0)).toMatch(/used 95 % .* nothing is granted/);
  expect(said(4 + ALARM_AGAIN_MS, 9_600_000)).toBeUndefined();
  expect(said(5 + ALARM_AGAIN_MS, 9_600_000)).toMatch(/used 96 %/);
  expect(said(6 + ALARM_AGAIN_MS, 1_000_000)).toBeUndefined();
  expect(said(7 + ALARM_AGAIN_MS, 8_000_000)).toMatch(/used 80 %/);
});

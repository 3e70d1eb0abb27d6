import fc from "fast-check";
import { bytesPerTick } from "#bridge/rcon/segments";
import {
  asks,
  atRate,
  BURST_MS,
  newTurns,
  next,
  RANKS,
  type Rank,
  STARVED_MS,
  said,
  type Turns,
} from "#bridge/rcon/turns";

const NOW = 1_000_000;
/** 100 bytes a tick, 60 ticks a second. */
const RATE = 6;
const COMMAND_BYTES = 1_500;

interface Ask {
  readonly rank: Rank;
  readonly bytes: number;
}

/** Lets every asker ask again as soon as its turn was over, for `ms`; what went out, in order. */
const play = (askers: readonly Ask[], ms: number, rate = RATE) => {
  let turns = atRate(newTurns(NOW), rate, NOW);
  const out: { readonly id: number; readonly at: number; readonly waited: number; readonly bytes: number }[] = [];
  const since = askers.map(() => NOW);
  for (const [id, { rank }] of askers.entries()) turns = asks(turns, { id, rank, since: NOW });
  for (let now = NOW; now < NOW + ms; ) {
    const [after, chosen] = next(turns, now);
    turns = after;
    if (chosen.kind === "idle") break;
    if (chosen.kind === "wait") {
      now += chosen.ms;
      continue;
    }
    const { rank, bytes } = askers[chosen.id]!;
    out.push({ id: chosen.id, at: now, waited: now - since[chosen.id]!, bytes });
    since[chosen.id] = now;
    turns = asks(said(turns, bytes, now), { id: chosen.id, rank, since: now });
  }
  return out;
};

test("the game's settings say how many bytes a tick there are; without players there is no limit", () => {
  expect([0, 1, 10, 15, 20, 40].map((players) => bytesPerTick(players))).toEqual([
    Number.POSITIVE_INFINITY,
    100,
    100,
    62.5,
    25,
    25,
  ]);
});

const asker = fc.record({ rank: fc.constantFrom(...RANKS), bytes: fc.integer({ min: 50, max: COMMAND_BYTES }) });

test("RT1: never more than the rate, a burst and one command, over any stretch of time", () => {
  fc.assert(
    fc.property(fc.array(asker, { minLength: 1, maxLength: 8 }), fc.constantFrom(1.5, RATE), (askers, rate) => {
      const out = play(askers, 5_000, rate);
      let most = 0;
      for (const [from, { at: began }] of out.entries()) {
        let bytes = 0;
        for (const one of out.slice(from)) {
          bytes += one.bytes;
          most = Math.max(most, bytes - rate * (one.at - began + BURST_MS));
        }
      }
      expect(most).toBeLessThanOrEqual(COMMAND_BYTES);
    }),
    { numRuns: 50 },
  );
});

test("RT1: an idle minute gives a burst and no more, also when the game takes in less than before", () => {
  const bytes = 600;
  const sentAfter = (idle: Turns) => {
    let turns = idle;
    for (let id = 0; id < 5; id++) turns = asks(turns, { id, rank: "delivery", since: NOW + 60_000 });
    let sent = 0;
    for (let [after, chosen] = next(turns, NOW + 60_000); chosen.kind === "turn"; sent += bytes)
      [after, chosen] = next(said(after, bytes, NOW + 60_000), NOW + 60_000);
    return sent;
  };
  const idle = atRate(newTurns(NOW), RATE, NOW);
  expect(sentAfter(idle)).toBe(RATE * BURST_MS);
  expect(sentAfter(atRate(idle, 3, NOW + 60_000))).toBe(3 * BURST_MS);
});

test("RT2: what has not waited long goes by rank", () => {
  let turns = atRate(newTurns(NOW), RATE, NOW);
  for (const [id, rank] of [...RANKS].reverse().entries()) turns = asks(turns, { id, rank, since: NOW - id });
  const order: number[] = [];
  for (let n = 0; n < RANKS.length; n++) {
    const [after, chosen] = next(turns, NOW);
    turns = after;
    if (chosen.kind === "turn") order.push(chosen.id);
  }
  expect(order).toEqual([3, 2, 1, 0]);
});

test("RT3: levels behind an endless stream of deliveries have their turn every few seconds", () => {
  const out = play(
    [
      { rank: "delivery", bytes: 1_500 },
      { rank: "delivery", bytes: 1_500 },
      { rank: "level", bytes: 800 },
    ],
    60_000,
  );
  const levels = out.filter(({ id }) => id === 2);
  expect(levels.length).toBeGreaterThan(20);
  // Its own turn, and what may go out before it once it has waited too long.
  const behind = (2 * COMMAND_BYTES) / RATE;
  for (const { waited } of levels) expect(waited).toBeLessThanOrEqual(STARVED_MS + behind);
});

test("RT3: however many wait too long, deliveries keep every other turn", () => {
  const crowd = Array.from({ length: 40 }, (): Ask => ({ rank: "signal", bytes: 500 }));
  const out = play([{ rank: "delivery", bytes: 500 }, ...crowd], 60_000);
  const late = out.filter(({ at }) => at > NOW + STARVED_MS);
  expect(late.filter(({ id }) => id === 0).length).toBeGreaterThanOrEqual(Math.floor(late.length / 2));
  expect(new Set(late.map(({ id }) => id)).size).toBe(crowd.length + 1);
});

test("everybody who asks has a turn in bounded time, whatever the mixture", () => {
  fc.assert(
    fc.property(fc.array(asker, { minLength: 1, maxLength: 8 }), (askers) => {
      const out = play(askers, 20_000);
      expect(new Set(out.map(({ id }) => id)).size).toBe(askers.length);
      const bound = STARVED_MS + (2 * askers.length * COMMAND_BYTES) / RATE;
      expect(Math.max(...out.map(({ waited }) => waited))).toBeLessThanOrEqual(bound);
    }),
    { numRuns: 50 },
  );
});

test("without players everything goes out at once; when some come, no debt of before counts", () => {
  let turns: Turns = newTurns(NOW);
  turns = said(turns, 1_000_000, NOW);
  turns = asks(turns, { id: 1, rank: "level", since: NOW });
  expect(next(turns, NOW)[1]).toEqual({ kind: "turn", id: 1 });
  turns = said(atRate(turns, RATE, NOW), COMMAND_BYTES, NOW);
  expect(next(turns, NOW)[1]).toEqual({ kind: "wait", ms: (COMMAND_BYTES - RATE * BURST_MS) / RATE });
  expect(next(atRate(turns, Number.POSITIVE_INFINITY, NOW), NOW)[1]).toEqual({ kind: "turn", id: 1 });
});

test("a clock that is set back gives nothing and takes nothing", () => {
  const turns = said(atRate(newTurns(NOW), RATE, NOW), 2_000, NOW);
  const waiting = asks(turns, { id: 1, rank: "level", since: NOW });
  expect(next(waiting, NOW - 60_000)[1]).toEqual(next(waiting, NOW)[1]);
});

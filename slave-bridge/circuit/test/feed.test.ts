import fc from "fast-check";
import { Feed } from "#bridge/circuit/feed";
import { type Change, decodeFeed, FEED_COMMAND_BYTES_MAX, feedCommand } from "#bridge/circuit/payload";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { wrap32 } from "#core/signal";

const TAG = "t0k3";
const payloadOf = (command: string): string => command.slice(`/cs ${TAG} `.length);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const changes = fc
  .dictionary(fc.nat(5_000).map(String), int32, { maxKeys: 60 })
  .map((entries) => Object.entries(entries).map(([number, n]): Change => [Number(number), n]))
  .map((list) => list.sort((a, b) => a[0] - b[0]));

test("what is encoded is decoded", () => {
  fc.assert(
    fc.property(
      changes,
      fc.nat(2_000),
      fc.nat(100_000),
      fc.boolean(),
      fc.boolean(),
      (all, feed, counter, start, end) => {
        const { command, count } = feedCommand(TAG, { feed, counter, start, end }, all);
        expect(command.length).toBeLessThanOrEqual(FEED_COMMAND_BYTES_MAX);
        expect(decodeFeed(payloadOf(command))).toEqual({
          feed,
          counter,
          start,
          end: end && count === all.length,
          changes: all.slice(0, count),
        });
      },
    ),
  );
});

test("one changed signal is a command that travels whole: far below 50 characters, whatever its value", () => {
  for (const value of [1, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    const { command } = feedCommand(TAG, { feed: 3, counter: 900, start: false, end: false }, [[4_000, value]]);
    expect(command.length).toBeLessThanOrEqual(25);
  }
});

/** A game that takes commands as the mod does. */
class Taker {
  values = new Map<number, number>();
  #old = new Map<number, number>();
  #counter = -1;

  /** False for a command out of order. */
  take(command: string): boolean {
    const told = decodeFeed(payloadOf(command))!;
    if (told.start) {
      this.#old = new Map([...this.#old, ...this.values]);
      this.values = new Map();
    } else if (told.counter !== this.#counter + 1) return false;
    this.#counter = told.counter;
    for (const [number, difference] of told.changes) {
      this.#old.delete(number);
      const value = wrap32((this.values.get(number) ?? 0) + difference);
      if (value === 0) this.values.delete(number);
      else this.values.set(number, value);
    }
    if (told.end) this.#old = new Map();
    return true;
  }

  get shown(): ReadonlyMap<number, number> {
    return new Map([...this.#old, ...this.values]);
  }
}

const values = fc
  .dictionary(fc.nat(400).map(String), int32, { maxKeys: 300 })
  .map(
    (all) => new Map(Object.entries(all).flatMap(([n, value]) => (value === 0 ? [] : [[Number(n), value] as const]))),
  );

const tell = (feed: Feed, taker: Taker, wanted: ReadonlyMap<number, number>): void => {
  for (let next = feed.next(TAG, wanted); next !== undefined; next = feed.next(TAG, wanted)) {
    if (taker.take(next.command)) next.took();
    else feed.restart();
  }
};

test("whatever is wanted is what the game shows in the end, also after it forgot, or took a command that nobody heard of", () => {
  const trouble = fc.constantFrom("none", "new epoch", "lost reply", "restart");
  fc.assert(
    fc.property(fc.array(fc.tuple(values, trouble), { minLength: 1, maxLength: 6 }), (turns) => {
      let feed = new Feed(1, 0);
      const taker = new Taker();
      for (const [wanted, what] of turns) {
        if (what === "new epoch") feed = new Feed(1, feed.epoch + 1);
        if (what === "restart") feed.restart();
        const lost = what === "lost reply" ? feed.next(TAG, wanted) : undefined;
        if (lost !== undefined) taker.take(lost.command);
        tell(feed, taker, wanted);
        expect([...taker.shown].sort(([a], [b]) => a - b)).toEqual([...wanted].sort(([a], [b]) => a - b));
      }
    }),
    { numRuns: 60 },
  );
});

test("FD2: while a long feed is told from the beginning, what it showed before stays until the last command", () => {
  const many = (from: number) => new Map(Array.from({ length: 600 }, (_, n) => [n, from + n] as const));
  const taker = new Taker();
  tell(new Feed(1, 0), taker, many(1_000_000));
  const again = new Feed(1, 1);
  const first = again.next(TAG, many(2_000_000))!;
  taker.take(first.command);
  first.took();
  expect(taker.shown.size).toBe(600);
  expect([taker.shown.get(0), taker.shown.get(599)]).toEqual([2_000_000, 1_000_599]);
  tell(again, taker, many(2_000_000));
  expect(taker.shown.get(599)).toBe(2_000_599);
});

/** Levels as a cluster has them: mostly thousands, now and then millions; and by how much they change in a second. */
const levels = (seed: number, digits: readonly number[]): Map<number, number> => {
  const random = new SeededRandom(seed);
  return new Map(
    Array.from({ length: 400 }, (_, n) => {
      const long = digits[random.below(digits.length)]!;
      return [n, 10 ** (long - 1) + random.below(9 * 10 ** (long - 1))] as const;
    }),
  );
};
const bytesToTell = (feed: Feed, wanted: ReadonlyMap<number, number>): number => {
  let bytes = 0;
  for (let next = feed.next(TAG, wanted); next !== undefined; next = feed.next(TAG, wanted)) {
    bytes += Buffer.byteLength(next.command);
    next.took();
  }
  return bytes;
};

test("400 levels take less than 1,600 bytes, when they are told for the first time and when all of them changed", () => {
  const feed = new Feed(0, 0);
  const before = levels(1, [2, 3, 3, 4, 4, 4, 5, 6]);
  expect(bytesToTell(feed, before)).toBeLessThan(1_600);
  const random = new SeededRandom(2);
  const after = new Map(
    [...before].map(([n, level]) => [n, Math.max(1, level + random.below(2_000) - 1_000)] as const),
  );
  expect(bytesToTell(feed, after)).toBeLessThan(1_600);
  // Differences cost what changed, not what is there: a store of a thousand millions.
  const rich = new Feed(0, 0);
  const high = new Map([...before].map(([n, level]) => [n, level + 1_000_000_000] as const));
  bytesToTell(rich, high);
  expect(bytesToTell(rich, new Map([...high].map(([n, level]) => [n, level + 999] as const)))).toBeLessThan(1_600);
});

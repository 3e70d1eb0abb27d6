import fc from "fast-check";
import type { RoundBody } from "#core/events/ledger";
import { splitRound } from "#projector/split-round";

const total = fc.maxSafeInteger().map(Math.abs);
const resource = fc.integer({ min: 1, max: 395 }).map((length) => `item:${"x".repeat(length)}`);
const levels = fc.dictionary(resource, total, { maxKeys: 6 });
const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const name = fc.string({ minLength: 1, maxLength: 100, unit: fc.constantFrom("a", "\u0001", "é", '"') });
const token = fc.constant("0".repeat(32));
const session = fc.record({
  owner: fc.constant("000000000-aaaa"),
  open: fc.boolean(),
  seed: total,
  untakeable: fc.array(resource, { maxLength: 3 }),
});
const world = fc.record(
  {
    ...{ token, seq: total, tick: total, session },
    r: fc.dictionary(resource, fc.array(total, { minLength: 1, maxLength: 10 }), { maxKeys: 6 }),
  },
  { requiredKeys: [] },
);
const instance = fc.record({
  ...{ config: fc.record({ name, seed: total, autosaveSeconds: total }), slave: id },
  ...{ epoch: total, generation: total, owner: fc.constant("000000000-aaaa") },
});
const position = fc.record({ created: fc.constant("2".repeat(64)), seq: total, id: fc.constant("i".repeat(64)) });
const body = fc.record(
  {
    position,
    instances: fc.dictionary(id, instance, { maxKeys: 6 }),
    worlds: fc.dictionary(
      id.map((of) => `${of}.1.${"w".repeat(40)}`),
      world,
      { maxKeys: 6 },
    ),
    ...{ storage: levels, shortfall: levels },
  },
  { requiredKeys: [] },
) as fc.Arbitrary<RoundBody>;

test("a round is left whole exactly when its text fits", () => {
  const seen = { whole: 0, split: 0 };
  fc.assert(
    fc.property(body, fc.double({ min: 0.2, max: 3, noNaN: true }), (round, part) => {
      const bytes = JSON.stringify(round).length;
      for (const bytesMax of [Math.ceil(bytes * part), bytes, bytes - 1]) {
        const isWhole = splitRound(round, bytesMax)[0] === round;
        expect(isWhole).toBe(bytes <= bytesMax);
        seen[isWhole ? "whole" : "split"]++;
      }
    }),
    { seed: 20_261_127, numRuns: 400 },
  );
  expect(Math.min(seen.whole, seen.split)).toBeGreaterThan(300);
});

import fc from "fast-check";
import { ledgerMessages } from "#core/events/ledger";
import { plainRound } from "#core/events/round-decoder";
import { TOTAL_MAX } from "#core/resource";

const key = fc.constantFrom("item:iron-plate", "item:coal:rare", "fluid:water:15", "energy");
const boot = fc.stringMatching(/^[0-9a-z]{9}-[0-9a-z]{4}$/);
const opt = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const levels = fc.dictionary(key, fc.oneof(fc.nat(), fc.constant(TOTAL_MAX)), { maxKeys: 3 });
const session = fc.record({
  owner: fc.oneof(boot, fc.constant("")),
  open: fc.boolean(),
  seed: fc.nat(),
  untakeable: opt(fc.array(key, { maxLength: 2 })),
});
const world = fc.record({
  token: opt(fc.constantFrom("", "~00000000a-aaaa.3", "abcdefghij")),
  seq: opt(fc.nat()),
  tick: opt(fc.nat()),
  session: opt(session),
  r: opt(fc.dictionary(key, fc.array(fc.integer(), { maxLength: 10 }), { maxKeys: 3 })),
});
const instance = fc.record({
  config: opt(
    fc.record({ name: fc.string({ minLength: 1, maxLength: 100 }), seed: fc.nat(), autosaveSeconds: fc.nat(86_400) }),
  ),
  ...{
    slave: fc.string({ maxLength: 32 }),
    epoch: fc.nat(),
    generation: fc.nat(),
    owner: fc.constantFrom("", "00000000a-aaaa"),
  },
});
/** As the ledger's bytes give it: what is undefined is not there. */
const round = fc
  .record({
    ...{ v: fc.constant(1), round: fc.nat(), boot, closedAt: fc.nat() },
    prev: fc.constantFrom("", "a".repeat(43)),
    sum: opt(fc.constantFrom("0123abcd", "ffffffff")),
    position: opt(
      fc.record({ created: fc.string({ maxLength: 64 }), seq: fc.nat(), id: fc.string({ maxLength: 64 }) }),
    ),
    worlds: opt(fc.dictionary(fc.constantFrom("a.1", "b.2.0a1b2c3d"), world, { maxKeys: 2 })),
    instances: opt(fc.dictionary(fc.constantFrom("a", "b-2"), instance, { maxKeys: 2 })),
    ...{ storage: opt(levels), shortfall: opt(levels) },
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

const junk = fc.constantFrom<unknown>(
  null,
  "",
  "x",
  -1,
  0.5,
  2 ** 53,
  {},
  [],
  { x: 1 },
  { "item:iron-plate": -1 },
  true,
);

/** The same value with something odd put in at a random place, or something there left out. */
const spoil = (value: unknown, path: number[], odd: unknown): unknown => {
  if (typeof value !== "object" || value === null || path.length === 0) return odd;
  const [at = 0, ...rest] = path;
  const keys = [...Object.keys(value), "propertyIsEnumerable"];
  const spoiled = keys[at % keys.length]!;
  const inner: unknown = Reflect.get(value, spoiled);
  const put = spoil(rest.length === 0 ? undefined : inner, rest, odd);
  if (Array.isArray(value)) return Object.assign([...(value as unknown[])], { [at % (value.length + 1)]: put });
  return { ...value, [spoiled]: put };
};

test("a round that is read by hand is what the schema reads", () => {
  fc.assert(
    fc.property(round, (value) => {
      expect(plainRound(value)).toBeDefined();
      expect(ledgerMessages.round.parse(value)).toEqual(plainRound(value));
    }),
    { numRuns: 300 },
  );
});

test("what the schema refuses or reads otherwise is left to it", () => {
  let left = 0;
  fc.assert(
    fc.property(round, fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }), junk, (value, path, odd) => {
      const spoiled = spoil(value, path, odd);
      const plain = plainRound(spoiled);
      if (plain === undefined) left++;
      else expect(ledgerMessages.round.parse(spoiled)).toEqual(plain);
    }),
    { numRuns: 3_000 },
  );
  expect(left).toBeGreaterThan(1_000);
});

test("a missing header field and an unknown one are the schema's", () => {
  const whole = { v: 1, round: 3, boot: "00000000a-aaaa", closedAt: 5, prev: "" };
  expect(plainRound(whole)).toEqual(whole);
  expect(plainRound({ ...whole, more: {} })).toBeUndefined();
  for (const field of Object.keys(whole)) {
    const { [field as keyof typeof whole]: _, ...rest } = whole;
    expect(plainRound(rest)).toBeUndefined();
  }
});

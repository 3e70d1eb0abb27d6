import fc from "fast-check";
import { allocate, CARRY_ONE, type Rule } from "#core/allocation/allocate";
import { type Demander, unfairness } from "#sim/cluster/fair-shares";

/** What the checker calls fair (C7), held against what is shipped: two ways to the same shares. */
const claim = fc.record({
  demand: fc.integer({ min: 1, max: 90 }),
  weight: fc.integer({ min: 1, max: 9 }),
  tier: fc.integer({ min: 0, max: 2 }),
  carry: fc.integer({ min: -CARRY_ONE, max: CARRY_ONE }),
});
const round = fc.record({
  rule: fc.constantFrom<Rule>("max-min", "proportional", "priority"),
  available: fc.integer({ min: 1, max: 300 }),
  claims: fc.array(claim, { minLength: 1, maxLength: 6 }),
});

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;

const grantedIn = ({ rule, available, claims }: Round): Demander[] => {
  const named = claims.map((each, index) => ({ ...each, id: `w${index}` }));
  const shares = allocate(rule, available, named);
  return named.map(({ id, demand, weight, tier, carry }, index): Demander => {
    const share = shares[index];
    const carriedOn = (share?.carry ?? 0) / CARRY_ONE;
    return { name: id, demand, weight, tier, carry: carry / CARRY_ONE, granted: share?.grant ?? 0, carriedOn };
  });
};

test("C7 what is shipped is fair", () => {
  fc.assert(
    fc.property(round, (each) => {
      expect(unfairness(each.rule, each.available, grantedIn(each))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test("C7 what floating point leaves of a tier is nothing for the next one", () => {
  const claims = [
    { demand: 1, weight: 1, tier: 1, carry: 0 },
    { demand: 1, weight: 1, tier: 0, carry: 0 },
    { demand: 11, weight: 3, tier: 0, carry: 0 },
    { demand: 30, weight: 8, tier: 0, carry: -349_534 },
    { demand: 15, weight: 4, tier: 0, carry: -699_058 },
  ];
  expect(unfairness("priority", 56, grantedIn({ rule: "priority", available: 56, claims }))).toBeUndefined();
});

test("C7 a unit more for one and less for another is not, nor a unit kept back", () => {
  fc.assert(
    fc.property(round, (each) => {
      const [first, ...others] = grantedIn(each);
      const other = others.find(({ granted }) => granted > 0);
      fc.pre(first !== undefined && other !== undefined && first.granted < first.demand);
      const robbed = others.map((one) => (one === other ? { ...one, granted: one.granted - 1 } : one));
      const { rule, available } = each;
      expect(unfairness(rule, available, [{ ...first, granted: first.granted + 1 }, ...robbed])).toBeDefined();
      expect(unfairness(rule, available, [first, ...robbed])).toMatch(/^granted \d+ of \d+/);
    }),
    { numRuns: 200 },
  );
});

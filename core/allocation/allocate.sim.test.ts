import fc from "fast-check";
import { allocate, CARRY_ONE, type Claim, type Rule, WEIGHT_MAX } from "#core/allocation/allocate";
import { referenceAllocate } from "#core/allocation/reference";

const TOTAL_MAX = 2 ** 53 - 2 ** 32;
const RULES: readonly Rule[] = ["max-min", "proportional", "priority"];
const settings = (numRuns: number) => ({ seed: 20261122, numRuns });

/** Small, middling and huge alike, so that ties and overflows both occur. */
const pieces = (min: number) =>
  fc.oneof(
    fc.integer({ min, max: 12 }),
    fc.integer({ min, max: 100_000 }),
    fc.integer({ min, max: TOTAL_MAX }),
    fc.integer({ min: TOTAL_MAX - 5, max: TOTAL_MAX }),
  );
const carries = fc.oneof(fc.constant(0), fc.integer({ min: -3 * CARRY_ONE, max: 3 * CARRY_ONE }));
const weights = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: WEIGHT_MAX }));

interface Parts {
  demand?: fc.Arbitrary<number>;
  weight?: fc.Arbitrary<number>;
}
const claimsOf = ({ demand = pieces(1), weight = weights }: Parts = {}) =>
  fc
    .array(fc.record({ demand, weight, tier: fc.integer({ min: 0, max: 2 }), carry: carries }), { maxLength: 12 })
    .chain((rows) =>
      fc
        .shuffledSubarray(
          rows.map((_, index) => `w${index}.1`),
          { minLength: rows.length },
        )
        .map((ids) => rows.map((row, index): Claim => ({ ...row, id: ids[index]! }))),
    );
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const sumBig = (numbers: readonly number[]) => numbers.reduce((total, number) => total + BigInt(number), 0n);
const claim = (id: string, demand: number, more: Partial<Claim> = {}): Claim => ({
  id,
  demand,
  weight: 1,
  tier: 0,
  carry: 0,
  ...more,
});
const grants = (rule: Rule, available: number, claims: readonly Claim[]) =>
  allocate(rule, available, claims).map(({ grant }) => grant);

describe.each(RULES)("%s", (rule) => {
  test("A1 the grants use all that is wanted and available", () => {
    fc.assert(
      fc.property(pieces(0), claimsOf(), (available, claims) => {
        const wanted = sumBig(claims.map(({ demand }) => demand));
        const granted = sumBig(grants(rule, available, claims));
        expect(granted).toBe(wanted < BigInt(available) ? wanted : BigInt(available));
      }),
      settings(400),
    );
  });

  test("A2 no grant is negative, a fraction or above its demand", () => {
    fc.assert(
      fc.property(pieces(0), claimsOf(), (available, claims) => {
        grants(rule, available, claims).forEach((grant, index) => {
          expect(Number.isSafeInteger(grant) && grant >= 0 && grant <= claims[index]!.demand).toBe(true);
        });
      }),
      settings(400),
    );
  });

  test("A4 the order of the claims doesn't matter", () => {
    const both = claimsOf().chain((claims) =>
      fc.tuple(fc.constant(claims), fc.shuffledSubarray(claims, { minLength: claims.length })),
    );
    fc.assert(
      fc.property(pieces(0), both, (available, [claims, shuffled]) => {
        const byId = (order: readonly Claim[]) => {
          const shares = allocate(rule, available, order);
          return Object.fromEntries(order.map(({ id }, index) => [id, shares[index]]));
        };
        expect(byId(shuffled)).toEqual(byId(claims));
      }),
      settings(400),
    );
  });

  test("A6 a round changes each carry by less than a unit and their sum not at all", () => {
    fc.assert(
      fc.property(pieces(0), claimsOf(), (available, claims) => {
        const shares = allocate(rule, available, claims);
        expect(sum(shares.map(({ carry }) => carry))).toBe(sum(claims.map(({ carry }) => carry)));
        shares.forEach(({ grant, carry }, index) => {
          const change = carry - claims[index]!.carry;
          expect(Math.abs(change)).toBeLessThanOrEqual(CARRY_ONE);
          if (grant === claims[index]!.demand && change !== 0) expect(change).toBeLessThan(0);
        });
      }),
      settings(400),
    );
  });

  test("two equal claims that both get less than they want differ by one unit at most", () => {
    fc.assert(
      fc.property(pieces(0), claimsOf({ weight: fc.integer({ min: 1, max: 2 }) }), (available, claims) => {
        const given = grants(rule, available, claims);
        const short = claims.flatMap((one, index) =>
          given[index]! < one.demand ? [{ ...one, grant: given[index]! }] : [],
        );
        for (const a of short) {
          for (const b of short) {
            if (a.weight !== b.weight || a.tier !== b.tier) continue;
            if (rule === "proportional" && a.demand !== b.demand) continue;
            expect(Math.abs(a.grant - b.grant)).toBeLessThanOrEqual(1);
          }
        }
      }),
      settings(400),
    );
  });

  test("the reference comes to the same grants and carries", () => {
    fc.assert(
      fc.property(pieces(0), claimsOf(), (available, claims) => {
        expect(allocate(rule, available, claims)).toEqual(referenceAllocate(rule, available, claims));
      }),
      settings(1500),
    );
  });
});

describe("max-min", () => {
  /** Leximin by its definition: again and again one unit to a world that has least and still wants. */
  const unitByUnit = (available: number, demands: readonly number[]) => {
    const given = demands.map(() => 0);
    for (let left = available; left > 0; left--) {
      const wanting = given.flatMap((grant, index) => (grant < demands[index]! ? [{ grant, index }] : []));
      if (wanting.length === 0) break;
      given[wanting.reduce((least, one) => (one.grant < least.grant ? one : least)).index]! += 1;
    }
    return given.sort((a, b) => a - b);
  };

  test("A3 equal weights get the leximin optimum", () => {
    const small = claimsOf({ demand: fc.integer({ min: 1, max: 12 }), weight: fc.constant(7) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80 }), small, (available, claims) => {
        const demands = claims.map(({ demand }) => demand);
        expect(grants("max-min", available, claims).sort((a, b) => a - b)).toEqual(unitByUnit(available, demands));
      }),
      settings(600),
    );
  });

  test.each(["max-min", "priority"] as const)("A5 asking for more never helps (%s)", (rule) => {
    const lie = claimsOf()
      .filter((claims) => claims.length > 0)
      .chain((claims) => fc.tuple(fc.constant(claims), fc.nat(claims.length - 1), pieces(1)));
    fc.assert(
      fc.property(pieces(0), lie, (available, [claims, liar, more]) => {
        const honest = grants(rule, available, claims)[liar]!;
        const truth = claims[liar]!.demand;
        const demand = Math.min(TOTAL_MAX, truth + more);
        const lying = claims.map((one, index) => (index === liar ? { ...one, demand } : one));
        expect(Math.min(truth, grants(rule, available, lying)[liar]!)).toBeLessThanOrEqual(honest);
      }),
      settings(600),
    );
  });

  test("small demands are met whole, the others share what is left by weight", () => {
    const claims = [claim("a", 3), claim("b", 100), claim("c", 100, { weight: 3 })];
    expect(grants("max-min", 43, claims)).toEqual([3, 10, 30]);
  });

  test("a unit left over goes to who was short-changed most, then by id", () => {
    const poor = [claim("a", 9), claim("b", 9, { carry: 5 }), claim("c", 9)];
    expect(allocate("max-min", 4, poor).map(({ grant }) => grant)).toEqual([1, 2, 1]);
    // Three fractions of a third can't all be written in 2^-20; where the odd 2^-20 goes is the dither's business.
    const level = allocate("max-min", 5, [claim("b", 9), claim("c", 9), claim("a", 9)]);
    expect(level.map(({ grant }) => grant)).toHaveLength(3);
    expect(level.map(({ carry }) => Math.round((carry / CARRY_ONE) * 3)).sort()).toEqual([-1, -1, 2]);
    const halves = [claim("b", 9), claim("a", 9)];
    expect(allocate("max-min", 3, halves)).toEqual([
      { grant: 1, carry: CARRY_ONE / 2 },
      { grant: 2, carry: -CARRY_ONE / 2 },
    ]);
  });
});

test.each(RULES)("huge demands within a few pieces of the level come out as in the reference (%s)", (rule) => {
  const near = fc
    .tuple(
      fc.integer({ min: 2 ** 30, max: 2 ** 38 }),
      fc.array(fc.tuple(weights, fc.integer({ min: -2, max: 2 })), { minLength: 2, maxLength: 12 }),
    )
    .map(([level, rows]) => rows.map(([weight, off], index) => claim(`w${index}.1`, level * weight + off, { weight })));
  fc.assert(
    fc.property(near, fc.integer({ min: 1, max: 9 }), (claims, less) => {
      const available = sum(claims.map(({ demand }) => demand)) - less;
      expect(allocate(rule, available, claims)).toEqual(referenceAllocate(rule, available, claims));
    }),
    settings(600),
  );
});

test("priority serves the first tier before the next sees anything", () => {
  const claims = [
    claim("a", 10, { tier: 4 }),
    claim("b", 6, { tier: 1 }),
    claim("c", 6, { tier: 1 }),
    claim("d", 5, { tier: 9 }),
  ];
  expect(grants("priority", 11, claims)).toEqual([0, 6, 5, 0]);
  expect(grants("priority", 15, claims)).toEqual([3, 6, 6, 0]);
});

test("proportional meets the same part of every demand, more where the weight is greater", () => {
  expect(grants("proportional", 30, [claim("a", 20), claim("b", 40)])).toEqual([10, 20]);
  expect(grants("proportional", 30, [claim("a", 20, { weight: 2 }), claim("b", 40)])).toEqual([15, 15]);
  expect(grants("proportional", 50, [claim("a", 20, { weight: 9 }), claim("b", 40)])).toEqual([20, 30]);
});

test("enough for all, or nothing at all, leaves carries alone", () => {
  const claims = [claim("a", 2, { carry: 77 }), claim("b", 3, { carry: -77, tier: 1 })];
  for (const rule of RULES) {
    expect(allocate(rule, 5, claims)).toEqual([
      { grant: 2, carry: 77 },
      { grant: 3, carry: -77 },
    ]);
    expect(allocate(rule, 0, claims)).toEqual([
      { grant: 0, carry: 77 },
      { grant: 0, carry: -77 },
    ]);
    expect(allocate(rule, 5, [])).toEqual([]);
  }
});

test.each([
  ["no demand", 1, [claim("a", 0)]],
  ["a fraction of a piece", 1, [claim("a", 1.5)]],
  ["weight 0", 1, [claim("a", 1, { weight: 0 })]],
  ["a weight above the limit", 1, [claim("a", 1, { weight: WEIGHT_MAX + 1 })]],
  ["a negative tier", 1, [claim("a", 1, { tier: -1 })]],
  ["a carry that is no integer", 1, [claim("a", 1, { carry: 0.5 })]],
  ["negative stock", -1, [claim("a", 1)]],
  ["stock that is no number", Number.NaN, [claim("a", 1)]],
  ["one world twice", 1, [claim("a", 1), claim("a", 2)]],
])("%s is a bug and crashes", (_, available, claims) => {
  expect(() => allocate("max-min", available, claims)).toThrow(RangeError);
});

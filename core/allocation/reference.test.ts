import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Claim, Rule } from "#core/allocation/claim";
import { referenceAllocate } from "#core/allocation/reference";

/**
 * The reference, which audits rest on, against the definitions of the rules: what makes an allocation max-min fair, or
 * proportional, is said here without a way to find one.
 */
const RULES: readonly Rule[] = ["max-min", "proportional", "priority"];
const TOTAL_MAX = 2 ** 53 - 2 ** 32;

const pieces = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: TOTAL_MAX - 5, max: TOTAL_MAX }),
);
const weights = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 }));
const claims = fc
  .array(
    fc.record({
      demand: pieces,
      weight: weights,
      tier: fc.integer({ min: 0, max: 2 }),
      carry: fc.integer({ min: -3_000_000, max: 3_000_000 }),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((rows) => rows.map((row, index): Claim => ({ ...row, id: `w${index}.1` })));
const stock = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 300_000 }),
  fc.integer({ min: 0, max: TOTAL_MAX }),
);

const total = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, n) => sum + n, 0n);

/**
 * Weighted max-min, by its definition: nobody can get more without somebody getting less who has no more for his weight
 * already. In whole units: no one who lacks something has, for his weight, more than a unit less than anybody else has.
 */
const isFair = (given: readonly { grant: bigint; demand: bigint; pull: bigint }[]): boolean =>
  given.every(
    (poor) =>
      poor.grant === poor.demand ||
      given.every((rich) => rich.grant === 0n || (rich.grant - 1n) * poor.pull <= (poor.grant + 1n) * rich.pull),
  );

test.each(RULES)(
  "%s: all that can be granted is, nobody gets too much, and the shares are fair by definition",
  (rule) => {
    fc.assert(
      fc.property(stock, claims, (available, wished) => {
        const shares = referenceAllocate(rule, available, wished);
        const given = wished.map((claim, index) => {
          const demand = BigInt(claim.demand);
          const pull = BigInt(claim.weight) * (rule === "proportional" ? demand : 1n);
          return { tier: claim.tier, demand, pull, grant: BigInt(shares[index]!.grant) };
        });
        const wanted = total(given.map(({ demand }) => demand));
        const granted = total(given.map(({ grant }) => grant));
        expect(granted).toBe(wanted < BigInt(available) ? wanted : BigInt(available));
        expect(given.every(({ grant, demand }) => grant >= 0n && grant <= demand)).toBe(true);
        const tiers = rule === "priority" ? [0, 1, 2] : [undefined];
        for (const tier of tiers) {
          const group = given.filter((one) => tier === undefined || one.tier === tier);
          expect(isFair(group)).toBe(true);
          const lacks = group.some(({ grant, demand }) => grant < demand);
          // Who comes later gets nothing while one before lacks anything.
          if (lacks)
            expect(given.every((one) => tier === undefined || one.tier <= tier || one.grant === 0n)).toBe(true);
        }
        // What a carry gains, another loses: nobody is made whole out of nothing.
        expect(total(shares.map(({ carry }) => BigInt(carry)))).toBe(total(wished.map(({ carry }) => BigInt(carry))));
      }),
      { seed: 20_261_170, numRuns: 300 },
    );
  },
);

test("it shares no code with the fast allocation: only the shape of a claim", () => {
  const text = readFileSync(join(__dirname, "reference.ts"), "utf8");
  const imports = [...text.matchAll(/^import (type )?.*? from "(.*?)";/gm)].map((match) => [match[1], match[2]]);
  expect(imports).toEqual([["type ", "#core/allocation/claim"]]);
  // Numbers only where they come in and go out.
  expect(text).not.toMatch(/Math\./);
});

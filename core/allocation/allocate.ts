/**
 * How one resource's stock is shared among the worlds that want it, in one round.
 *
 * | rule | who gets what when there is too little |
 * |---|---|
 * | `max-min` | the same amount per weight, nobody above its demand |
 * | `proportional` | the same part of its demand per weight, nobody above its demand |
 * | `priority` | tiers in rising order, max-min within each |
 *
 * A1 Nothing is wasted: the grants add up to the stock or to what is wanted, whichever is less.
 * A2 No grant is negative or above its demand; together they never exceed the stock.
 * A3 max-min: small demands are met whole and the others share the rest by weight. With equal weights the grants are the
 *    leximin optimum, and two worlds that got less than they wanted differ by one unit at most.
 * A4 The order of the claims doesn't matter.
 * A5 max-min and priority: within a round, claiming more than one needs never brings more of what one needs.
 *    `proportional` can't promise that, which is why it isn't the default.
 * A6 What whole units can't express is carried: a world's carry changes by its exact share less its grant, rounded to
 *    2^-20, and a round never changes the sum of all carries.
 * A7 No carry ever exceeds the bound of its case (leftovers.ts).
 *
 * reference.ts says the same in the plainest way; tests and the audit compare the two.
 */
import { assertClaim, type Bid, type Claim, type Rule, type Share } from "#core/allocation/claim";
import { maxMin } from "#core/allocation/max-min";
import { proportional } from "#core/allocation/proportional";

export { CARRY_ONE, type Claim, type Rule, type Share, WEIGHT_MAX } from "#core/allocation/claim";

/** The shares, in the order of the claims. O(n log n) where there is too little, O(n) where there is enough. */
export function allocate(rule: Rule, available: number, claims: readonly Claim[]): Share[] {
  if (!Number.isSafeInteger(available) || available < 0)
    throw new RangeError(`allocation: ${available} pieces are available`);
  claims.forEach(assertClaim);
  const bids = claims.map(
    ({ id, demand, weight, tier, carry }): Bid => ({ id, demand, weight, tier, carry, grant: 0 }),
  );
  if (available > 0 && !enoughForAll(available, bids)) RULES[rule](available, bids);
  return bids.map(({ grant, carry }) => ({ grant, carry }));
}

const RULES: Readonly<Record<Rule, (available: number, bids: Bid[]) => void>> = {
  "max-min": maxMin,
  proportional,
  priority(available, bids) {
    let rest = available;
    for (const tier of tiers(bids)) {
      if (!enoughForAll(rest, tier)) {
        // What is nothing for the tier is no round for it either: carries stay.
        if (rest > 0) maxMin(rest, tier);
        return;
      }
      for (const bid of tier) rest -= bid.demand;
    }
  },
};

/** Grants everything to everybody if there is enough; otherwise changes nothing. */
const enoughForAll = (available: number, bids: readonly Bid[]): boolean => {
  let rest = available;
  // Subtracting stays exact where the sum of the demands might not fit a number.
  for (const { demand } of bids) {
    rest -= demand;
    if (rest < 0) return false;
  }
  for (const bid of bids) bid.grant = bid.demand;
  return true;
};

const tiers = (bids: readonly Bid[]): Bid[][] => {
  const byTier = new Map<number, Bid[]>();
  for (const bid of bids) {
    const tier = byTier.get(bid.tier);
    if (tier === undefined) byTier.set(bid.tier, [bid]);
    else tier.push(bid);
  }
  return [...byTier].sort(([a], [b]) => a - b).map(([, tier]) => tier);
};

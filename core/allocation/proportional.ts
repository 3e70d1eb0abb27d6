import { type Bid, CARRY_ONE } from "#core/allocation/claim";
import { ditherOfBig, handOutLeftovers, inOrderOfId } from "#core/allocation/leftovers";

/**
 * The same part of each demand, times the weight, for a stock > 0 that doesn't reach for all: a claim's share of the rest
 * is as demand × weight, and the heavy ones whose share would exceed their demand are met whole first.
 *
 * In BigInt, since demand × weight alone may pass 2^53; this runs only where a policy asks for it and there is too little.
 */
export const proportional = (available: number, bids: readonly Bid[]): void => {
  // A share reaches its demand when sum ≤ rest × weight, so the heaviest are met first, whatever they demand.
  const order = [...bids].sort((a, b) => b.weight - a.weight);
  let rest = BigInt(available);
  let sum = order.reduce((total, bid) => total + pull(bid), 0n);
  let met = 0;
  for (const bid of order) {
    if (sum > rest * BigInt(bid.weight)) break;
    bid.grant = bid.demand;
    rest -= BigInt(bid.demand);
    sum -= pull(bid);
    met++;
  }
  shareByPull(rest, inOrderOfId(order.slice(met)), sum);
};

const pull = (bid: Bid): bigint => BigInt(bid.demand) * BigInt(bid.weight);

const shareByPull = (rest: bigint, short: Bid[], sum: bigint): void => {
  let left = Number(rest);
  let dither = ditherOfBig(short, sum);
  for (const bid of short) {
    const part = rest * pull(bid);
    bid.grant = Number(part / sum);
    left -= bid.grant;
    const fine = (part % sum) * BigInt(CARRY_ONE) + dither;
    dither = fine % sum;
    bid.carry += Number(fine / sum);
  }
  handOutLeftovers(left, short);
};

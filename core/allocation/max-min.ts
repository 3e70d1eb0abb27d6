import { type Bid, CARRY_ONE } from "#core/allocation/claim";
import { ditherOf, handOutLeftovers, inOrderOfId } from "#core/allocation/leftovers";

/**
 * Weighted max-min by water-filling, for a stock > 0 that doesn't reach for all. Claims are met whole in order of demand
 * per weight until one asks for more than its part of the rest; that one and all after it share the rest.
 *
 * Exact without BigInt: a stock of level × weights + rem gives each weight w `level × w`, at most the stock itself, and
 * its part of rem < weights ≤ 1000 n. Every product stays below 2^53 up to eight million claims.
 */
export const maxMin = (available: number, bids: readonly Bid[]): void => {
  const order = [...bids].sort(byDemandPerWeight);
  let rest = available;
  let weights = order.reduce((sum, { weight }) => sum + weight, 0);
  let met = 0;
  for (const bid of order) {
    if (bid.demand > wholePart(rest, bid.weight, weights)) break;
    bid.grant = bid.demand;
    rest -= bid.demand;
    weights -= bid.weight;
    met++;
  }
  shareByWeight(rest, inOrderOfId(order.slice(met)), weights);
};

/** floor(rest × weight / weights) */
const wholePart = (rest: number, weight: number, weights: number): number => {
  const rem = rest % weights;
  return ((rest - rem) / weights) * weight + Math.floor((rem * weight) / weights);
};

const byDemandPerWeight = (a: Bid, b: Bid): number => {
  // Rounding keeps the order of two quotients or makes them equal; only then is the slow, exact comparison needed.
  const rounded = a.demand / a.weight - b.demand / b.weight;
  if (rounded !== 0) return rounded;
  const [aRem, bRem] = [a.demand % a.weight, b.demand % b.weight];
  return (a.demand - aRem) / a.weight - (b.demand - bRem) / b.weight || aRem * b.weight - bRem * a.weight;
};

/** Whole parts to all, fractions to their carries, and the units left over to the largest carries. */
const shareByWeight = (rest: number, short: Bid[], weights: number): void => {
  const rem = rest % weights;
  const level = (rest - rem) / weights;
  let left = rest;
  let dither = ditherOf(short, weights);
  for (const bid of short) {
    const fraction = (rem * bid.weight) % weights;
    bid.grant = level * bid.weight + (rem * bid.weight - fraction) / weights;
    left -= bid.grant;
    const fine = fraction * CARRY_ONE + dither;
    dither = fine % weights;
    bid.carry += (fine - dither) / weights;
  }
  handOutLeftovers(left, short);
};

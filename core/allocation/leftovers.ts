/**
 * The units that whole numbers leave over, and who has been short-changed most.
 *
 * Each unsatisfied world first gets the whole part of its exact share; the fraction goes to its carry. The units left
 * over, fewer than there are worlds, go one each to the largest carries, and each lowers its carry by one unit. Since an
 * unsatisfied world's exact share is below its demand, one unit more is never too much.
 *
 * How far can a carry get (A7)? This is the chairman assignment problem, also known as a cup-emptying game, and for
 * changing sets of claimants the carpool problem; the rule is their greedy algorithm. n counts the worlds that ever
 * claimed the resource.
 *  - The same worlds in every round, equal weights: below 1, since carries then never lie further apart than 1.
 *  - The same worlds in every round, any weights, one unit left over each time: H_n (Coppersmith et al., "The optimality
 *    of the online greedy algorithm in carpool and chairman assignment problems", ACM TALG 7(3), 2011).
 *  - Anything else, that is other worlds, weights and numbers of units in each round: (n − 1) / 2. No rule does better
 *    than (n − 1) / 4: who lets only worlds of equal carry meet in pairs over one unit drives them apart by a unit each
 *    time, whoever wins (Ajtai et al., "Fairness in scheduling", J. Algorithms 29, 1998). H_n can't hold there, nor for
 *    fixed worlds with varying numbers of units (Kuszmaul and Westover, "The variable-processor cup game", ITCS 2021).
 *
 * Why (n − 1) / 2: the j largest carries add up to at most j (n − j) / 2. Let T hold the j largest after a round that raised
 * their sum. Then T has q ≥ 1 claimants that got no unit left over, the largest with carry M, and p ≥ 1 winners are outside;
 * a winner's carry before its unit was at least M, so it is at least M − 1 now. Neither T without its q losers nor T with
 * the p winners gained in this round: sum(T) ≤ g(j − q) + q M and sum(T) ≤ g(j + p) − p (M − 1) for g(j) = j (n − j) / 2.
 * p times the first plus q times the second is (p + q) sum(T) ≤ p g(j − q) + q g(j + p) + p q = (p + q) g(j) − (p + q) p q / 2
 * + p q ≤ (p + q) g(j). The smallest carries are bounded likewise, as all add up to 0.
 */
import { type Bid, CARRY_ONE } from "#core/allocation/claim";

/** Sorts in place. Two claims of one world are a bug of the caller. */
export const inOrderOfId = (bids: Bid[]): Bid[] =>
  bids.sort((a, b) => {
    if (a.id === b.id) throw new RangeError(`allocation: ${a.id} claims twice`);
    return a.id < b.id ? -1 : 1;
  });

/** Gives the `left` largest carries one unit each. `short` is in order of id, which breaks ties; it is sorted in place. */
export const handOutLeftovers = (left: number, short: Bid[]): void => {
  short.sort((a, b) => b.carry - a.carry);
  for (const bid of short.slice(0, left)) {
    bid.grant += 1;
    bid.carry -= CARRY_ONE;
  }
};

const DITHER_BITS = 20;

/**
 * Where in 0..sum−1 the rounding of fractions to 2^-20 starts. The error of each is handed to the next, so that the carries
 * still add up; were the start always 0, the same worlds would win and lose there in every round, a unit in a million
 * rounds. So it is drawn from the carries: the same for all who recompute the round, without a direction in the long run.
 */
export const ditherOf = (short: readonly Bid[], sum: number): number =>
  Math.floor((mix(short) * sum) / 2 ** DITHER_BITS);

export const ditherOfBig = (short: readonly Bid[], sum: bigint): bigint =>
  (BigInt(mix(short)) * sum) >> BigInt(DITHER_BITS);

/** DITHER_BITS bits that depend on every carry (murmur3's mixing steps). */
const mix = (short: readonly Bid[]): number => {
  let hash = 0;
  for (const { carry } of short) {
    hash = Math.imul(hash ^ carry, 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return Math.imul(hash, 0xc2b2ae35) >>> (32 - DITHER_BITS);
};

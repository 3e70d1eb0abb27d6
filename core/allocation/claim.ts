/** The carry's unit: 2^-20 of one piece of the resource. */
export const CARRY_ONE = 1 << 20;
/** Enough to tell servers apart; small enough that weighing 2^53 pieces needs no BigInt. */
export const WEIGHT_MAX = 1000;

/** One world's wish for one resource, in one round. */
export interface Claim {
  /** The world's id: unique among the claims, breaks ties. */
  readonly id: string;
  /** Pieces still wanted, above 0. */
  readonly demand: number;
  /** 1..WEIGHT_MAX. */
  readonly weight: number;
  /** Rising from 0; only `priority` looks at it. */
  readonly tier: number;
  /** How much this world has been short-changed so far, signed, in 1/CARRY_ONE pieces. */
  readonly carry: number;
}

export interface Share {
  readonly grant: number;
  readonly carry: number;
}

export type Rule = "max-min" | "proportional" | "priority";

/** A claim while a round is decided: the rules write `grant` and `carry`. */
export interface Bid extends Claim {
  grant: number;
  carry: number;
}

/** A claim outside these bounds is a bug of the caller, so it crashes. */
export const assertClaim = ({ id, demand, weight, tier, carry }: Claim): void => {
  if (!Number.isSafeInteger(demand) || demand <= 0) throw new RangeError(`allocation: ${id} demands ${demand}`);
  if (!Number.isInteger(weight) || weight < 1 || weight > WEIGHT_MAX)
    throw new RangeError(`allocation: ${id} has weight ${weight}`);
  if (!Number.isSafeInteger(tier) || tier < 0) throw new RangeError(`allocation: ${id} is in tier ${tier}`);
  if (!Number.isSafeInteger(carry)) throw new RangeError(`allocation: ${id} carries ${carry}`);
};

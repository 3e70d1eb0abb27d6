/**
 * The same rules as allocate.ts in the plainest way that could be right: exact fractions in BigInt, no sorting for speed,
 * O(n²). It shares no code with the fast one but the shape of a claim, so that tests and the audit compare two opinions.
 */
import type { Claim, Rule, Share } from "#core/allocation/claim";

const ONE = 1n << 20n;

interface Seat {
  readonly claim: Claim;
  readonly demand: bigint;
  /** The share of what is contended is as pull to pull. */
  readonly pull: bigint;
  grant: bigint;
  carry: bigint;
}

export function referenceAllocate(rule: Rule, available: number, claims: readonly Claim[]): Share[] {
  const seats = claims.map((claim): Seat => {
    const demand = BigInt(claim.demand);
    const pull = rule === "proportional" ? demand * BigInt(claim.weight) : BigInt(claim.weight);
    return { claim, demand, pull, grant: 0n, carry: BigInt(claim.carry) };
  });
  let stock = BigInt(available);
  for (const tier of rule === "priority" ? rising(claims.map((claim) => claim.tier)) : [undefined]) {
    const group = seats.filter(({ claim }) => tier === undefined || claim.tier === tier);
    stock = pour(stock, group);
  }
  return seats.map(({ grant, carry }) => ({ grant: Number(grant), carry: Number(carry) }));
}

const rising = (numbers: number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);
const total = (numbers: bigint[]): bigint => numbers.reduce((sum, number) => sum + number, 0n);

/** Shares `stock` and returns what nobody wanted. */
const pour = (stock: bigint, group: Seat[]): bigint => {
  let short = group;
  let rest = stock;
  // Whoever wants no more than its part of the rest is met; that leaves the others no smaller parts, so ask again.
  for (;;) {
    const sum = total(short.map((seat) => seat.pull));
    const met = short.filter((seat) => seat.demand * sum <= rest * seat.pull);
    if (met.length === 0) break;
    for (const seat of met) seat.grant = seat.demand;
    rest -= total(met.map((seat) => seat.demand));
    short = short.filter((seat) => !met.includes(seat));
  }
  if (short.length === 0 || rest === 0n) return rest;

  short.sort((a, b) => (a.claim.id < b.claim.id ? -1 : 1));
  const sum = total(short.map((seat) => seat.pull));
  for (const seat of short) seat.grant = (rest * seat.pull) / sum;
  // Fractions in 2^-20, by rounding the running sum, from a start that the carries choose.
  const start = (carryHash(short) * sum) >> 20n;
  let before = 0n;
  for (const seat of short) {
    const after = before + ((rest * seat.pull) % sum);
    seat.carry += (after * ONE + start) / sum - (before * ONE + start) / sum;
    before = after;
  }
  let left = rest - total(short.map((seat) => seat.grant));
  const waiting = new Set(short);
  for (; left > 0n; left--) {
    const first = [...waiting].reduce((best, seat) => (seat.carry > best.carry ? seat : best));
    first.grant += 1n;
    first.carry -= ONE;
    waiting.delete(first);
  }
  return 0n;
};

const carryHash = (short: Seat[]): bigint => {
  let hash = 0n;
  for (const { claim } of short) {
    hash = BigInt.asUintN(32, (hash ^ BigInt(claim.carry)) * 0x85ebca6bn);
    hash ^= hash >> 13n;
  }
  return BigInt.asUintN(32, hash * 0xc2b2ae35n) >> 12n;
};

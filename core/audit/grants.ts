import type { Claim, Share } from "#core/allocation/claim";
import { referenceAllocate } from "#core/allocation/reference";
import type { Book, Objection } from "#core/audit/book";
import type { DecidedRound } from "#core/audit/round";
import type { Balances } from "#core/audit/step";
import type { Account, State, Stock } from "#core/fold/state";

/**
 * Every grant of a round, recomputed from the ledger alone (V7).
 *
 * A round records absolutes after facts *and* grants, so the state between the two is derived:
 * - Facts change `allocated` in two ways only: a statement of `received` raises it to what the world holds, and a
 *   recall (a sync that lists the resource as untakeable) lowers it to `received`. Within a session `received` never
 *   falls, so for a world without a session record in the round, granted from = max(allocated before, received after),
 *   and grant = allocated after − granted from.
 * - Grants are the last thing that a round does to storage: storage before them = storage after + Σ grants.
 * - Nothing but a grant changes a carry: the carry before the grants is that of the round before.
 * - Demand = target after − granted from, for open worlds that can take the resource; a grant never goes beyond the
 *   target, so where allocated ends above it, nothing was granted.
 *
 * For a world whose session began in the round, statements made before the sync are folded away and may have raised
 * `allocated` further. The same formula is tried; if it does not fit, the resource is counted as not recomputable.
 */
export interface Seat {
  readonly account: Account;
  /** `allocated` when the grants began. */
  readonly from: number;
  readonly granted: number;
  readonly demand: number;
  readonly carry: number;
  /** False when `from` is a guess. */
  readonly certain: boolean;
}

export type GrantsVerdict =
  | { readonly kind: "nothing" }
  | { readonly kind: "recomputed"; readonly grants: number; readonly certain: boolean }
  | { readonly kind: "ambiguous" }
  | { readonly kind: "wrong"; readonly objection: Objection };

const takes = ({ world, stock }: Account): boolean => world.open && !world.untakeable.has(stock.key);

/** What an account was granted from, and how much: see above. */
export const seatOf = (account: Account, before: Balances, renewed: boolean): Seat => {
  const { allocated, received, target } = account;
  const raised = Math.max(before.allocated, received);
  const mayBeGranted = takes(account) && allocated <= target;
  const from = !renewed ? raised : mayBeGranted ? Math.min(raised, allocated) : allocated;
  const demand = takes(account) ? Math.max(0, target - from) : 0;
  return { account, from, granted: allocated - from, demand, carry: before.carry, certain: !renewed || !mayBeGranted };
};

/** A rule for one id or resource; "constructor" is an id, and every object inherits one. */
const ruleFor = <T>(rules: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(rules, key) ? rules[key] : undefined;

/** Units that could be granted when the grants of these seats began. */
export const availableFor = (state: State, stock: Stock, seats: readonly Pick<Seat, "granted">[]): number => {
  const granted = seats.reduce((sum, seat) => sum + seat.granted, 0);
  return stock.storage + granted - (ruleFor(state.policies.resources, stock.key)?.reserve ?? 0);
};

const claimOf = ({ policies }: State, { account, demand, carry }: Seat): Claim => {
  const { id, instance } = account.world;
  const weight = ruleFor(policies.weights, instance) ?? 1;
  return { id, demand, weight, tier: ruleFor(policies.tiers, instance) ?? 0, carry };
};

const sharesOf = (state: State, available: number, claims: readonly Claim[]): readonly Share[] => {
  let rest = available;
  for (const { demand } of claims) rest -= demand;
  if (rest >= 0) return claims.map(({ demand, carry }) => ({ grant: demand, carry }));
  if (available <= 0) return claims.map(({ carry }) => ({ grant: 0, carry }));
  return referenceAllocate(state.policies.rule, available, claims);
};

const wrong = ({ account, granted }: Seat, expected: Share): Objection => {
  const where = { resource: account.stock.key, world: account.world.id };
  if (granted === expected.grant) {
    return { rule: "carry", ...where, expected: `carry ${expected.carry}`, found: `carry ${account.carry}` };
  }
  const from = account.allocated - granted;
  return {
    rule: "grant",
    ...where,
    expected: `a grant of ${expected.grant} (allocated ${from + expected.grant})`,
    found: `a grant of ${granted} (allocated ${account.allocated})`,
  };
};

const byWorld = (a: Account, b: Account): number => (a.world.id < b.world.id ? -1 : 1);

/** Recomputes the grants of one resource in a round under the rules that held then. */
export const checkGrants = (state: State, book: Book, round: DecidedRound, stock: Stock): GrantsVerdict => {
  const seats = book
    .accountsOf(stock.key)
    .sort(byWorld)
    .map((account) => seatOf(account, round.before(account), round.renewed(account)));
  const touched = seats.filter((seat) => seat.granted !== 0 || seat.carry !== seat.account.carry);
  if (touched.length === 0) return { kind: "nothing" };
  const asking = seats.filter((seat) => seat.demand > 0);
  const shares = sharesOf(
    state,
    availableFor(state, stock, seats),
    asking.map((seat) => claimOf(state, seat)),
  );
  const expected = new Map(asking.map((seat, index) => [seat, shares[index]!]));
  for (const seat of seats) {
    const share = expected.get(seat) ?? { grant: 0, carry: seat.carry };
    if (share.grant === seat.granted && share.carry === seat.account.carry) continue;
    if (seats.some(({ certain }) => !certain)) return { kind: "ambiguous" };
    return { kind: "wrong", objection: wrong(seat, share) };
  }
  const certain = touched.some((seat) => seat.certain);
  return { kind: "recomputed", grants: touched.filter(({ granted }) => granted > 0).length, certain };
};

/** A world that still wants what could be granted to it, when a round left storage beside demand (V8). */
export const leftWanting = (state: State, book: Book, stock: Stock): Account | undefined => {
  if (availableFor(state, stock, []) <= 0) return undefined;
  return book
    .accountsOf(stock.key)
    .sort(byWorld)
    .find((account) => takes(account) && account.target > account.allocated);
};

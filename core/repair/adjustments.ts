import type { LedgerBody } from "#core/events/ledger";
import { setAdjusted, setShortfall, setStorage } from "#core/fold/records";
import { type State, stockOf } from "#core/fold/state";
import { type ResourceKey, TOTAL_MAX } from "#core/resource";

/**
 * What operators added to storage and took from it stands in no save: the old ledger says it, or AUDIT, which has every
 * command that was carried out.
 *
 * RP5 what the old ledger says is carried over to the unit. A command that only AUDIT tells is carried out again, in the
 *     order of then: less of it than was asked for where storage, or what was owed, has less.
 */
export type Adjusting = Extract<LedgerBody, { readonly type: "adjusted" | "resource-renamed" }>;

/** A command that AUDIT says was carried out, and that the readable part of the old ledger does not hold. */
export interface ToldCommand {
  /** Broker time (ms) and sequence in AUDIT of its asking. */
  readonly at: number;
  readonly seq: number;
  readonly body: Adjusting;
}

export interface Carried {
  readonly resource: ResourceKey;
  /** Signed units. */
  readonly amount: number;
  /** Left out: the sum that the old ledger holds. */
  readonly told?: ToldCommand;
}

const atMost = (n: number): number => Math.min(TOTAL_MAX, n);

/** Adds to what there is: what worlds hold beyond that is repaid first, since these may be the units that they hold. */
const raise = (state: State, resource: ResourceKey, amount: number): number => {
  const { storage, shortfall, adjusted } = stockOf(state, resource);
  const repaid = Math.min(shortfall, amount);
  const stored = Math.min(amount - repaid, TOTAL_MAX - storage);
  setShortfall(state, resource, shortfall - repaid);
  setStorage(state, resource, storage + stored);
  setAdjusted(state, resource, adjusted + repaid + stored);
  return repaid + stored;
};

const lower = (state: State, resource: ResourceKey, amount: number): number => {
  const { storage, adjusted } = stockOf(state, resource);
  const taken = Math.min(storage, amount);
  setStorage(state, resource, storage - taken);
  setAdjusted(state, resource, adjusted - taken);
  return 0 - taken;
};

const carryTold = (state: State, told: ToldCommand): Carried[] => {
  const { type, data } = told.body;
  if (type === "resource-renamed") {
    const [from, to] = [data.from as ResourceKey, data.to as ResourceKey];
    if (from === to) return [];
    const taken = lower(state, from, stockOf(state, from).storage);
    return [
      { resource: from, amount: taken, told },
      { resource: to, amount: raise(state, to, -taken), told },
    ];
  }
  const [resource, { amount, world }] = [data.resource as ResourceKey, data];
  // A debt is the cluster's shortfall in the new ledger: no more of it is written off than that.
  const asked = world === undefined ? amount : Math.min(Math.max(0, amount), stockOf(state, resource).shortfall);
  return [{ resource, amount: asked < 0 ? lower(state, resource, -asked) : raise(state, resource, asked), told }];
};

/** Storage and shortfall of each resource from what the worlds' totals leave (`net`), and what operators changed. RP5 */
export const setLevels = (
  state: State,
  net: ReadonlyMap<ResourceKey, number>,
  { old, told }: { readonly old: State; readonly told: readonly ToldCommand[] },
): Carried[] => {
  const carried: Carried[] = [];
  for (const { key, adjusted } of old.stocks.values()) {
    if (adjusted !== 0) carried.push({ resource: key, amount: adjusted });
  }
  carried.sort((a, b) => (a.resource < b.resource ? -1 : 1));
  const sums = new Map(carried.map(({ resource, amount }) => [resource, amount]));
  for (const key of new Set([...net.keys(), ...sums.keys()])) {
    const [adjusted, level] = [sums.get(key) ?? 0, (net.get(key) ?? 0) + (sums.get(key) ?? 0)];
    setStorage(state, key, atMost(Math.max(0, level)));
    setShortfall(state, key, atMost(Math.max(0, -level)));
    setAdjusted(state, key, adjusted);
  }
  return [...carried, ...told.flatMap((command) => carryTold(state, command))];
};

const sameKey = ({ type, data }: Adjusting): string =>
  type === "adjusted"
    ? JSON.stringify([type, data.user, data.resource, data.amount, data.world ?? "", data.reason])
    : JSON.stringify([type, data.user, data.from, data.to, data.reason]);

/** Takes from the first list whatever has a like in the second, one for one: what is left of both. */
export const unmatched = <A extends { readonly body: Adjusting }, B extends { readonly body: Adjusting }>(
  first: readonly A[],
  second: readonly B[],
): { readonly first: A[]; readonly second: B[] } => {
  const waiting = new Map<string, B[]>();
  for (const one of second) waiting.set(sameKey(one.body), [...(waiting.get(sameKey(one.body)) ?? []), one]);
  const left = first.filter((one) => waiting.get(sameKey(one.body))?.shift() === undefined);
  return { first: left, second: second.filter((one) => waiting.get(sameKey(one.body))?.includes(one) === true) };
};

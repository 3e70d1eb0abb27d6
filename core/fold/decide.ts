import { allocate, type Claim } from "#core/allocation/allocate";
import type { RoundBody, WorldRecord } from "#core/events/ledger";
import { assertBalanced, demandOf, grant, releaseHeld } from "#core/fold/moves";
import { accountRecordOf, instanceRecordOf, sessionRecordOf } from "#core/fold/records";
import { type Account, hasChanges, type State, type Stock } from "#core/fold/state";

/** A rule for one id or resource; a plain look-up would find what every object inherits ("constructor" is an id). */
const ruleFor = <T>(rules: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(rules, key) ? rules[key] : undefined;

/** What the next round may grant of a resource. */
const availableOf = (state: State, stock: Stock): number =>
  stock.storage - (ruleFor(state.policies.resources, stock.key)?.reserve ?? 0);

/** What is never granted of a resource. */
export const reserveOf = (state: State, stock: Stock): number => stock.storage - availableOf(state, stock);

/** What one account claims in the next round. */
export const claimOf = ({ policies }: State, account: Account): Claim => ({
  id: account.world.id,
  demand: demandOf(account),
  weight: ruleFor(policies.weights, account.world.instance) ?? 1,
  tier: ruleFor(policies.tiers, account.world.instance) ?? 0,
  carry: account.carry,
});

/** True when somebody waits for what the next round says: a grant, or a session that begins or ends. */
export const isUrgent = (state: State, mayGrant: boolean): boolean => {
  if (state.changes.instances.length > 0 || state.changes.worlds.some((world) => world.sessionChanged)) return true;
  if (!mayGrant) return false;
  for (const stock of state.hungry) if (stock.claimants.size > 0 && availableOf(state, stock) > 0) return true;
  return false;
};

/** Grants one resource's storage, less its reserve, among the worlds that want it. */
const allocateStock = (state: State, stock: Stock): void => {
  const { policies } = state;
  const available = availableOf(state, stock);
  if (available <= 0 || stock.claimants.size === 0) return;
  const accounts = [...stock.claimants];
  const claims = accounts.map((account) => claimOf(state, account));
  const shares = allocate(policies.rule, available, claims);
  for (const [i, account] of accounts.entries()) grant(state, account, shares[i]!.grant, shares[i]!.carry);
};

const roundBodyOf = (state: State): RoundBody => {
  const { changes } = state;
  const worlds: Record<string, WorldRecord> = {};
  for (const world of changes.worlds) {
    const { token, seq, tick } = world;
    // A token changes only with its session: restating it in every round would be a tenth of the ledger.
    worlds[world.id] = world.sessionChanged ? { token, seq, tick, session: sessionRecordOf(world) } : { seq, tick };
  }
  for (const account of changes.accounts) {
    const world = worlds[account.world.id]!;
    world.r ??= {};
    world.r[account.stock.key] = accountRecordOf(account);
  }
  const body: RoundBody = {};
  if (state.position !== undefined) body.position = state.position;
  if (changes.instances.length > 0) {
    body.instances = Object.fromEntries(changes.instances.map((i) => [i.id, instanceRecordOf(i)]));
  }
  if (changes.worlds.length > 0) body.worlds = worlds;
  if (changes.stocks.length > 0) {
    body.storage = Object.fromEntries(changes.stocks.map((s) => [s.key, s.storage]));
    const short = changes.stocks.filter((s) => s.shortfallChanged);
    if (short.length > 0) body.shortfall = Object.fromEntries(short.map((s) => [s.key, s.shortfall]));
  }
  return body;
};

/** Absolutes of all that changed since the last message. @throws ClusterioError `corrupt` when they do not conserve (F1). */
export const changesOf = (state: State): RoundBody => {
  for (const stock of state.changes.stocks) assertBalanced(stock);
  for (const account of state.changes.accounts) assertBalanced(account.stock);
  return roundBodyOf(state);
};

/**
 * Closes a round: lets held credits through, grants what is wanted and available, and returns absolutes of all that
 * changed since the last one; undefined when nothing did. `now`: the broker's time as the leader reckons it (ms).
 * Only resources touched since the last round are looked at; while `mayGrant` is false they stay hungry.
 */
export const decide = (state: State, now: number, mayGrant: boolean): RoundBody | undefined => {
  for (const stock of [...state.holding]) releaseHeld(state, stock, now);
  if (mayGrant) {
    for (const stock of state.hungry) allocateStock(state, stock);
    state.hungry.clear();
  }
  return hasChanges(state) ? changesOf(state) : undefined;
};

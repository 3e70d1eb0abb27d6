import { allocate, type Claim } from "#core/allocation/allocate";
import { seatOf } from "#core/audit/grants";
import { DecidedRound, isEarlierPart } from "#core/audit/round";
import type { Step } from "#core/audit/step";
import type { Policies } from "#core/events/command";
import type { Account, State, Stock, World } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/**
 * The grants of a ledger recomputed under another policy, beside those that were made.
 *
 * What worlds exported and up to which totals they wanted is taken as it was: a total wanted is what a world had used and
 * the room in its chests, which a fair while of other grants changes little. Under the policy that held, every grant comes out
 * as it was.
 */
export interface WhatIfRow {
  readonly world: WorldId;
  readonly granted: number;
  readonly wouldBeGranted: number;
  /** Mean time that a granted unit was wanted before (ms): demand over time, divided by what was granted. */
  readonly waitedMs: number | null;
  readonly wouldWaitMs: number | null;
  /** Still wanted at the end. */
  readonly unmet: number;
  readonly wouldBeUnmet: number;
}

export interface WhatIfStock {
  readonly resource: ResourceKey;
  readonly storage: number;
  /** Below zero: what earlier saves took back would not have been there any more. */
  readonly wouldBeStorage: number;
  readonly worlds: readonly WhatIfRow[];
}

/** Demand over time, and what was granted. */
class Waiting {
  granted = 0;
  unmet = 0;
  #unitMs = 0;
  #since: number;

  constructor(since: number) {
    this.#since = since;
  }

  set(unmet: number, now: number): void {
    this.#unitMs += this.unmet * (now - this.#since);
    this.#since = now;
    this.unmet = unmet;
  }

  get meanMs(): number | null {
    return this.granted === 0 ? null : Math.round(this.#unitMs / this.granted);
  }
}

interface Shadow {
  readonly account: Account;
  allocated: number;
  carry: number;
  readonly was: Waiting;
  readonly would: Waiting;
}

interface ShadowStock {
  readonly stock: Stock;
  storage: number;
  readonly accounts: Map<WorldId, Shadow>;
}

const ruleFor = <T>(rules: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(rules, key) ? rules[key] : undefined;

const takes = ({ world, stock }: Account): boolean => world.open && !world.untakeable.has(stock.key);
const demandOf = (account: Account, allocated: number): number =>
  takes(account) ? Math.max(0, account.target - allocated) : 0;

export class WhatIf {
  readonly #stocks = new Map<Stock, ShadowStock>();
  #parts: DecidedRound | undefined;
  /** Stocks that the next round has to look at. */
  readonly #pending = new Set<ShadowStock>();
  #policies: Policies;

  /** `state` is the one in which the range begins. */
  constructor(
    state: State,
    private readonly change: (policies: Policies) => Policies,
  ) {
    this.#policies = change(state.policies);
    for (const world of state.worlds.values()) this.#meet(world, state.closedAt);
  }

  /** Takes the ledger's next step; `state` is the one after it. */
  take(state: State, step: Step): void {
    const { message } = step;
    const now = message.data.closedAt;
    if (message.type === "policy-set") {
      this.#policies = this.change(message.data.policies);
      for (const shadow of this.#stocks.values()) this.#pending.add(shadow);
    }
    const round = this.#parts ?? new DecidedRound(message.data.boot);
    round.add(step);
    if (isEarlierPart(message)) {
      this.#parts = round;
      return;
    }
    this.#parts = undefined;
    const decides = message.type === "round";
    for (const stock of round.stocks)
      this.#facts(round, stock, { decides: decides || message.type === "world-rewound", now });
    if (!decides) {
      // Sessions may have ended, and storage moved, without a word about any account.
      for (const shadow of this.#stocks.values()) this.#note(shadow, now);
      for (const stock of round.stocks) this.#pending.add(this.#stockOf(stock));
      return;
    }
    for (const world of step.sessions) this.#reopened(state.worlds.get(world), now);
    for (const stock of round.stocks) this.#pending.add(this.#stockOf(stock));
    const withheld = isWithheld(state);
    for (const shadow of this.#pending) {
      if (!withheld) this.#grant(shadow);
      this.#note(shadow, now);
    }
    if (!withheld) this.#pending.clear();
  }

  /** A session that begins or ends changes the demand for all that its world wants. */
  #reopened(world: World | undefined, now: number): void {
    if (world === undefined) return;
    this.#meet(world, now);
    for (const { stock } of world.accounts.values()) this.#pending.add(this.#stockOf(stock));
  }

  finish(state: State): WhatIfStock[] {
    const now = state.closedAt;
    return [...this.#stocks.values()]
      .sort((a, b) => (a.stock.key < b.stock.key ? -1 : 1))
      .map((shadow) => {
        this.#note(shadow, now);
        const rows = [...shadow.accounts.values()].sort((a, b) => (a.account.world.id < b.account.world.id ? -1 : 1));
        return {
          resource: shadow.stock.key,
          storage: shadow.stock.storage,
          wouldBeStorage: shadow.storage,
          worlds: rows.filter(isWorthARow).map(rowOf),
        };
      });
  }

  #stockOf(stock: Stock): ShadowStock {
    let shadow = this.#stocks.get(stock);
    if (shadow === undefined) {
      shadow = { stock, storage: stock.storage, accounts: new Map() };
      this.#stocks.set(stock, shadow);
    }
    return shadow;
  }

  #meet(world: World, now: number): void {
    for (const account of world.accounts.values()) {
      const { accounts } = this.#stockOf(account.stock);
      if (accounts.has(world.id)) continue;
      const { allocated, carry } = account;
      const shadow = { account, allocated, carry, was: new Waiting(now), would: new Waiting(now) };
      const unmet = demandOf(account, allocated);
      shadow.was.set(unmet, now);
      shadow.would.set(unmet, now);
      accounts.set(world.id, shadow);
    }
  }

  /** What happened to a stock before anything was granted. */
  #facts(round: DecidedRound, stock: Stock, { decides, now }: { decides: boolean; now: number }): void {
    const level = round.levelBefore(stock);
    const known = this.#stocks.get(stock);
    const shadow = known ?? { stock, storage: level?.storage ?? 0, accounts: new Map() };
    this.#stocks.set(stock, shadow);
    let granted = 0;
    for (const account of round.changed) {
      if (account.stock !== stock) continue;
      const before = round.before(account);
      const from = decides ? seatOf(account, before, round.renewed(account)).from : account.allocated;
      const one = this.#shadowOf(shadow, account, { allocated: before.allocated, carry: before.carry, now });
      const moved = Math.max(-one.allocated, from - before.allocated);
      // What is recalled came back to storage; less was in flight here.
      shadow.storage -= moved - (from - before.allocated);
      one.allocated += moved;
      one.was.granted += account.allocated - from;
      granted += account.allocated - from;
    }
    if (level !== undefined) shadow.storage += stock.storage + granted - level.storage;
  }

  #shadowOf(
    { accounts }: ShadowStock,
    account: Account,
    { allocated, carry, now }: { allocated: number; carry: number; now: number },
  ): Shadow {
    let shadow = accounts.get(account.world.id);
    if (shadow === undefined) {
      shadow = { account, allocated, carry, was: new Waiting(now), would: new Waiting(now) };
      accounts.set(account.world.id, shadow);
    }
    return shadow;
  }

  #grant(shadow: ShadowStock): void {
    const reserve = ruleFor(this.#policies.resources, shadow.stock.key)?.reserve ?? 0;
    const available = shadow.storage - reserve;
    if (available <= 0) return;
    const asking: Shadow[] = [];
    const claims: Claim[] = [];
    for (const one of shadow.accounts.values()) {
      const demand = demandOf(one.account, one.allocated);
      if (demand === 0) continue;
      const { id, instance } = one.account.world;
      const weight = ruleFor(this.#policies.weights, instance) ?? 1;
      const tier = ruleFor(this.#policies.tiers, instance) ?? 0;
      asking.push(one);
      claims.push({ id, demand, weight, tier, carry: one.carry });
    }
    for (const [index, { grant, carry }] of allocate(this.#policies.rule, available, claims).entries()) {
      const one = asking[index]!;
      one.allocated += grant;
      one.carry = carry;
      one.would.granted += grant;
      shadow.storage -= grant;
    }
  }

  /** What is wanted from now on. */
  #note({ accounts }: ShadowStock, now: number): void {
    for (const { account, allocated, was, would } of accounts.values()) {
      was.set(demandOf(account, account.allocated), now);
      would.set(demandOf(account, allocated), now);
    }
  }
}

/** The leader did not grant in this round: a new one waits for its worlds, and nothing is granted while LEDGER is nearly full. */
const isWithheld = (state: State): boolean => {
  let withheld = false;
  for (const stock of state.hungry) {
    const reserve = ruleFor(state.policies.resources, stock.key)?.reserve ?? 0;
    if (stock.claimants.size > 0 && stock.storage > reserve) withheld = true;
    else state.hungry.delete(stock);
  }
  return withheld;
};

const isWorthARow = ({ was, would }: Shadow): boolean =>
  was.granted > 0 || would.granted > 0 || was.unmet > 0 || would.unmet > 0;

const rowOf = ({ account, was, would }: Shadow): WhatIfRow => ({
  world: account.world.id,
  granted: was.granted,
  wouldBeGranted: would.granted,
  waitedMs: was.meanMs,
  wouldWaitMs: would.meanMs,
  unmet: was.unmet,
  wouldBeUnmet: would.unmet,
});

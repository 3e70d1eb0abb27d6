import type { Finding } from "#core/audit/finding";
import type { Level, Step } from "#core/audit/step";
import type { Account, State, Stock } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import { isTotal, type ResourceKey, TOTAL_MAX } from "#core/resource";

/** A finding without its place in the ledger. */
export type Objection = Omit<Finding, "seq" | "round">;

/**
 * The audit's own view of the accounts: which worlds have one for a resource, and what operators added. The fold's
 * running sums are not used: they are what is audited.
 */
export class Book {
  readonly #accounts = new Map<ResourceKey, Map<WorldId, Account>>();
  readonly #adjusted = new Map<ResourceKey, number>();

  constructor(state: State) {
    for (const world of state.worlds.values()) for (const account of world.accounts.values()) this.#add(account);
    for (const { key, adjusted } of state.stocks.values()) if (adjusted !== 0) this.#adjusted.set(key, adjusted);
  }

  #add(account: Account): void {
    const { key } = account.stock;
    let worlds = this.#accounts.get(key);
    if (worlds === undefined) {
      worlds = new Map();
      this.#accounts.set(key, worlds);
    }
    worlds.set(account.world.id, account);
  }

  /** Takes over what a message brought: new accounts, and adjustments as the message and the level before it make them. */
  take(step: Step): void {
    for (const { account } of step.accounts) this.#add(account);
    const levels = new Map(step.stocks.map(({ stock, before }) => [stock.key, before]));
    const { message } = step;
    if (message.type === "adjusted") {
      const { amount, world } = message.data;
      const key = message.data.resource as ResourceKey;
      if (world === undefined) this.#adjust(key, adjustmentOf(levels.get(key), amount));
      else this.#adjust(key, Math.min(step.accounts[0]?.before.debt ?? 0, Math.max(0, amount)));
    } else if (message.type === "resource-renamed" && message.data.from !== message.data.to) {
      const from = message.data.from as ResourceKey;
      const to = message.data.to as ResourceKey;
      const moved = levels.get(from)?.storage ?? 0;
      this.#adjust(from, -moved);
      this.#adjust(to, adjustmentOf(levels.get(to), moved));
    } else if (message.type === "ledger-recovered") {
      const { adjusted = {} } = message.data.base ?? {};
      for (const key in adjusted) this.#adjust(key as ResourceKey, adjusted[key]!);
    }
  }

  #adjust(key: ResourceKey, amount: number): void {
    this.#adjusted.set(key, (this.#adjusted.get(key) ?? 0) + amount);
  }

  accountsOf(key: ResourceKey): Account[] {
    return [...(this.#accounts.get(key)?.values() ?? [])];
  }

  /** V3, in whole numbers of any size: what liars state may add up beyond what a number holds. */
  conservation(stock: Stock): Objection | undefined {
    const accounts = this.accountsOf(stock.key);
    const exported = sumOf(accounts, (account) => account.exported);
    const allocated = sumOf(accounts, (account) => account.allocated);
    const debt = sumOf(accounts, (account) => account.debt);
    const held = sumOf(accounts, (account) => account.held);
    const adjusted = BigInt(this.#adjusted.get(stock.key) ?? 0);
    const has = BigInt(stock.storage) + held - debt - BigInt(stock.shortfall);
    const should = exported - allocated + adjusted;
    if (has === should) return undefined;
    return {
      rule: "conservation",
      resource: stock.key,
      expected: `exported ${exported} − allocated ${allocated} + adjusted ${adjusted} = ${should}`,
      found: `storage ${stock.storage} + held ${held} − debts ${debt} − shortfall ${stock.shortfall} = ${has}`,
    };
  }
}

/** Adds as numbers while that is exact: amounts are not negative, so a safe sum had safe parts. */
const sumOf = (accounts: readonly Account[], amount: (account: Account) => number): bigint => {
  let sum = 0;
  for (const account of accounts) sum += amount(account);
  if (Number.isSafeInteger(sum)) return BigInt(sum);
  return accounts.reduce((total, account) => total + BigInt(amount(account)), 0n);
};

/** An adjustment of storage stops at zero and at the limit. */
const adjustmentOf = (level: Level | undefined, amount: number): number => {
  const storage = level?.storage ?? 0;
  return Math.min(Math.max(amount, -storage), TOTAL_MAX - storage);
};

/** V4 for one account. */
export const accountBounds = (account: Account): Objection | undefined => {
  const { world, stock } = account;
  const where = { rule: "bounds", resource: stock.key, world: world.id } as const;
  for (const name of ["exported", "received", "allocated", "debt", "held", "target"] as const) {
    if (!isTotal(account[name])) {
      return { ...where, expected: `${name} from 0 to ${TOTAL_MAX}`, found: `${name} ${account[name]}` };
    }
  }
  if (account.allocated >= account.received) return undefined;
  return { ...where, expected: `allocated ≥ received ${account.received}`, found: `allocated ${account.allocated}` };
};

/** V4 for one stock. */
export const stockBounds = (stock: Stock): Objection | undefined => {
  for (const name of ["storage", "shortfall"] as const) {
    if (isTotal(stock[name])) continue;
    const expected = `${name} from 0 to ${TOTAL_MAX}`;
    return { rule: "bounds", resource: stock.key, expected, found: `${name} ${stock[name]}` };
  }
  return undefined;
};

import { isClusterioError } from "#core/errors";
import type { LedgerMessage } from "#core/events/ledger";
import { evolve } from "#core/fold/evolve";
import { type Account, type State, type Stock, stockOf } from "#core/fold/state";
import type { InstanceId, WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/** The numbers of an account that an audit compares before and after a message. */
export interface Balances {
  readonly exported: number;
  readonly received: number;
  readonly allocated: number;
  readonly debt: number;
  readonly target: number;
  readonly carry: number;
  readonly held: number;
}

/** The numbers of a stock. */
export interface Level {
  readonly storage: number;
  readonly shortfall: number;
  readonly adjusted: number;
}

export interface AccountChange {
  readonly account: Account;
  readonly before: Balances;
  readonly after: Balances;
}

export interface StockChange {
  readonly stock: Stock;
  readonly before: Level;
  readonly after: Level;
}

/** One valid message, folded, and what it did to the accounts and stocks that it names. */
export interface Step {
  readonly message: LedgerMessage;
  readonly accounts: readonly AccountChange[];
  /** Every resource that the message names, also by an account alone. */
  readonly stocks: readonly StockChange[];
  /** Worlds whose session record stands in the message: a session began or ended. */
  readonly sessions: readonly WorldId[];
  /** Why the fold refused the message: the accounts then are as it left them. */
  readonly refusal?: string;
}

export const NOTHING: Balances = {
  exported: 0,
  received: 0,
  allocated: 0,
  debt: 0,
  target: 0,
  carry: 0,
  held: 0,
};

export const balancesOf = (account: Account | undefined): Balances => {
  if (account === undefined) return NOTHING;
  const { exported, received, allocated, debt, target, carry, held } = account;
  return { exported, received, allocated, debt, target, carry, held };
};

export const levelOf = ({ storage, shortfall, adjusted }: Stock): Level => ({ storage, shortfall, adjusted });

interface Named {
  readonly accounts: readonly (readonly [WorldId, ResourceKey])[];
  readonly stocks: readonly ResourceKey[];
}

const keysOf = (record: object | undefined): ResourceKey[] => Object.keys(record ?? {}) as ResourceKey[];

const accountsOfWorld = (state: State, id: WorldId): Named["accounts"] =>
  [...(state.worlds.get(id)?.accounts.keys() ?? [])].map((key) => [id, key] as const);

/** What a message may change the amounts of. */
const namedIn = (state: State, { type, data }: LedgerMessage): Named => {
  switch (type) {
    case "round":
    case "world-rewound": {
      const worlds = Object.entries(data.worlds ?? {});
      const accounts = worlds.flatMap(([id, { r }]) => keysOf(r).map((key) => [id as WorldId, key] as const));
      return { accounts, stocks: [...keysOf(data.storage), ...keysOf(data.shortfall)] };
    }
    case "ledger-recovered": {
      const { worlds, storage, shortfall } = data.base ?? {};
      const accounts = Object.entries(worlds ?? {}).flatMap(([id, { r }]) =>
        keysOf(r).map((key) => [id as WorldId, key] as const),
      );
      return { accounts, stocks: [...keysOf(storage), ...keysOf(shortfall)] };
    }
    case "instance-deleted": {
      const worlds = state.worldsOf.get(data.instance as InstanceId) ?? [];
      return { accounts: worlds.flatMap(({ id }) => accountsOfWorld(state, id)), stocks: [] };
    }
    case "world-retired":
      return { accounts: accountsOfWorld(state, data.world as WorldId), stocks: [] };
    case "adjusted": {
      const resource = data.resource as ResourceKey;
      const known = data.world !== undefined && state.worlds.has(data.world as WorldId);
      return { accounts: known ? [[data.world as WorldId, resource]] : [], stocks: [resource] };
    }
    case "resource-renamed":
      return { accounts: [], stocks: [data.from as ResourceKey, data.to as ResourceKey] };
    default:
      return { accounts: [], stocks: [] };
  }
};

const sessionsIn = ({ type, data }: LedgerMessage): WorldId[] => {
  if (type !== "round" && type !== "world-rewound") return [];
  const worlds = Object.entries(data.worlds ?? {});
  return worlds.flatMap(([id, { session }]) => (session === undefined ? [] : [id as WorldId]));
};

/** Folds one valid message and tells what changed. */
export const takeStep = (state: State, message: LedgerMessage, hash: string): Step => {
  const named = namedIn(state, message);
  const accountAt = ([world, key]: readonly [WorldId, ResourceKey]) => state.worlds.get(world)?.accounts.get(key);
  const before = named.accounts.map((at) => balancesOf(accountAt(at)));
  const stocks = new Map<Stock, Level>();
  for (const key of [...named.stocks, ...named.accounts.map(([, resource]) => resource)]) {
    const stock = stockOf(state, key);
    if (!stocks.has(stock)) stocks.set(stock, levelOf(stock));
  }
  let refusal: string | undefined;
  try {
    evolve(state, message, hash);
  } catch (error) {
    if (!isClusterioError(error, "corrupt")) throw error;
    refusal = error.message;
  }
  const accounts = named.accounts.flatMap((at, index): AccountChange[] => {
    const account = accountAt(at);
    return account === undefined ? [] : [{ account, before: before[index]!, after: balancesOf(account) }];
  });
  return {
    message,
    accounts,
    stocks: [...stocks].map(([stock, level]) => ({ stock, before: level, after: levelOf(stock) })),
    sessions: sessionsIn(message),
    ...(refusal === undefined ? {} : { refusal }),
  };
};

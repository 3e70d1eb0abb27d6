import type { WorldView } from "#core/events/query";
import type { Account, State, World } from "#core/fold/state";

/** What a state says, as plain data in a fixed order: for replays, and to compare with what the leader answers. */
export interface StockView {
  readonly resource: string;
  readonly storage: number;
  readonly shortfall: number;
  readonly adjusted: number;
}

export interface ReplayView {
  readonly round: number;
  readonly closedAt: number;
  readonly leader: string;
  readonly stocks: readonly (StockView & { readonly held: number; readonly debt: number; readonly inFlight: number })[];
  readonly worlds: readonly WorldView[];
}

const vector = (world: World, value: (account: Account) => number): Record<string, number> =>
  Object.fromEntries(
    [...world.accounts]
      .map(([key, account]) => [key, value(account)] as const)
      .filter(([, n]) => n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

export const worldViewOf = (world: World): WorldView => ({
  world: world.id,
  instance: world.instance,
  open: world.open,
  tick: world.tick,
  exported: vector(world, (a) => a.exported),
  received: vector(world, (a) => a.received),
  allocated: vector(world, (a) => a.allocated),
  wanted: vector(world, (a) => Math.max(0, a.target - a.received)),
  debt: vector(world, (a) => a.debt),
  held: vector(world, (a) => a.held),
});

const inOrder = <T>(entries: ReadonlyMap<string, T>): T[] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);

export const stockViewsOf = (state: State): StockView[] =>
  inOrder(state.stocks).map(({ key, storage, shortfall, adjusted }) => ({
    resource: key,
    storage,
    shortfall,
    adjusted,
  }));

export const replayViewOf = (state: State): ReplayView => {
  const worlds = inOrder(state.worlds);
  const sum = (key: string, value: (account: Account) => number) =>
    worlds.reduce((total, { accounts }) => {
      const account = accounts.get(key as Account["stock"]["key"]);
      return account === undefined ? total : total + value(account);
    }, 0);
  return {
    round: state.round,
    closedAt: state.closedAt,
    leader: state.boot,
    stocks: stockViewsOf(state).map((stock) => ({
      ...stock,
      held: sum(stock.resource, (a) => a.held),
      debt: sum(stock.resource, (a) => a.debt),
      inFlight: sum(stock.resource, (a) => a.allocated - a.received),
    })),
    worlds: worlds.map(worldViewOf),
  };
};

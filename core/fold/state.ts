import type { Boot } from "#core/boot";
import { DEFAULT_POLICIES, type Policies } from "#core/events/command";
import type { WorldSynced } from "#core/events/facts";
import type { HeldSync } from "#core/events/ledger";
import type { InstanceId, SlaveId, WorldId } from "#core/ids";
import type { InstanceConfig } from "#core/instance-config";
import type { ResourceKey } from "#core/resource";

/**
 * The state that the ledger's messages and the facts fold into.
 *
 * F1 Conservation, per resource, after every fold:
 *    storage + Σ held − Σ debt − shortfall = Σ exported − Σ allocated + adjusted. `imbalance` is kept at 0.
 * F2 storage, held, debt and shortfall are never negative; no total exceeds TOTAL_MAX.
 * F3 allocated ≥ received for every account: what a world holds was granted.
 * F4 An instance has at most one open session; only the current token's facts count.
 * F5 `claimants` of a stock are exactly the accounts with demand > 0: open, takeable, target > allocated.
 * F6 Applying the ledger's messages in order gives the same image (image.ts) as the leader that wrote them had.
 *
 * The state is owned by one loop and evolves in place: the functions that take it change it and return what happened.
 */
export interface Account {
  readonly world: World;
  readonly stock: Stock;
  /** All that this world has ever taken out of its export chests, as last credited. */
  exported: number;
  /** All that this world has ever taken in, as last stated. */
  received: number;
  /** All that was ever granted to this world. In flight = allocated − received. */
  allocated: number;
  /** What this world owes after a rewind; its own next exports repay it first. */
  debt: number;
  /** Wanted up to this total: `wanted + received` of one report. Demand = target − allocated while the session is open. */
  target: number;
  /** How much this world was short-changed by whole units so far, in 2^-20 pieces. */
  carry: number;
  /** Credits above the policy's rate, not yet in storage. */
  held: number;
  /** Broker time (ms) up to which the policy's credit rate is used up; 0 without such a policy. */
  paidUntil: number;
  /** What this world holds beyond all that was granted to it, and exports credited to a forgotten instance: until told. */
  raised: number;
  credited: number;
  changed: boolean;
}

export interface World {
  readonly id: WorldId;
  readonly instance: InstanceId;
  token: string;
  owner: Boot | "";
  open: boolean;
  /** Number of the last report whose wants were taken. */
  seq: number;
  tick: number;
  seed: number;
  /** The world that its save came from: undefined when it began here or nobody told yet, "" when nobody knows. */
  parent: WorldId | "" | undefined;
  /** A sync that went back further than the limit: the operator decides. */
  held: HeldSync | undefined;
  readonly untakeable: Set<ResourceKey>;
  readonly accounts: Map<ResourceKey, Account>;
  changed: boolean;
  /** True when token, owner, open, seed or untakeable changed since the last round. */
  sessionChanged: boolean;
  /** Not in the ledger: broker time of the last fact of this session, and the newest leader its bridge had heard. */
  factAt: number;
  heard: Boot | "";
}

/** One resource in the cluster. */
export interface Stock {
  readonly key: ResourceKey;
  storage: number;
  /** What the cluster owes and nobody owns: after a lost ledger tail another world's unreported exports cover it. */
  shortfall: number;
  /** Sum of the operators' adjustments, signed. */
  adjusted: number;
  /** The law's difference, exact or modulo IMBALANCE_MODULUS (moves.ts). */
  imbalance: number;
  changed: boolean;
  shortfallChanged: boolean;
  readonly claimants: Set<Account>;
  readonly holders: Set<Account>;
}

export interface Instance {
  readonly id: InstanceId;
  /** undefined when a lost ledger forgot it: the bridge that holds the instance still knows. */
  config: InstanceConfig | undefined;
  slave: SlaveId | "";
  /** Rises with every assignment; 0 before the first. */
  epoch: number;
  generation: number;
  /** Boot of the bridge with the session, "" when none. */
  owner: Boot | "";
  /** Its assignment was forgotten and came back with a sync: until told. */
  restored: boolean;
  /** A tombstone: no slave's, and its id is never given again. */
  deleted: boolean;
  /** Not in the ledger: resources that its worlds were the first to name, for RESOURCES_PER_INSTANCE_MAX. */
  introduced: number;
  changed: boolean;
}

/** Where the leader has read `EVENTS` up to: three things, so that a cut or recreated stream is told from the same one. */
export interface Position {
  readonly created: string;
  readonly seq: number;
  readonly id: string;
}

/** Parts of one sync that is not complete yet. */
export interface PendingSync {
  readonly world: WorldId;
  readonly token: string;
  readonly parts: number;
  readonly got: Map<number, WorldSynced>;
  keys: number;
}

export interface State {
  /** Number of ledger messages folded so far. */
  round: number;
  boot: Boot | "";
  closedAt: number;
  /** SHA-256 (base64url) of the last valid ledger message, "" before the first. */
  chain: string;
  position: Position | undefined;
  policies: Policies;
  readonly instances: Map<InstanceId, Instance>;
  readonly worlds: Map<WorldId, World>;
  /** The worlds of each instance, in the order in which they became known. */
  readonly worldsOf: Map<InstanceId, World[]>;
  readonly stocks: Map<ResourceKey, Stock>;
  /** What changed since the last round. */
  readonly changes: Changes;
  /** What changed and is in the ledger, and nobody was told yet: not in the ledger, taken by the leader after each write. */
  readonly untold: Untold;
  /** Stocks that the next round has to look at. */
  readonly hungry: Set<Stock>;
  /** Stocks with held credits: each round lets some through. */
  readonly holding: Set<Stock>;
  /** Accounts with a raise that is not told yet: until `ledger-recovered`. */
  readonly raised: Set<Account>;
  /** Not in the ledger: parts of syncs that are not complete; voids given by this leader. */
  readonly pendingSyncs: Map<InstanceId, PendingSync>;
  voids: number;
}

export interface Changes {
  readonly accounts: Account[];
  readonly worlds: World[];
  readonly stocks: Stock[];
  readonly instances: Instance[];
  /** Instances whose delivery says something new. */
  readonly tell: Set<InstanceId>;
}

export interface Untold {
  readonly stocks: Set<Stock>;
  readonly instances: Set<Instance>;
  readonly tell: Set<InstanceId>;
}

/** Worlds in one cluster, those that ended included: ten generations each of a thousand instances. */
export const WORLDS_MAX = 10_000;
/** Resources in one cluster: ten times the items of the largest modpacks, five qualities included. */
export const RESOURCES_MAX = 50_000;
/** What one instance may use of the two above, so that none can use them up for the others. */
export const WORLDS_PER_INSTANCE_MAX = 1_000;
export const RESOURCES_PER_INSTANCE_MAX = 10_000;
/** Instances in one cluster: five times what the benchmark drives. */
export const INSTANCES_MAX = 1_000;
/** The same with those that were deleted, whose ids stay taken. */
export const INSTANCES_EVER_MAX = 10_000;

export const newState = (): State => ({
  round: 0,
  boot: "",
  closedAt: 0,
  chain: "",
  position: undefined,
  policies: DEFAULT_POLICIES,
  instances: new Map(),
  worlds: new Map(),
  worldsOf: new Map(),
  stocks: new Map(),
  changes: { accounts: [], worlds: [], stocks: [], instances: [], tell: new Set() },
  untold: { stocks: new Set(), instances: new Set(), tell: new Set() },
  hungry: new Set(),
  holding: new Set(),
  raised: new Set(),
  pendingSyncs: new Map(),
  voids: 0,
});

/** Those that there are: not the tombstones. */
export const instancesIn = ({ instances }: Pick<State, "instances">): Instance[] =>
  [...instances.values()].filter(({ deleted }) => !deleted);

export const stockOf = (state: State, key: ResourceKey): Stock => {
  let stock = state.stocks.get(key);
  if (stock === undefined) {
    stock = {
      key,
      storage: 0,
      shortfall: 0,
      adjusted: 0,
      imbalance: 0,
      changed: false,
      shortfallChanged: false,
      claimants: new Set(),
      holders: new Set(),
    };
    state.stocks.set(key, stock);
  }
  return stock;
};

export const accountOf = (state: State, world: World, key: ResourceKey): Account => {
  let account = world.accounts.get(key);
  if (account === undefined) {
    const stock = stockOf(state, key);
    account = {
      world,
      stock,
      exported: 0,
      received: 0,
      allocated: 0,
      debt: 0,
      target: 0,
      carry: 0,
      held: 0,
      paidUntil: 0,
      raised: 0,
      credited: 0,
      changed: false,
    };
    world.accounts.set(key, account);
  }
  return account;
};

export const worldOf = (state: State, id: WorldId, instance: InstanceId): World => {
  let world = state.worlds.get(id);
  if (world === undefined) {
    world = {
      id,
      instance,
      token: "",
      owner: "",
      open: false,
      seq: 0,
      tick: 0,
      seed: 0,
      parent: undefined,
      held: undefined,
      untakeable: new Set(),
      accounts: new Map(),
      changed: false,
      sessionChanged: false,
      factAt: 0,
      heard: "",
    };
    state.worlds.set(id, world);
    const siblings = state.worldsOf.get(instance);
    if (siblings === undefined) state.worldsOf.set(instance, [world]);
    else siblings.push(world);
  }
  return world;
};

export const touchAccount = (state: State, account: Account): void => {
  if (account.changed) return;
  account.changed = true;
  state.changes.accounts.push(account);
  touchWorld(state, account.world);
};

export const touchWorld = (state: State, world: World): void => {
  if (world.changed) return;
  world.changed = true;
  state.changes.worlds.push(world);
};

export const touchStock = (state: State, stock: Stock): void => {
  state.hungry.add(stock);
  if (stock.changed) return;
  stock.changed = true;
  state.changes.stocks.push(stock);
};

export const touchInstance = (state: State, instance: Instance): void => {
  state.changes.tell.add(instance.id);
  if (instance.changed) return;
  instance.changed = true;
  state.changes.instances.push(instance);
};

/** True when the ledger does not hold all of the state yet. */
export const hasChanges = ({ changes }: State): boolean =>
  changes.worlds.length > 0 || changes.stocks.length > 0 || changes.instances.length > 0;

/** Forgets what changed: the ledger holds it now, and it may be told. */
export const clearChanges = (state: State): void => {
  const { accounts, worlds, stocks, instances, tell } = state.changes;
  for (const stock of stocks) state.untold.stocks.add(stock);
  for (const instance of instances) state.untold.instances.add(instance);
  for (const id of tell) state.untold.tell.add(id);
  for (const account of accounts) account.changed = false;
  for (const world of worlds) {
    world.changed = false;
    world.sessionChanged = false;
  }
  for (const stock of stocks) {
    stock.changed = false;
    stock.shortfallChanged = false;
  }
  for (const instance of instances) instance.changed = false;
  accounts.length = 0;
  worlds.length = 0;
  stocks.length = 0;
  instances.length = 0;
  tell.clear();
};

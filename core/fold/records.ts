import type { AccountRecord, CheckpointImage, InstanceRecord, WorldRecord } from "#core/events/ledger";
import { setRaised, tilt, updateClaim, updateHolding } from "#core/fold/moves";
import { type Account, accountOf, type Instance, type State, stockOf, type World, worldOf } from "#core/fold/state";
import { type InstanceId, parseWorldId, type WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/** The parts of the state as the ledger writes them, and back: absolutes, so applying one twice changes nothing. */

/** An account's numbers, zeros at the end left out. */
export const accountRecordOf = (account: Account): AccountRecord => {
  const { exported, received, allocated, debt, target, carry, held, paidUntil, raised, credited } = account;
  if (credited !== 0) return [exported, received, allocated, debt, target, carry, held, paidUntil, raised, credited];
  if (raised !== 0) return [exported, received, allocated, debt, target, carry, held, paidUntil, raised];
  if (paidUntil !== 0) return [exported, received, allocated, debt, target, carry, held, paidUntil];
  if (held !== 0) return [exported, received, allocated, debt, target, carry, held];
  if (carry !== 0) return [exported, received, allocated, debt, target, carry];
  if (target !== 0) return [exported, received, allocated, debt, target];
  if (debt !== 0) return [exported, received, allocated, debt];
  if (allocated !== 0) return [exported, received, allocated];
  if (received !== 0) return [exported, received];
  return exported === 0 ? [] : [exported];
};

export const sessionRecordOf = (world: World): NonNullable<WorldRecord["session"]> => {
  const { owner, open, seed, untakeable, held } = world;
  return {
    ...{ owner, open, seed },
    ...(untakeable.size === 0 ? {} : { untakeable: [...untakeable].sort() }),
    ...(held === undefined ? {} : { held }),
  };
};

export const instanceRecordOf = (instance: Instance): InstanceRecord => {
  const { config, slave, epoch, generation, owner, restored, deleted } = instance;
  return {
    ...(config === undefined ? {} : { config }),
    slave,
    epoch,
    generation,
    owner,
    ...(restored ? { restored } : {}),
    ...(deleted ? { deleted } : {}),
  };
};

const setAccount = (state: State, account: Account, record: AccountRecord): void => {
  const { 0: exported = 0, 1: received = 0, 2: allocated = 0, 3: debt = 0, 4: target = 0, 5: carry = 0 } = record;
  const { 6: held = 0, 7: paidUntil = 0, 8: raised = 0, 9: credited = 0 } = record;
  const { stock } = account;
  tilt(stock, held - account.held);
  tilt(stock, account.debt - debt);
  tilt(stock, account.exported - exported);
  tilt(stock, allocated - account.allocated);
  account.exported = exported;
  account.received = received;
  account.allocated = allocated;
  account.debt = debt;
  account.target = target;
  account.carry = carry;
  account.held = held;
  account.paidUntil = paidUntil;
  account.credited = credited;
  setRaised(state, account, raised);
  updateHolding(state, account);
  updateClaim(account);
  if (account.stock.claimants.has(account)) state.hungry.add(account.stock);
};

const setWorld = (state: State, id: WorldId, record: WorldRecord): void => {
  const world = worldOf(state, id, parseWorldId(id).instance);
  if (record.token !== undefined) world.token = record.token;
  if (record.seq !== undefined) world.seq = record.seq;
  if (record.tick !== undefined) world.tick = record.tick;
  if (record.parent !== undefined) world.parent = record.parent as World["parent"];
  if (record.session !== undefined) {
    world.owner = record.session.owner;
    world.open = record.session.open;
    world.seed = record.session.seed;
    world.held = record.session.held;
    world.untakeable.clear();
    for (const key of record.session.untakeable ?? []) world.untakeable.add(key as ResourceKey);
    for (const account of world.accounts.values()) {
      updateClaim(account);
      if (account.stock.claimants.has(account)) state.hungry.add(account.stock);
    }
  }
  for (const key in record.r) setAccount(state, accountOf(state, world, key as ResourceKey), record.r[key]!);
};

export const setInstance = (state: State, id: InstanceId, record: InstanceRecord): void => {
  const { config, epoch, generation, owner, restored = false, deleted = false } = record;
  const slave = record.slave as Instance["slave"];
  const known = state.instances.get(id);
  if (known === undefined)
    state.instances.set(id, {
      id,
      config,
      slave,
      epoch,
      generation,
      owner,
      restored,
      deleted,
      introduced: 0,
      changed: false,
    });
  else Object.assign(known, { config, slave, epoch, generation, owner, restored, deleted });
};

/** What a round and a checkpoint's image have in common. */
export type Absolutes = Pick<CheckpointImage, "position" | "instances" | "worlds">;

export const setAbsolutes = (state: State, absolutes: Absolutes): void => {
  if (absolutes.position !== undefined) state.position = absolutes.position;
  const { instances, worlds } = absolutes;
  for (const id in instances) setInstance(state, id as InstanceId, instances[id as InstanceId]!);
  for (const id in worlds) setWorld(state, id as WorldId, worlds[id as WorldId]!);
};

export const setStorage = (state: State, key: ResourceKey, storage: number): void => {
  const stock = stockOf(state, key);
  tilt(stock, storage - stock.storage);
  stock.storage = storage;
  state.hungry.add(stock);
};

export const setShortfall = (state: State, key: ResourceKey, shortfall: number): void => {
  const stock = stockOf(state, key);
  tilt(stock, stock.shortfall - shortfall);
  stock.shortfall = shortfall;
};

export const setAdjusted = (state: State, key: ResourceKey, adjusted: number): void => {
  const stock = stockOf(state, key);
  tilt(stock, stock.adjusted - adjusted);
  stock.adjusted = adjusted;
};

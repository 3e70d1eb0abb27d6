import type { Fact } from "#core/events/fact-decoder";
import type { WorldSynced } from "#core/events/facts";
import type { RewindRecord } from "#core/events/ledger";
import { recall, stateExported, stateReceived, stateTarget, updateClaim } from "#core/fold/moves";
import type { Ignored, Outcome, SignedAssignment } from "#core/fold/outcome";
import { assign, closeSession, dropHeld, voidToken, worldsOf } from "#core/fold/sessions";
import {
  type Account,
  accountOf,
  INSTANCES_MAX,
  type Instance,
  instancesIn,
  RESOURCES_MAX,
  RESOURCES_PER_INSTANCE_MAX,
  type State,
  touchInstance,
  touchWorld,
  WORLDS_MAX,
  WORLDS_PER_INSTANCE_MAX,
  type World,
  worldOf,
} from "#core/fold/state";
import { type InstanceId, parseWorldId, type WorldId } from "#core/ids";
import { type ResourceKey, TOTAL_MAX } from "#core/resource";

/** A session's beginning: whether it counts, whether it lowers totals, and what it changes. */

/** A new instance's record. */
export const addInstance = (state: State, id: InstanceId, config: Instance["config"]): Instance => {
  const instance: Instance = {
    id,
    config,
    slave: "",
    epoch: 0,
    generation: 1,
    owner: "",
    restored: false,
    deleted: false,
    introduced: 0,
    changed: false,
  };
  state.instances.set(id, instance);
  touchInstance(state, instance);
  return instance;
};

/** A higher epoch, signed by a leader, restores what a lost ledger tail forgot ◇. */
const restoreAssignment = (state: State, signed: SignedAssignment): void => {
  const known = state.instances.get(signed.instance);
  if (signed.epoch <= (known?.epoch ?? 0) || known?.deleted === true) return;
  if (known === undefined && instancesIn(state).length >= INSTANCES_MAX) return;
  const instance = known ?? addInstance(state, signed.instance, undefined);
  assign(state, instance, signed, voidToken(state));
  instance.restored = true;
};

/** Keys of a sync in parts: more than an instance may name, so that an honest one is never refused for it. */
const PENDING_KEYS_MAX = 4 * RESOURCES_PER_INSTANCE_MAX;

const keysIn = ({ exported, received, wanted, untakeable }: WorldSynced): number =>
  Object.keys(exported).length + Object.keys(received).length + Object.keys(wanted).length + untakeable.length;

/**
 * A sync in parts is applied when all of them are there. An instance has one such sync pending; a part of another token
 * starts over.
 */
const assemble = (state: State, instance: InstanceId, data: WorldSynced): WorldSynced | Ignored => {
  if (data.parts === undefined || data.part === undefined) return data;
  const world = data.world as WorldId;
  let pending = state.pendingSyncs.get(instance);
  if (pending?.token !== data.token || pending.world !== world || pending.parts !== data.parts) {
    pending = { world, token: data.token, parts: data.parts, got: new Map(), keys: 0 };
    state.pendingSyncs.set(instance, pending);
  }
  if (!pending.got.has(data.part)) pending.keys += keysIn(data);
  pending.got.set(data.part, data);
  if (pending.keys > PENDING_KEYS_MAX) {
    state.pendingSyncs.delete(instance);
    return "limit";
  }
  if (pending.got.size < pending.parts) return "part-pending";
  state.pendingSyncs.delete(instance);
  const parts = [...pending.got.entries()].sort(([a], [b]) => a - b).map(([, part]) => part);
  return {
    ...data,
    exported: Object.assign({}, ...parts.map((p) => p.exported)),
    received: Object.assign({}, ...parts.map((p) => p.received)),
    wanted: Object.assign({}, ...parts.map((p) => p.wanted)),
    untakeable: parts.flatMap((p) => p.untakeable),
  };
};

/** The account that a statement is about; undefined when it would be one more than the limits allow. */
export const accountFor = (state: State, world: World, key: ResourceKey): Account | undefined => {
  const known = world.accounts.get(key);
  if (known !== undefined) return known;
  if (world.accounts.size >= RESOURCES_PER_INSTANCE_MAX) return undefined;
  if (!state.stocks.has(key)) {
    const instance = state.instances.get(world.instance);
    if (state.stocks.size >= RESOURCES_MAX) return undefined;
    if (instance === undefined || instance.introduced >= RESOURCES_PER_INSTANCE_MAX) return undefined;
    instance.introduced++;
  }
  return accountOf(state, world, key);
};

/** False when there would be one world more than the limits allow. */
export const hasRoomFor = (state: State, instance: Instance, world: WorldId): boolean =>
  state.worlds.has(world) ||
  (state.worlds.size < WORLDS_MAX && worldsOf(state, instance).length < WORLDS_PER_INSTANCE_MAX);

/** A whole sync that counts. */
export interface Sync {
  readonly instance: Instance;
  readonly id: WorldId;
  readonly data: WorldSynced;
}

/** Judges one message of a sync: the whole sync once it is all there, or why it does not count (yet). */
export const receiveSync = (
  state: State,
  fact: Fact,
  part: WorldSynced,
  signed: SignedAssignment | undefined,
): Sync | Ignored => {
  if (signed !== undefined && signed.slave === fact.slave && signed.instance === fact.instance) {
    if (signed.epoch === part.epoch) restoreAssignment(state, signed);
  }
  const instance = state.instances.get(fact.instance);
  if (instance === undefined) return "unknown-instance";
  if (instance.slave !== fact.slave || instance.epoch !== part.epoch) return "not-yours";
  const id = part.world as WorldId;
  if ((state.worlds.get(id)?.token ?? "") !== part.prev) return "chain";
  if (part.owner < instance.owner) return "older-boot";
  if (!hasRoomFor(state, instance, id)) return "limit";
  const data = assemble(state, instance.id, part);
  return typeof data === "string" ? data : { instance, id, data };
};

/** True when the sync states less of something than the ledger knows: an earlier save was loaded. */
export const isRewind = (state: State, { id, data }: Sync): boolean => {
  for (const [key, { exported, received }] of state.worlds.get(id)?.accounts ?? []) {
    if ((data.exported[key] ?? 0) < exported || (data.received[key] ?? 0) < received) return true;
  }
  return false;
};

type Rewinding = { readonly [Part in "fromHeld" | "fromStorage" | "owed" | "again"]: Record<string, number> };

const note = (amounts: Record<string, number>, key: string, amount: number): void => {
  if (amount > 0) amounts[key] = amount;
};

/** One resource of a sync. False when the statement was beyond the limits. */
const applyTotals = (state: State, account: Account, data: WorldSynced, at: number, rewind: Rewinding): boolean => {
  const { key } = account.stock;
  const exported = data.exported[key] ?? 0;
  const received = data.received[key] ?? 0;
  const wanted = data.wanted[key] ?? 0;
  const before = { exported: account.exported, received: account.received };
  const taken = stateExported(state, account, exported, at);
  note(rewind.fromHeld, key, taken?.held ?? 0);
  note(rewind.fromStorage, key, taken?.storage ?? 0);
  note(rewind.owed, key, taken?.owed ?? 0);
  const within = stateReceived(state, account, received);
  stateTarget(state, account, wanted === 0 ? 0 : wanted + received);
  updateClaim(account);
  if (account.stock.claimants.has(account)) state.hungry.add(account.stock);
  if (account.world.untakeable.has(key)) recall(state, account);
  note(rewind.again, key, Math.min(before.received - account.received, account.allocated - account.received));
  if (state.instances.get(account.world.instance)?.restored === true && exported > before.exported)
    account.credited = Math.min(TOTAL_MAX, account.credited + exported - before.exported);
  return within;
};

/** Whole vectors: every total that the sync does not name is zero. False when a statement was beyond the limits. */
const applyVectors = (state: State, world: World, data: WorldSynced, at: number, rewind: Rewinding): boolean => {
  const keys = new Set<string>(world.accounts.keys());
  for (const vector of [data.exported, data.received, data.wanted]) {
    for (const key in vector) if (vector[key] !== 0) keys.add(key);
  }
  let within = true;
  for (const key of [...keys].sort()) {
    const account = accountFor(state, world, key as ResourceKey);
    within = account !== undefined && applyTotals(state, account, data, at, rewind) && within;
  }
  return within;
};

export interface Applied {
  readonly outcome: Outcome;
  /** What it took back and what comes again; of no interest unless `isRewind`. */
  readonly rewind: RewindRecord;
}

/** Makes this the instance's session, and its totals the ledger's. `at`: broker time (ms). */
export const applySync = (state: State, { instance, id, data }: Sync, at: number): Applied => {
  instance.owner = data.owner as Instance["owner"];
  instance.generation = Math.max(instance.generation, parseWorldId(id).generation);
  touchInstance(state, instance);
  for (const other of worldsOf(state, instance)) {
    dropHeld(state, other);
    if (other.id !== id && other.open) closeSession(state, other, voidToken(state));
  }
  const world = worldOf(state, id, instance.id);
  const from = world.tick;
  world.token = data.token;
  world.owner = instance.owner;
  world.open = true;
  world.seq = 0;
  world.tick = data.tick;
  world.seed = data.seed;
  world.factAt = at;
  world.heard = data.heard as World["heard"];
  world.untakeable.clear();
  for (const key of data.untakeable) world.untakeable.add(key as ResourceKey);
  world.sessionChanged = true;
  touchWorld(state, world);
  const rewind = { world: id, from, to: data.tick, fromHeld: {}, fromStorage: {}, owed: {}, again: {} };
  const within = applyVectors(state, world, data, at, rewind);
  return { outcome: within ? "applied" : "limit", rewind };
};

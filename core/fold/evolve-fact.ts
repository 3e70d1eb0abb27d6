import type { Fact } from "#core/events/fact-decoder";
import type { WorldLeft, WorldReported, WorldSynced } from "#core/events/facts";
import { recall, stateExported, stateReceived, stateTarget, updateClaim } from "#core/fold/moves";
import { assign, closeSession, voidToken, worldsOf } from "#core/fold/sessions";
import {
  type Account,
  accountOf,
  INSTANCES_MAX,
  type Instance,
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
import { type InstanceId, parseWorldId, type SlaveId, type WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/** Why a well-formed fact changed nothing ("limit": not all that it states). Counted by the projector, never fatal. */
export type Ignored =
  | "unknown-instance"
  | "not-yours"
  | "chain"
  | "older-boot"
  | "wrong-token"
  | "part-pending"
  | "wants-without-received"
  | "limit";
export type Outcome = "applied" | Ignored;

/** An assignment whose signature the caller verified. */
export interface SignedAssignment {
  readonly instance: InstanceId;
  readonly slave: SlaveId;
  readonly epoch: number;
}

/** A new instance's record. */
export const addInstance = (state: State, id: InstanceId, config: Instance["config"]): Instance => {
  const instance: Instance = {
    id,
    config,
    slave: "",
    epoch: 0,
    generation: 1,
    owner: "",
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
  if (signed.epoch <= (known?.epoch ?? 0)) return;
  if (known === undefined && state.instances.size >= INSTANCES_MAX) return;
  const instance = known ?? addInstance(state, signed.instance, undefined);
  assign(state, instance, signed, voidToken(state));
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
const accountFor = (state: State, world: World, key: ResourceKey): Account | undefined => {
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

/** Whole vectors: every total that the sync does not name is zero. False when a statement was beyond the limits. */
const applyVectors = (state: State, world: World, data: WorldSynced, at: number): boolean => {
  const keys = new Set<string>(world.accounts.keys());
  for (const vector of [data.exported, data.received, data.wanted]) {
    for (const key in vector) if (vector[key] !== 0) keys.add(key);
  }
  let within = true;
  for (const key of [...keys].sort()) {
    const account = accountFor(state, world, key as ResourceKey);
    if (account === undefined) {
      within = false;
      continue;
    }
    const received = data.received[key] ?? 0;
    const wanted = data.wanted[key] ?? 0;
    stateExported(state, account, data.exported[key] ?? 0, at);
    within = stateReceived(state, account, received) && within;
    stateTarget(state, account, wanted === 0 ? 0 : wanted + received);
    updateClaim(account);
    if (account.stock.claimants.has(account)) state.hungry.add(account.stock);
    if (world.untakeable.has(account.stock.key)) recall(state, account);
  }
  return within;
};

const evolveSync = (state: State, fact: Fact, part: WorldSynced, at: number, signed?: SignedAssignment): Outcome => {
  if (signed !== undefined && signed.slave === fact.slave && signed.instance === fact.instance) {
    if (signed.epoch === part.epoch) restoreAssignment(state, signed);
  }
  const instance = state.instances.get(fact.instance);
  if (instance === undefined) return "unknown-instance";
  if (instance.slave !== fact.slave || instance.epoch !== part.epoch) return "not-yours";
  const id = part.world as WorldId;
  const known = state.worlds.get(id);
  if ((known?.token ?? "") !== part.prev) return "chain";
  if (part.owner < instance.owner) return "older-boot";
  if (known === undefined) {
    if (state.worlds.size >= WORLDS_MAX) return "limit";
    if (worldsOf(state, instance).length >= WORLDS_PER_INSTANCE_MAX) return "limit";
  }
  const data = assemble(state, instance.id, part);
  if (typeof data === "string") return data;

  instance.owner = data.owner as Instance["owner"];
  instance.generation = Math.max(instance.generation, parseWorldId(id).generation);
  touchInstance(state, instance);
  for (const other of worldsOf(state, instance))
    if (other.id !== id && other.open) closeSession(state, other, voidToken(state));
  const world = worldOf(state, id, instance.id);
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
  return applyVectors(state, world, data, at) ? "applied" : "limit";
};

/** The world whose current session this fact belongs to. */
const currentSession = (state: State, fact: Fact, data: WorldReported | WorldLeft): World | Ignored => {
  const instance = state.instances.get(fact.instance);
  if (instance === undefined) return "unknown-instance";
  if (instance.slave !== fact.slave || instance.epoch !== data.epoch) return "not-yours";
  const world = state.worlds.get(data.world as WorldId);
  if (world === undefined || world.token !== data.token) return "wrong-token";
  return world;
};

/** Within a session totals only rise: a lower one is an older message. False when a statement was beyond the limits. */
const raiseTotals = (state: State, world: World, data: WorldReported | WorldLeft, at: number): boolean => {
  let within = true;
  for (const key in data.exported) {
    const total = data.exported[key]!;
    if (total === 0) continue;
    const account = accountFor(state, world, key as ResourceKey);
    if (account === undefined) within = false;
    else if (total > account.exported) stateExported(state, account, total, at);
  }
  for (const key in data.received) {
    const total = data.received[key]!;
    if (total === 0) continue;
    const account = accountFor(state, world, key as ResourceKey);
    if (account === undefined) within = false;
    else if (total > account.received) within = stateReceived(state, account, total) && within;
  }
  return within;
};

/** Takes a report's wants; false when one was beyond the limits. */
const takeWants = (state: State, world: World, data: WorldReported): boolean => {
  let within = true;
  for (const key in data.wanted) {
    const wanted = data.wanted[key]!;
    if (wanted === 0 && !world.accounts.has(key as ResourceKey)) continue;
    const account = accountFor(state, world, key as ResourceKey);
    if (account === undefined) within = false;
    else stateTarget(state, account, wanted === 0 ? 0 : wanted + data.received[key]!);
  }
  return within;
};

const evolveReport = (state: State, fact: Fact, data: WorldReported, at: number): Outcome => {
  const world = currentSession(state, fact, data);
  if (typeof world === "string") return world;
  for (const key in data.wanted) if (data.received[key] === undefined) return "wants-without-received";
  world.factAt = at;
  let within = raiseTotals(state, world, data, at);
  if (data.full === true && data.heard !== undefined) world.heard = data.heard as World["heard"];
  if (data.seq >= world.seq) {
    world.seq = data.seq;
    world.tick = Math.max(world.tick, data.tick);
    within = takeWants(state, world, data) && within;
  }
  return within ? "applied" : "limit";
};

const evolveLeft = (state: State, fact: Fact, data: WorldLeft, at: number): Outcome => {
  const world = currentSession(state, fact, data);
  if (typeof world === "string") return world;
  raiseTotals(state, world, data, at);
  world.tick = Math.max(world.tick, data.tick);
  closeSession(state, world, voidToken(state));
  return "applied";
};

/**
 * Folds one fact. `at` is the broker's timestamp of it in milliseconds, `signed` the sync's assignment if its signature
 * is valid. A fact that does not count changes nothing and says why; it never throws for what a slave wrote.
 */
export const evolveFact = (state: State, fact: Fact, at: number, signed?: SignedAssignment): Outcome => {
  switch (fact.type) {
    case "world-synced":
      return evolveSync(state, fact, fact.data, at, signed);
    case "world-reported":
      return evolveReport(state, fact, fact.data, at);
    case "world-left":
      return evolveLeft(state, fact, fact.data, at);
  }
};

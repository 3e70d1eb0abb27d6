import type { Fact } from "#core/events/fact-decoder";
import type { WorldLeft, WorldReported, WorldSynced } from "#core/events/facts";
import { recall, stateExported, stateReceived, stateTarget, updateClaim } from "#core/fold/moves";
import { assign, closeSession, voidToken, worldsOf } from "#core/fold/sessions";
import {
  accountOf,
  INSTANCES_MAX,
  type Instance,
  RESOURCES_MAX,
  type State,
  touchInstance,
  touchWorld,
  WORLDS_MAX,
  type World,
  worldOf,
} from "#core/fold/state";
import { type InstanceId, parseWorldId, type SlaveId, type WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/** Why a well-formed fact changed nothing. Counted by the projector, never fatal. */
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

/** A new instance's record; `name` and `seed` serve until an operator says otherwise. */
export const addInstance = (state: State, id: InstanceId, config: Instance["config"]): Instance => {
  const instance: Instance = { id, config, slave: "", epoch: 0, generation: 1, owner: "", changed: false };
  state.instances.set(id, instance);
  touchInstance(state, instance);
  return instance;
};

/** A higher epoch, signed by a leader, restores what a lost ledger tail forgot ◇. */
const restoreAssignment = (state: State, signed: SignedAssignment, seed: number): void => {
  const known = state.instances.get(signed.instance);
  if (signed.epoch <= (known?.epoch ?? 0)) return;
  if (known === undefined && state.instances.size >= INSTANCES_MAX) return;
  const instance =
    known ?? addInstance(state, signed.instance, { name: signed.instance, seed: seed % 2 ** 32, autosaveSeconds: 0 });
  assign(state, instance, signed, voidToken(state));
};

/** A sync in parts is applied when all of them are there; a part of another token starts over. */
const assemble = (state: State, data: WorldSynced): WorldSynced | undefined => {
  if (data.parts === undefined || data.part === undefined) return data;
  const id = data.world as WorldId;
  let pending = state.pendingSyncs.get(id);
  if (pending === undefined || pending.token !== data.token || pending.parts !== data.parts) {
    pending = { token: data.token, parts: data.parts, got: new Map() };
    state.pendingSyncs.set(id, pending);
  }
  pending.got.set(data.part, data);
  if (pending.got.size < pending.parts) return undefined;
  state.pendingSyncs.delete(id);
  const parts = [...pending.got.entries()].sort(([a], [b]) => a - b).map(([, part]) => part);
  return {
    ...data,
    exported: Object.assign({}, ...parts.map((p) => p.exported)),
    received: Object.assign({}, ...parts.map((p) => p.received)),
    wanted: Object.assign({}, ...parts.map((p) => p.wanted)),
    untakeable: parts.flatMap((p) => p.untakeable),
  };
};

/** Whole vectors: every total that the sync does not name is zero. */
const applyVectors = (state: State, world: World, data: WorldSynced, at: number): void => {
  const keys = new Set<string>(world.accounts.keys());
  for (const vector of [data.exported, data.received, data.wanted]) for (const key in vector) keys.add(key);
  for (const key of data.untakeable) keys.add(key);
  for (const key of [...keys].sort()) {
    const account = accountOf(state, world, key as ResourceKey);
    const received = data.received[key] ?? 0;
    const wanted = data.wanted[key] ?? 0;
    stateExported(state, account, data.exported[key] ?? 0, at);
    stateReceived(state, account, received);
    stateTarget(state, account, wanted === 0 ? 0 : wanted + received);
    updateClaim(account);
    if (account.stock.claimants.has(account)) state.hungry.add(account.stock);
    if (world.untakeable.has(account.stock.key)) recall(state, account);
  }
};

const evolveSync = (state: State, fact: Fact, part: WorldSynced, at: number, signed?: SignedAssignment): Outcome => {
  if (signed !== undefined && signed.slave === fact.slave && signed.instance === fact.instance) {
    if (signed.epoch === part.epoch) restoreAssignment(state, signed, part.seed);
  }
  const instance = state.instances.get(fact.instance);
  if (instance === undefined) return "unknown-instance";
  if (instance.slave !== fact.slave || instance.epoch !== part.epoch) return "not-yours";
  const id = part.world as WorldId;
  const known = state.worlds.get(id);
  if ((known?.token ?? "") !== part.prev) return "chain";
  if (part.owner < instance.owner) return "older-boot";
  if (known === undefined && state.worlds.size >= WORLDS_MAX) return "limit";
  const data = assemble(state, part);
  if (data === undefined) return "part-pending";

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
  applyVectors(state, world, data, at);
  return "applied";
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

/** Within a session totals only rise: a lower one is an older message. False when a total was beyond the limit. */
const raiseTotals = (state: State, world: World, data: WorldReported | WorldLeft, at: number): boolean => {
  let within = true;
  for (const key in data.exported) {
    const account = accountOf(state, world, key as ResourceKey);
    const total = data.exported[key]!;
    if (total > account.exported) within = stateExported(state, account, total, at) && within;
  }
  for (const key in data.received) {
    const account = accountOf(state, world, key as ResourceKey);
    const total = data.received[key]!;
    if (total > account.received) within = stateReceived(state, account, total) && within;
  }
  return within;
};

const evolveReport = (state: State, fact: Fact, data: WorldReported, at: number): Outcome => {
  const world = currentSession(state, fact, data);
  if (typeof world === "string") return world;
  if (state.stocks.size >= RESOURCES_MAX) return "limit";
  for (const key in data.wanted) if (data.received[key] === undefined) return "wants-without-received";
  world.factAt = at;
  const within = raiseTotals(state, world, data, at);
  if (data.full === true && data.heard !== undefined) world.heard = data.heard as World["heard"];
  if (!within) return "limit";
  if (data.seq < world.seq) return "applied";
  world.seq = data.seq;
  world.tick = Math.max(world.tick, data.tick);
  for (const key in data.wanted) {
    const wanted = data.wanted[key]!;
    stateTarget(state, accountOf(state, world, key as ResourceKey), wanted === 0 ? 0 : wanted + data.received[key]!);
  }
  return "applied";
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

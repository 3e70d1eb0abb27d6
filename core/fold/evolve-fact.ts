import type { Fact } from "#core/events/fact-decoder";
import type { WorldAdopted, WorldLeft, WorldReported } from "#core/events/facts";
import { receiveAdoption } from "#core/fold/adoption";
import { stateExported, stateReceived, stateTarget } from "#core/fold/moves";
import type { Ignored, Outcome, SignedAssignment } from "#core/fold/outcome";
import { closeSession, voidToken } from "#core/fold/sessions";
import type { State, World } from "#core/fold/state";
import { accountFor, applySync, receiveSync } from "#core/fold/sync";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

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

/** Changes nothing: the leader tells of it by a ledger message of its own. */
const evolveAdoption = (state: State, fact: Fact, data: WorldAdopted): Outcome => {
  const told = receiveAdoption(state, fact, data);
  return typeof told === "string" ? told : "applied";
};

/**
 * Folds one fact. `at` is the broker's timestamp of it in milliseconds, `signed` the sync's assignment if its signature
 * is valid. A fact that does not count changes nothing and says why; it never throws for what a slave wrote.
 */
export const evolveFact = (state: State, fact: Fact, at: number, signed?: SignedAssignment): Outcome => {
  switch (fact.type) {
    case "world-synced": {
      const sync = receiveSync(state, fact, fact.data, signed);
      return typeof sync === "string" ? sync : applySync(state, sync, at).outcome;
    }
    case "world-reported":
      return evolveReport(state, fact, fact.data, at);
    case "world-left":
      return evolveLeft(state, fact, fact.data, at);
    case "world-adopted":
      return evolveAdoption(state, fact, fact.data);
  }
};

import type { CheckpointImage, LedgerBody, LedgerMessage, RecoveredBody, RoundBody } from "#core/events/ledger";
import { evolveHeld } from "#core/fold/held";
import { adjustStorage, assertBalanced, recall, setRaised, writeOffDebt } from "#core/fold/moves";
import { setAbsolutes, setAdjusted, setShortfall, setStorage } from "#core/fold/records";
import { assign, closeAllSessions, closeSession, worldsOf } from "#core/fold/sessions";
import {
  accountOf,
  clearChanges,
  type Instance,
  newState,
  type State,
  stockOf,
  touchInstance,
  worldOf,
} from "#core/fold/state";
import { addInstance } from "#core/fold/sync";
import { type InstanceId, parseWorldId, type SlaveId, type WorldId } from "#core/ids";
import { forgottenConfig } from "#core/instance-config";
import type { ResourceKey } from "#core/resource";

/** Renames a resource in storage: −old, +new; totals never move between keys (DESIGN 3). */
const rename = (state: State, from: ResourceKey, to: ResourceKey): void => {
  const moved = -adjustStorage(state, stockOf(state, from), -stockOf(state, from).storage);
  adjustStorage(state, stockOf(state, to), moved);
};

/** A tombstone: its sessions end, what is in flight to its worlds comes back, their totals and debts stay. */
const deleteInstance = (state: State, instance: Instance, epoch: number, token: string): void => {
  assign(state, instance, { slave: "", epoch }, token);
  instance.deleted = true;
  instance.restored = false;
  for (const { accounts } of worldsOf(state, instance)) for (const account of accounts.values()) recall(state, account);
};

/** A round's absolutes, which conserve. */
const evolveAbsolutes = (state: State, data: RoundBody): void => {
  setAbsolutes(state, data);
  for (const key in data.storage) setStorage(state, key as ResourceKey, data.storage[key]!);
  for (const key in data.shortfall) setShortfall(state, key as ResourceKey, data.shortfall[key]!);
  for (const key in data.storage) assertBalanced(stockOf(state, key as ResourceKey));
};

/** What was recovered is told. */
const evolveRecovered = (state: State, { worlds, instances, base }: RecoveredBody): void => {
  if (base !== undefined) {
    const { policies, adjusted, ...absolutes } = base;
    if (policies !== undefined) state.policies = policies;
    for (const key in adjusted) setAdjusted(state, key as ResourceKey, adjusted[key]!);
    evolveAbsolutes(state, absolutes);
  }
  for (const [id, { raised, credited }] of Object.entries(worlds)) {
    for (const key in { ...raised, ...credited }) {
      const account = state.worlds.get(id as WorldId)?.accounts.get(key as ResourceKey);
      if (account === undefined) continue;
      setRaised(state, account, 0);
      account.credited = 0;
    }
  }
  for (const id of instances) {
    const instance = state.instances.get(id as InstanceId);
    if (instance !== undefined) instance.restored = false;
  }
};

/** What one message does to the state, its header aside. */
const effect = (state: State, message: LedgerBody): void => {
  switch (message.type) {
    case "round":
    case "world-rewound":
      return evolveAbsolutes(state, message.data);
    case "checkpoint":
      return;
    case "instance-created":
      addInstance(state, message.data.instance as InstanceId, message.data.config);
      return;
    case "instance-configured": {
      const instance = state.instances.get(message.data.instance as InstanceId);
      if (instance === undefined) return;
      instance.config = message.data.config;
      touchInstance(state, instance);
      return;
    }
    case "instance-renamed": {
      const instance = state.instances.get(message.data.instance as InstanceId);
      if (instance === undefined) return;
      const { name } = message.data;
      instance.config = { ...(instance.config ?? forgottenConfig(name)), name };
      touchInstance(state, instance);
      return;
    }
    case "instance-deleted": {
      const { data } = message;
      const instance = state.instances.get(data.instance as InstanceId);
      if (instance !== undefined) deleteInstance(state, instance, data.epoch, data.void);
      return;
    }
    case "instance-assigned": {
      const { data } = message;
      const instance = state.instances.get(data.instance as InstanceId);
      if (instance === undefined || instance.deleted) return;
      assign(state, instance, { slave: data.slave as SlaveId, epoch: data.epoch }, data.void);
      return;
    }
    case "generation-raised": {
      const instance = state.instances.get(message.data.instance as InstanceId);
      if (instance === undefined) return;
      instance.generation = Math.max(instance.generation, message.data.generation);
      touchInstance(state, instance);
      return;
    }
    case "world-retired": {
      const world = state.worlds.get(message.data.world as WorldId);
      if (world === undefined || world.open) return;
      for (const account of world.accounts.values()) recall(state, account);
      return;
    }
    case "rewind-held":
      return evolveHeld(state, message.data);
    case "rewind-rejected": {
      const world = state.worlds.get(message.data.world as WorldId);
      if (world?.held?.token !== message.data.token) return;
      world.held = { ...world.held, rejected: true };
      const instance = state.instances.get(world.instance);
      if (instance !== undefined) touchInstance(state, instance);
      return;
    }
    case "world-adopted": {
      const { world, parent = "" } = message.data;
      worldOf(state, world as WorldId, parseWorldId(world).instance).parent = parent as WorldId | "";
      return;
    }
    case "ledger-recovered":
      return evolveRecovered(state, message.data);
    case "session-lapsed": {
      const world = state.worlds.get(message.data.world as WorldId);
      if (world?.open === true) closeSession(state, world, message.data.void);
      return;
    }
    case "events-lost":
    case "events-unverifiable":
      closeAllSessions(state, message.data.void);
      state.position = message.data.position;
      return;
    case "policy-set":
      state.policies = message.data.policies;
      for (const stock of state.stocks.values()) state.hungry.add(stock);
      return;
    case "adjusted": {
      const { resource, amount, world } = message.data;
      const debtor = world === undefined ? undefined : state.worlds.get(world as WorldId);
      if (world === undefined) adjustStorage(state, stockOf(state, resource as ResourceKey), amount);
      else if (debtor !== undefined) writeOffDebt(state, accountOf(state, debtor, resource as ResourceKey), amount);
      return;
    }
    case "resource-renamed":
      rename(state, message.data.from as ResourceKey, message.data.to as ResourceKey);
  }
};

/** Notes that the ledger holds this message: its header, and that nothing is pending. */
const advance = (state: State, { data }: LedgerMessage, hash: string): void => {
  state.round = data.round;
  state.boot = data.boot as State["boot"];
  state.closedAt = data.closedAt;
  state.chain = hash;
  clearChanges(state);
};

/**
 * Folds one ledger message whose `prev` the caller compared with `state.chain`; `hash` is that of its own bytes.
 * Afterwards nothing of the message is pending: the ledger holds it.
 */
export const evolve = (state: State, message: LedgerMessage, hash: string): State => {
  effect(state, message);
  advance(state, message, hash);
  return state;
};

/** A message whose changes its leader has already made in this state. */
export type OwnMessage = LedgerMessage & { type: "round" | "world-rewound" };
export const isOwnMessage = (message: LedgerMessage): message is OwnMessage =>
  message.type === "round" || message.type === "world-rewound";

/** The same for the leader's own one: what it says was folded before it was written. */
export const confirm = (state: State, message: OwnMessage, hash: string): State => {
  advance(state, message, hash);
  return state;
};

/** The state that a checkpoint's whole image restates. */
export const stateFromImage = (
  image: CheckpointImage,
  at: Pick<State, "round" | "boot" | "closedAt" | "chain">,
): State => {
  const state = Object.assign(newState(), at);
  if (image.policies !== undefined) state.policies = image.policies;
  setAbsolutes(state, image);
  for (const [key, [storage = 0, shortfall = 0, adjusted = 0]] of Object.entries(image.stocks ?? {})) {
    setStorage(state, key as ResourceKey, storage);
    setShortfall(state, key as ResourceKey, shortfall);
    setAdjusted(state, key as ResourceKey, adjusted);
  }
  for (const stock of state.stocks.values()) assertBalanced(stock);
  return state;
};

import type { Policies, RewindLimit } from "#core/events/command";
import type { HeldSync, LedgerBody, LedgerMessages, RewindRecord } from "#core/events/ledger";
import { changesOf } from "#core/fold/decide";
import { closeSession, voidToken, worldsOf } from "#core/fold/sessions";
import { type State, touchInstance, type World } from "#core/fold/state";
import { applySync, type Sync } from "#core/fold/sync";
import type { InstanceId, UserId, WorldId } from "#core/ids";

/** Rewinds that wait for an operator's word: which do, what they would do, and what becomes of them. */

/** The game's ticks a second, at full speed. */
const TICKS_PER_SECOND = 60;

/** An instance's own limit stands instead of the cluster's, not beside it. */
const limitFor = ({ rewindLimit }: Policies, instance: InstanceId): RewindLimit => {
  const { instances = {}, ...all } = rewindLimit ?? {};
  return Object.hasOwn(instances, instance) ? instances[instance]! : all;
};

/** What folding the sync would take back and give again. Changes nothing. */
export const wouldRewind = (state: State, { id, data }: Sync): RewindRecord => {
  const world = state.worlds.get(id);
  const rewind = {
    world: id,
    from: world?.tick ?? 0,
    to: data.tick,
    fromHeld: {},
    fromStorage: {},
    owed: {},
    again: {},
  };
  const note = (amounts: Record<string, number>, key: string, amount: number): void => {
    if (amount > 0) amounts[key] = amount;
  };
  for (const [key, { exported, received, held, stock }] of world?.accounts ?? []) {
    const back = Math.max(0, exported - (data.exported[key] ?? 0));
    const fromHeld = Math.min(held, back);
    const fromStorage = Math.min(stock.storage, back - fromHeld);
    note(rewind.fromHeld, key, fromHeld);
    note(rewind.fromStorage, key, fromStorage);
    note(rewind.owed, key, back - fromHeld - fromStorage);
    if (!data.untakeable.includes(key)) note(rewind.again, key, received - (data.received[key] ?? 0));
  }
  return rewind;
};

/** True when this much is more than the policy lets a world take back by itself. */
export const isAboveLimit = (state: State, instance: InstanceId, rewind: RewindRecord): boolean => {
  const { units, seconds } = limitFor(state.policies, instance);
  if (seconds !== undefined && rewind.from - rewind.to > seconds * TICKS_PER_SECOND) return true;
  if (units === undefined) return false;
  const { fromHeld, fromStorage, owed } = rewind;
  return [fromHeld, fromStorage, owed]
    .flatMap((part) => Object.keys(part))
    .some((key) => (fromHeld[key] ?? 0) + (fromStorage[key] ?? 0) + (owed[key] ?? 0) > units);
};

/** What the ledger is told instead of folding the sync. `at`: broker time (ms) of its fact. */
export const heldBody = (state: State, { id, data }: Sync, rewind: RewindRecord, at: number): LedgerBody => {
  const { token, owner, heard, seed, tick, exported, received, wanted, untakeable } = data;
  const sync = { token, owner, heard, seed, tick, exported, received, wanted, untakeable, at };
  return { type: "rewind-held", data: { world: id, rewind, sync, void: voidToken(state) } };
};

type Held = Omit<LedgerMessages["rewind-held"]["data"], "v" | "round" | "boot" | "closedAt" | "prev">;

/** The world runs another session than the ledger's: that one is over, and the new one waits. */
export const evolveHeld = (state: State, { world: id, sync, void: token }: Held): void => {
  const world = state.worlds.get(id as WorldId);
  const instance = world === undefined ? undefined : state.instances.get(world.instance);
  if (world === undefined || instance === undefined) return;
  for (const other of worldsOf(state, instance)) {
    if (other.id !== world.id) other.held = undefined;
    if (other.open || other.id === world.id) closeSession(state, other, token);
  }
  instance.owner = sync.owner as World["owner"];
  world.held = sync;
  touchInstance(state, instance);
};

/** Folds what waited: the operator takes the world as it is. `at`: broker time (ms) now. */
export const acceptHeld = (
  state: State,
  { world: id, user }: { readonly world: WorldId; readonly user: UserId },
  at: number,
): LedgerBody | undefined => {
  const world = state.worlds.get(id);
  const instance = world === undefined ? undefined : state.instances.get(world.instance);
  if (world?.held === undefined || instance === undefined) return undefined;
  const { at: _at, rejected: _rejected, ...sync } = world.held;
  const data = { ...sync, world: id, prev: world.token, epoch: instance.epoch };
  const { rewind } = applySync(state, { instance, id, data: data as Sync["data"] }, at);
  return { type: "world-rewound", data: { ...changesOf(state), rewind, user } };
};

/** Worlds that wait for a word, in the order of their ids. */
export const waitingWorlds = (state: State): (World & { held: HeldSync })[] =>
  [...state.worlds.values()]
    .filter((world): world is World & { held: HeldSync } => world.held !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

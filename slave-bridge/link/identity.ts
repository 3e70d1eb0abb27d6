import { EMPTY_RECORD, type LinkRecord, type LinkState, type Step, type WholeState } from "#bridge/link/state";
import type { Delivery } from "#core/events/delivery";
import { parentHashOf } from "#core/fold/adoption";
import { isWorldId, parseWorldId, type WorldId, worldId } from "#core/ids";

/**
 * Which world a save is. An id in the save that names this instance is the answer; everything else is derived ◆, so that
 * the same file on the same instance is always the same world, perhaps earlier.
 */
export type Identity =
  | { readonly kind: "own" }
  | { readonly kind: "new"; readonly world: WorldId; readonly foreign: boolean }
  | { readonly kind: "undecided"; readonly message: string };

/**
 * An id-less save (a new map, or one that lost the mod for a while) takes this generation's id, unless that world began on
 * another map, or this save has gone on without the mod ◇: then the operator decides (`world new` raises the
 * generation, `decide same` says it is this world, rolled back to zero).
 */
export const identify = (state: LinkState, whole: WholeState, decidedSame: boolean): Identity => {
  const { instance, record } = state;
  if (whole.instance === instance && whole.world !== "") return { kind: "own" };
  const { generation } = record;
  if (whole.world !== "") {
    return {
      kind: "new",
      world: worldId({ instance, generation, parentHash: parentHashOf(whole.world) }),
      foreign: true,
    };
  }
  const world = worldId({ instance, generation });
  const known = state.view?.worlds[world];
  const seed = known?.seed ?? record.seeds[world];
  const otherMap = seed !== undefined && seed !== whole.seed;
  // What this bridge has said of that world may not have reached the leader yet.
  const own = state.world === world ? state.tick : undefined;
  const wentOn = [known?.tick, own].some((tick) => tick !== undefined && whole.tick > tick);
  if ((otherMap || wentOn) && !decidedSame) {
    const why = otherMap
      ? `it is another map (seed ${whole.seed}, not ${seed})`
      : `it went on without the mod (tick ${whole.tick})`;
    return {
      kind: "undecided",
      message: `the save of ${instance} has no world id and cannot be taken for ${world}: ${why}. For a new world: clusterio world decide ${instance} new; for the same one again: clusterio world decide ${instance} same`,
    };
  }
  return { kind: "new", world, foreign: false };
};

/**
 * The record with what a save that names its own world shows: a folder that the save was moved to knows its map and its
 * generation from then on, whatever becomes of the ledger.
 */
export const recordWith = (record: LinkRecord, { world, seed }: WholeState): LinkRecord => {
  if (!isWorldId(world)) return record;
  const generation = Math.max(record.generation, parseWorldId(world).generation);
  if (record.seeds[world] === seed && record.generation === generation) return record;
  return { ...record, generation, seeds: { ...record.seeds, [world]: seed } };
};

/**
 * The record with what a leader states about the instance: the generation, and the maps of worlds that ran elsewhere. So a
 * folder that begins empty, after a move, knows them from its first answer on, whatever becomes of the ledger.
 */
export const recordHeard = (
  record: LinkRecord,
  { generation, worlds }: Pick<Delivery, "generation" | "worlds">,
): LinkRecord => {
  let seeds: Record<string, number> | undefined;
  for (const world in worlds) {
    if (record.seeds[world] !== undefined) continue;
    seeds ??= {};
    seeds[world] = worlds[world as WorldId]!.seed;
  }
  if (generation <= record.generation && seeds === undefined) return record;
  return { ...record, generation: Math.max(record.generation, generation), seeds: { ...record.seeds, ...seeds } };
};

/** What a slave without the instance's folder knows once a leader says that the instance is its own (K1). */
export const recordAssigned = (
  { epoch, assignment, ...view }: Pick<Delivery, "epoch" | "generation" | "worlds"> & { readonly assignment: string },
  /** What a folder that came from another slave knows. */
  before: LinkRecord = EMPTY_RECORD,
): LinkRecord => ({
  ...recordHeard(before, view),
  epoch,
  assignment,
});

/** Writes down what is about to be adopted, then tells the mod. */
export const adopt = (state: LinkState, whole: WholeState, identity: Identity & { kind: "new" }): Step => {
  const { world, foreign } = identity;
  const record = { ...state.record, seeds: { ...state.record.seeds, [world]: whole.seed } };
  return [
    { ...state, record, phase: "adopting", whole },
    [
      { kind: "remember", record },
      { kind: "adopt", token: state.token, world, atLoad: foreign ? whole.atLoad : {} },
    ],
  ];
};

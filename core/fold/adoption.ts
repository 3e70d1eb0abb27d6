import { sha256Hex } from "#core/digest";
import type { Fact } from "#core/events/fact-decoder";
import type { WorldAdopted } from "#core/events/facts";
import type { LedgerBody } from "#core/events/ledger";
import type { Ignored } from "#core/fold/outcome";
import type { State } from "#core/fold/state";
import { hasRoomFor } from "#core/fold/sync";
import { parseWorldId, type WorldId } from "#core/ids";

/** Worlds that began with a save of another instance's: each is told of once, by `world-adopted`. */
type Adopted = Extract<LedgerBody, { type: "world-adopted" }>;

/** The first eight hex digits of the parent world's SHA-256: what stands in its children's ids. */
export const parentHashOf = (parent: string): string => sha256Hex(parent).slice(0, 8);

/** What the ledger has to be told of an adoption, or why it has not. Changes nothing. */
export const receiveAdoption = (state: State, fact: Fact, data: WorldAdopted): Adopted | Ignored => {
  const instance = state.instances.get(fact.instance);
  if (instance === undefined) return "unknown-instance";
  if (instance.slave !== fact.slave || instance.epoch !== data.epoch) return "not-yours";
  const world = data.world as WorldId;
  const { parent, tick, exported, received } = data;
  if (parseWorldId(world).parentHash !== parentHashOf(parent)) return "not-a-child";
  if (state.worlds.get(world)?.parent !== undefined) return "told-before";
  if (!hasRoomFor(state, instance, world)) return "limit";
  return { type: "world-adopted", data: { world, parent, tick, base: { exported, received } } };
};

/** The same for a child whose bridge's word was lost: its parent, if the ledger knows a world of that hash. */
export const adoptionOf = (state: State, world: WorldId, tick: number): Adopted | undefined => {
  const { parentHash } = parseWorldId(world);
  if (parentHash === undefined || state.worlds.get(world)?.parent !== undefined) return undefined;
  const parent = [...state.worlds.keys()].find((id) => parentHashOf(id) === parentHash);
  return { type: "world-adopted", data: { world, tick, ...(parent === undefined ? {} : { parent }) } };
};

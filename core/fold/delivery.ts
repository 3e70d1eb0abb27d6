import type { Boot } from "#core/boot";
import { DELIVERY_BYTES_MAX, DELIVERY_KEYS_MAX, type Delivery } from "#core/events/delivery";
import { worldsOf } from "#core/fold/sessions";
import type { Instance, State, World } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import { revisionOf } from "#core/instance-config";

/** Quotes, a colon, a comma and a total of up to 16 digits. */
const TOTAL_BYTES = 20;

/** What one delivery still has room for. */
interface Room {
  keys: number;
  bytes: number;
}

/** What is in flight to a world, as much as there is room for, in the order of its accounts: the same ones each time. */
const inFlightTo = (world: World, room: Room): Record<string, number> => {
  const allocated: Record<string, number> = {};
  for (const [key, account] of world.accounts) {
    if (account.allocated === account.received) continue;
    const bytes = key.length + TOTAL_BYTES;
    if (room.keys === 0 || room.bytes < bytes) break;
    room.keys--;
    room.bytes -= bytes;
    allocated[key] = account.allocated;
  }
  return allocated;
};

const heldIn = ({ held }: World): Pick<Delivery["worlds"][WorldId], "held"> => {
  if (held === undefined) return {};
  const { token, rejected } = held;
  return { held: { token, ...(rejected === undefined ? {} : { rejected }) } };
};

/**
 * What the leader `boot` states to an instance now: for each world the token it holds, and what is in flight. Only an open
 * world takes anything in, so it comes first; each total that it takes in leaves the list, and the next delivery names
 * others, until none is left.
 */
export const deliveryOf = (state: State, instance: Instance, boot: Boot): Delivery => {
  const room: Room = { keys: DELIVERY_KEYS_MAX, bytes: DELIVERY_BYTES_MAX };
  const worlds: Delivery["worlds"] = {} as Delivery["worlds"];
  const all = worldsOf(state, instance);
  for (const world of [...all.filter(({ open }) => open), ...all.filter(({ open }) => !open)]) {
    const allocated = inFlightTo(world, room);
    if (world.token === "" && Object.keys(allocated).length === 0) continue;
    const { token, seed, tick } = world;
    worlds[world.id as WorldId] = { token, seed, tick, allocated, ...heldIn(world) };
  }
  const { config, epoch, generation, owner } = instance;
  const of = config === undefined ? {} : { config: revisionOf(config) };
  return { boot, round: state.round, epoch, generation, owner, worlds, ...of };
};

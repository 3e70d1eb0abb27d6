import type { Boot } from "#core/boot";
import type { Delivery } from "#core/events/delivery";
import { worldsOf } from "#core/fold/sessions";
import type { Instance, State } from "#core/fold/state";
import type { WorldId } from "#core/ids";

/** What the leader `boot` states to an instance now: for each world the token it holds, and all that is in flight. */
export const deliveryOf = (state: State, instance: Instance, boot: Boot): Delivery => {
  const worlds: Delivery["worlds"] = {} as Delivery["worlds"];
  for (const world of worldsOf(state, instance)) {
    const allocated: Record<string, number> = {};
    let inFlight = false;
    for (const [key, account] of world.accounts) {
      if (account.allocated === account.received) continue;
      allocated[key] = account.allocated;
      inFlight = true;
    }
    if (world.token === "" && !inFlight) continue;
    worlds[world.id as WorldId] = { token: world.token, seed: world.seed, tick: world.tick, allocated };
  }
  const { epoch, generation, owner } = instance;
  return { boot, round: state.round, epoch, generation, owner, worlds };
};

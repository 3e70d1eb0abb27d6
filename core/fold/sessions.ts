import { updateClaim } from "#core/fold/moves";
import { type Instance, type State, touchAccount, touchInstance, touchWorld, type World } from "#core/fold/state";

/** A token that nobody drew and that is never given twice: this leader's boot and a count. */
export const voidToken = (state: State): string => `~${state.boot === "" ? "0" : state.boot}.${++state.voids}`;

const endWants = (state: State, world: World): void => {
  for (const account of world.accounts.values()) {
    if (account.target !== 0) {
      account.target = 0;
      touchAccount(state, account);
    }
    updateClaim(account);
  }
};

/** A round that was cut off in its midst may have wants of a session that was never written: it did not begin. */
export const endLeftWants = (state: State): void => {
  for (const world of state.worlds.values()) if (!world.open) endWants(state, world);
};

/** Ends a world's session: its wants are zero and its token is one that no bridge holds, so that the echo heals it. */
export const closeSession = (state: State, world: World, token: string): void => {
  world.open = false;
  world.owner = "";
  world.token = token;
  world.seq = 0;
  world.sessionChanged = true;
  state.pendingSyncs.delete(world.instance);
  endWants(state, world);
  touchWorld(state, world);
  state.changes.tell.add(world.instance);
};

export const worldsOf = (state: State, instance: Instance): readonly World[] => state.worldsOf.get(instance.id) ?? [];

/** Assigns an instance to a slave: sessions of the former holder end. */
export const assign = (
  state: State,
  instance: Instance,
  to: Pick<Instance, "slave" | "epoch">,
  token: string,
): void => {
  instance.slave = to.slave;
  instance.epoch = to.epoch;
  instance.owner = "";
  touchInstance(state, instance);
  for (const world of worldsOf(state, instance)) {
    dropHeld(state, world);
    if (world.token !== "") closeSession(state, world, token);
  }
};

/** Another session begins, here or elsewhere: nothing has to be decided any more. */
export const dropHeld = (state: State, world: World): void => {
  if (world.held === undefined) return;
  world.held = undefined;
  world.sessionChanged = true;
  touchWorld(state, world);
};

/** Ends every session, for an `EVENTS` stream that is not the one that was read: the echo brings them back. */
export const closeAllSessions = (state: State, token: string): void => {
  for (const world of state.worlds.values()) if (world.token !== "") closeSession(state, world, token);
};

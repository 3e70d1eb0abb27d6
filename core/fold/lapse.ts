import { isBoot, msBetween } from "#core/boot";
import type { State, World } from "#core/fold/state";

/** A session is over after this long without a fact: four and a half of the bridge's heartbeats of 10 s. */
export const LAPSE_MS = 45_000;

/**
 * Open sessions that were silent too long. Both times are the broker's as the leader reckons them: its own clock, put right
 * by what the broker's newest message showed, so never later than the broker's. `since`: when this leader began to listen,
 * so that a new leader does not blame a bridge for its own absence.
 */
export const lapsedSessions = (state: State, brokerNow: number, since: number): World[] =>
  [...state.worlds.values()].filter((world) => world.open && brokerNow - Math.max(world.factAt, since) > LAPSE_MS);

/** The boot of the leader that ended this world's session because `EVENTS` was another one; undefined for any other token. */
const cutOffBy = (world: World): string | undefined => /^~(.*)\.0$/.exec(world.token)?.[1];

/**
 * True when the loss of `EVENTS` ended this world's session in this leader's term, or shortly before it: its bridge will begin
 * another one, and what it has to say may be what the ledger forgot. Not of an instance that has a session, or is gone.
 */
const isCutOff = (state: State, world: World, boot: string): boolean => {
  const by = cutOffBy(world);
  if (by === undefined || !isBoot(by) || !isBoot(boot) || msBetween(by, boot) > LAPSE_MS) return false;
  return (
    state.instances.get(world.instance)?.deleted === false &&
    !(state.worldsOf.get(world.instance) ?? []).some(({ open }) => open)
  );
};

/**
 * True when every session, open or only cut off with `EVENTS`, has restated whole vectors to this leader: then grants rest on
 * what worlds hold.
 */
export const allRestated = (state: State, boot: string): boolean => {
  for (const world of state.worlds.values()) {
    if (world.open ? world.heard !== boot : isCutOff(state, world, boot)) return false;
  }
  return true;
};

/** True when some world has a session. */
export const hasOpenSession = (state: State): boolean => {
  for (const { open } of state.worlds.values()) if (open) return true;
  return false;
};

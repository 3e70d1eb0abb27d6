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

/** True when every open session has restated whole vectors to this leader: then grants rest on what worlds hold. */
export const allRestated = (state: State, boot: string): boolean => {
  for (const world of state.worlds.values()) if (world.open && world.heard !== boot) return false;
  return true;
};

/** True when some world has a session. */
export const hasOpenSession = (state: State): boolean => {
  for (const { open } of state.worlds.values()) if (open) return true;
  return false;
};

/**
 * How fast a game runs, read from the ticks that it states. Pure.
 *
 * A tick is stated some time before it is heard, after a save or a pause long before, and the next one at once. So a window begins
 * when a command went out, before which the game was not there yet, and ends when a tick is heard, by which it was: whatever
 * comes late, no game is taken for a faster one, whose lease would go on long after its bridge.
 */
export interface Pace {
  readonly tick: number;
  /** Updates per second since the window began, never more than they were; absent until that is long enough. */
  readonly ups?: number;
  readonly windowTick: number;
  /** When the command went out whose answer said `windowTick`. */
  readonly windowAt: number;
}

/** Shorter windows measure the network. */
const WINDOW_MS_MIN = 1_000;

export const newPace = (tick: number, asked: number): Pace => ({ tick, windowTick: tick, windowAt: asked });

/** `asked`: when the command went out that this tick answers; without it nobody knows how old the tick is. */
export const observe = (pace: Pace, tick: number, now: number, asked?: number): Pace => {
  if (tick < pace.tick) return pace;
  const ms = now - pace.windowAt;
  if (ms < WINDOW_MS_MIN) return { ...pace, tick };
  const ups = ((tick - pace.windowTick) * 1_000) / ms;
  return asked === undefined ? { ...pace, tick, ups } : { tick, ups, windowTick: tick, windowAt: asked };
};

/** One minute at the game's normal speed; more for a game that runs faster, so that it is still a minute. */
const LEASE_TICKS_MIN = 3_600;
const LEASE_SECONDS = 60;
/** The mod refuses more, and a refused lease is none: a game more than sixty times as fast as normal has less than a minute. */
const LEASE_TICKS_MAX = 216_000;

export const leaseTicks = (pace: Pace): number =>
  Math.min(LEASE_TICKS_MAX, Math.max(LEASE_TICKS_MIN, Math.ceil((pace.ups ?? 0) * LEASE_SECONDS)));

/** How fast a game runs, read from the ticks that it states. Pure. */
export interface Pace {
  readonly tick: number;
  /** Updates per second over the last window, absent until one is complete. */
  readonly ups?: number;
  readonly windowTick: number;
  readonly windowAt: number;
}

/** Shorter windows measure the network. */
const WINDOW_MS_MIN = 1_000;

export const newPace = (tick: number, now: number): Pace => ({ tick, windowTick: tick, windowAt: now });

export const observe = (pace: Pace, tick: number, now: number): Pace => {
  if (tick < pace.tick) return pace;
  const ms = now - pace.windowAt;
  if (ms < WINDOW_MS_MIN) return { ...pace, tick };
  return { tick, ups: ((tick - pace.windowTick) * 1_000) / ms, windowTick: tick, windowAt: now };
};

/** One minute at the game's normal speed; more for a game that runs faster, so that it is still a minute. */
const LEASE_TICKS_MIN = 3_600;
const LEASE_SECONDS = 60;
/** The mod refuses more, and a refused lease is none: a game more than sixty times as fast as normal has less than a minute. */
const LEASE_TICKS_MAX = 216_000;

export const leaseTicks = (pace: Pace): number =>
  Math.min(LEASE_TICKS_MAX, Math.max(LEASE_TICKS_MIN, Math.ceil((pace.ups ?? 0) * LEASE_SECONDS)));

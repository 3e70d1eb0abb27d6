import { readFileSync } from "node:fs";
import { badInput } from "#core/errors";
import type { Clock } from "#core/ports/clock";

/** setTimeout takes 31 bits of milliseconds and fires at once above that. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** A jump is noticed within this. */
const OFFSET_LOOK_MS = 20;

/**
 * For tests of clocks that jump (docs/chaos.md): how far (ms) from the machine's clock this process shall think that it is, as
 * the text of the file that CLUSTERIO_CLOCK_OFFSET_FILE names says now. Undefined, and nothing is read, without that.
 */
const offsetFrom = (path: string | undefined): (() => number) | undefined => {
  if (path === undefined || path === "") return undefined;
  let offset = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - lookedAt < OFFSET_LOOK_MS) return offset;
    lookedAt = performance.now();
    const text = readFileSync(path, "utf8").trim();
    if (!/^-?\d{1,12}$/.test(text)) throw badInput(`${path}: "${text}" is no number of milliseconds`);
    offset = Number(text);
    return offset;
  };
};

/** How far this process's clock is from the machine's (ms): 0 but in tests. */
export const clockOffset = offsetFrom(process.env.CLUSTERIO_CLOCK_OFFSET_FILE);

/** A clock that was set back by less than this stands still until it has caught up. */
const STILL_MS_MAX = 1_000;

/**
 * A clock that never goes back: deadlines are points in time, and whoever sets a machine's clock back by an hour must not make
 * a standby, a pause or an import wait for an hour. While the machine's clock is behind, time goes on from where it was; it
 * follows when that jumps ahead.
 */
export const steadyClock = (wall: () => number, monotonic: () => number): (() => number) => {
  let last = wall();
  let lastAt = monotonic();
  return () => {
    const at = monotonic();
    const steady = last + (at - lastAt);
    const now = wall();
    last = now >= steady - STILL_MS_MAX ? Math.max(now, last) : steady;
    lastAt = at;
    return Math.floor(last);
  };
};

const wallClock = clockOffset === undefined ? () => Date.now() : () => Date.now() + clockOffset();

export const nodeClock: Clock = {
  now: steadyClock(wallClock, () => performance.now()),
  after(ms, task) {
    let left = Math.max(0, ms);
    let timer: NodeJS.Timeout;
    const arm = () => {
      const step = Math.min(left, TIMER_MS_MAX);
      left -= step;
      timer = setTimeout(left > 0 ? arm : task, step);
    };
    arm();
    return () => clearTimeout(timer);
  },
};

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

export const nodeClock: Clock = {
  now: clockOffset === undefined ? () => Date.now() : () => Date.now() + clockOffset(),
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

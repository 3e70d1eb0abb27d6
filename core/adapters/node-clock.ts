import type { Clock } from "#core/ports/clock";

/** setTimeout takes 31 bits of milliseconds and fires at once above that. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const nodeClock: Clock = {
  now: () => Date.now(),
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

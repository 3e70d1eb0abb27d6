import { wrap32 } from "#core/signal";
import type { Vector, WorldCount } from "#ctl/count/world-count";

/** How signals crossed the demo worlds: what all of them put on their channel, and whether every one of them shows just that. */
export interface CrossedSignals {
  readonly sent: Vector;
  /** Worlds that put something there. */
  readonly senders: number;
  readonly receivers: number;
  /** Receivers that show what all put there. */
  readonly showing: number;
}

export const crossedSignals = (counts: readonly WorldCount[]): CrossedSignals => {
  const sums = new Map<string, number>();
  const own = counts.map(({ sent = {} }) => Object.entries(sent));
  for (const [key, value] of own.flat()) sums.set(key, wrap32((sums.get(key) ?? 0) + value));
  const sent = Object.fromEntries([...sums].filter(([, value]) => value !== 0));
  const shown = counts.flatMap((count) => (count.shown === undefined ? [] : [count.shown]));
  return {
    sent,
    senders: own.filter((entries) => entries.length > 0).length,
    receivers: shown.length,
    showing: shown.filter((signals) => same(signals, sent)).length,
  };
};

const same = (a: Vector, b: Vector): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

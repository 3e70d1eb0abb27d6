import { isResourceKey } from "#core/resource";
import { INT32_MAX, signalOf, wrap32 } from "#core/signal";
import type { Stock } from "#ctl/count/conservation";
import type { Vector, WorldCount } from "#ctl/count/world-count";

/** How signals crossed the demo worlds: what all of them put on their channel, and whether every one of them shows just that. */
export interface CrossedSignals {
  readonly sent: Vector;
  /** Worlds that put something there. */
  readonly senders: number;
  readonly receivers: number;
  /** Receivers that show what all put there. */
  readonly showing: number;
  /** Worlds with an inventory combinator, and those of them in which it shows what is in storage. */
  readonly inventories: number;
  readonly showingStorage: number;
}

/** Nothing is on its way any more. */
export const isShown = ({ receivers, showing, inventories, showingStorage }: CrossedSignals): boolean =>
  showing === receivers && showingStorage === inventories;

export const crossedSignals = (counts: readonly WorldCount[], stocks: readonly Stock[]): CrossedSignals => {
  const sums = new Map<string, number>();
  const own = counts.map(({ sent = {} }) => Object.entries(sent));
  for (const [key, value] of own.flat()) sums.set(key, wrap32((sums.get(key) ?? 0) + value));
  const sent = Object.fromEntries([...sums].filter(([, value]) => value !== 0));
  const shown = counts.flatMap((count) => (count.shown === undefined ? [] : [count.shown]));
  const storage = levelsOf(stocks);
  const levels = counts.flatMap((count) => (count.levels === undefined ? [] : [count.levels]));
  return {
    sent,
    senders: own.filter((entries) => entries.length > 0).length,
    receivers: shown.length,
    showing: shown.filter((signals) => same(signals, sent)).length,
    inventories: levels.length,
    showingStorage: levels.filter((signals) => same(signals, storage)).length,
  };
};

/** What an inventory combinator shows of this storage. */
const levelsOf = (stocks: readonly Stock[]): Vector => {
  const levels: Record<string, number> = {};
  for (const { resource, storage } of stocks) {
    if (storage === 0 || !isResourceKey(resource)) continue;
    const key = signalOf(resource);
    levels[key] = Math.min(INT32_MAX, (levels[key] ?? 0) + storage);
  }
  return levels;
};

const same = (a: Vector, b: Vector): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

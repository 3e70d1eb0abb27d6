// Levels of the cluster's storage for other mods: like a combinator that shows these signals, without the combinator. The bridge
// tells what anybody here watches, and only what changed.
import { feedOf, forgetTold, isHeard } from "./feeds";
import { keyOfNumber } from "./signal-names";

/** From now on the mod watches these signals, by number, and no others. */
export function watch(mod: string, signals: number[]): void {
  const feed = feedOf(undefined);
  // What was told while nobody listened is old.
  if (!isHeard(feed)) forgetTold(feed);
  const kept = [];
  for (const other of storage.watches) if (other.mod !== mod) kept.push(other);
  if (signals.length > 0) kept.push({ mod, signals });
  storage.watches = kept;
  storage.circuits.mustHear = true;
}

/** What the mod watches, by signal; undefined while the bridge has not said it. */
export function watchedLevels(mod: string): LuaMap<string, number> | undefined {
  const feed = feedOf(undefined);
  if (feed.counter < 0) return undefined;
  const levels = new LuaMap<string, number>();
  for (const { mod: watcher, signals } of storage.watches) {
    if (watcher === mod) {
      for (const s of signals) {
        const slot = feed.slotOf.get(s);
        levels.set(keyOfNumber(s), slot === undefined ? 0 : feed.values[slot]);
      }
    }
  }
  return levels;
}

/** Mods are gone. */
export function forgetWatchers(): void {
  for (const { mod } of storage.watches) if (script.active_mods[mod] === undefined) watch(mod, []);
}

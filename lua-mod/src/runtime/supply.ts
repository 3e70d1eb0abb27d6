// How much of each resource came lately beside what was wanted: why a port waits, in numbers. Shown, never steering anything.
import { supply_window_ticks } from "./limits";
import type { Supply } from "./state";

function supply(r: number): Supply {
  let found = storage.supply.get(r);
  if (found === undefined) {
    found = { since: game.tick, got: 0, shownGot: 0, shownWanted: 0 };
    storage.supply.set(r, found);
  }
  return found;
}

/** So much has just come from the cluster. */
export function noteSupply(r: number, added: number): void {
  supply(r).got += added;
}

/** The last whole window; a new one begins when this one is over. */
export function supplyOf(r: number): Supply {
  const found = supply(r);
  if (game.tick - found.since < supply_window_ticks) return found;
  const missing = math.max(0, (storage.missing.get(r) ?? 0) - (storage.buffer.get(r) ?? 0));
  found.shownGot = found.got;
  found.shownWanted = found.got + missing;
  found.since = game.tick;
  found.got = 0;
  return found;
}

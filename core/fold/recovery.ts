import type { RecoveredBody } from "#core/events/ledger";
import type { State } from "#core/fold/state";

/**
 * What worlds stated beyond the ledger's knowledge since the last `ledger-recovered`. Rounds note it beside the accounts,
 * in the same message as the moves, so that a leader that dies before it told leaves it to the next one.
 */

/** Resources in one message: half of what a round has room for. The rest is told by the next one. */
const TOLD_MAX = 5_000;

/** True when worlds have stated more than the ledger knew, and that was not told yet: it had lost its memory. */
export const hadForgotten = (state: State): boolean => {
  if (state.raised.size > 0) return true;
  for (const { restored } of state.instances.values()) if (restored) return true;
  return false;
};

/** What is to be told; undefined when that is nothing. `restated`: every open session has stated its totals. */
export const recoveredBody = (state: State, restated: boolean): RecoveredBody | undefined => {
  if (!hadForgotten(state)) return undefined;
  const worlds: RecoveredBody["worlds"] = {};
  const shortfall: RecoveredBody["shortfall"] = {};
  let room = TOLD_MAX;
  for (const { id, accounts } of state.worlds.values()) {
    for (const { stock, raised, credited } of accounts.values()) {
      if ((raised === 0 && credited === 0) || room-- <= 0) continue;
      worlds[id] ??= { raised: {}, credited: {} };
      if (raised > 0) worlds[id].raised[stock.key] = raised;
      if (credited > 0) worlds[id].credited[stock.key] = credited;
      if (stock.shortfall > 0) shortfall[stock.key] = stock.shortfall;
    }
  }
  const instances = [...state.instances.values()].filter(({ restored }) => restored).map(({ id }) => id);
  return { worlds, instances, shortfall, restated };
};

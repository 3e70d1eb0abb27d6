import type { Finding } from "#core/audit/finding";
import { type StockView, stockViewsOf, worldViewOf } from "#core/audit/view";
import { canonicalJson } from "#core/events/codec";
import type { WorldView } from "#core/events/query";
import type { State } from "#core/fold/state";

/** What a leader answered about one round. */
export interface LiveAnswers {
  readonly round: number;
  readonly worlds: readonly WorldView[];
  readonly stocks: readonly StockView[];
}

const isZero = ({ storage, shortfall, adjusted }: StockView): boolean =>
  storage === 0 && shortfall === 0 && adjusted === 0;

/** `tick` moves with reports that change nothing else, and is written with the next change only. */
const comparable = ({ tick: _tick, ...view }: WorldView): WorldView & { tick: number } => ({ ...view, tick: 0 });

/** What the ledger says, too: caps and demands are for people. */
const stockOf = ({ resource, storage, shortfall, adjusted }: StockView): StockView => ({
  resource,
  storage,
  shortfall,
  adjusted,
});

/** The first thing that the leader says otherwise than the ledger does at the same round (V10). */
export const compareLive = (state: State, seq: number, live: LiveAnswers): Finding | undefined => {
  const where = { rule: "live", seq, round: live.round } as const;
  const says = {
    worlds: new Map(live.worlds.map((view) => [view.world as string, canonicalJson(comparable(view))])),
    stocks: new Map(
      live.stocks.filter((view) => !isZero(view)).map((view) => [view.resource, canonicalJson(stockOf(view))]),
    ),
  };
  const holds = {
    worlds: new Map([...state.worlds.values()].map((w) => [w.id as string, canonicalJson(comparable(worldViewOf(w)))])),
    stocks: new Map(
      stockViewsOf(state)
        .filter((view) => !isZero(view))
        .map((view) => [view.resource, canonicalJson(view)]),
    ),
  };
  for (const kind of ["stocks", "worlds"] as const) {
    for (const name of [...new Set([...holds[kind].keys(), ...says[kind].keys()])].sort()) {
      const expected = holds[kind].get(name) ?? "nothing";
      const found = says[kind].get(name) ?? "nothing";
      if (expected === found) continue;
      return { ...where, ...(kind === "stocks" ? { resource: name } : { world: name }), expected, found };
    }
  }
  return undefined;
};

import type { ClaimView, StockSummary, StockView, WorldView } from "#core/events/query";

/** What flows, from what worlds stated at two moments: totals only grow, and a world that went back meanwhile gave nothing. */

const MINUTE_MS = 60_000;

export interface StockFlow extends StockSummary {
  /** Units a minute that worlds give and get; left out where it was not asked for. */
  readonly inPerMinute?: number;
  readonly outPerMinute?: number;
}

export interface ClaimFlow extends ClaimView {
  readonly givesPerMinute?: number;
  readonly getsPerMinute?: number;
}

export interface FlowingStock extends Omit<StockView, "worlds"> {
  readonly worlds: readonly ClaimFlow[];
}

const perMinute = (before: number, after: number, ms: number): number =>
  Math.round((Math.max(0, after - before) * MINUTE_MS) / Math.max(1, ms));

/** Each stock with what all worlds gave and got of it between two looks. */
export const withFlows = (
  stocks: readonly StockSummary[],
  {
    before,
    after,
    ms,
  }: { readonly before: readonly WorldView[]; readonly after: readonly WorldView[]; readonly ms: number },
): StockFlow[] => {
  const known = new Map(before.map((world) => [world.world, world]));
  const flow = (resource: string, total: "exported" | "received"): number =>
    after.reduce((sum, world) => {
      const then = known.get(world.world)?.[total][resource];
      // A world that is new has no flow yet.
      return then === undefined ? sum : sum + perMinute(then, world[total][resource] ?? then, ms);
    }, 0);
  return stocks.map((stock) => ({
    ...stock,
    inPerMinute: flow(stock.resource, "exported"),
    outPerMinute: flow(stock.resource, "received"),
  }));
};

/** One stock, each world with what it gave and got between two looks. */
export const withClaimFlows = (before: StockView, after: StockView, ms: number): FlowingStock => {
  const known = new Map(before.worlds.map((claim) => [claim.world, claim]));
  return {
    ...after,
    worlds: after.worlds.map((claim) => {
      const then = known.get(claim.world) ?? claim;
      return {
        ...claim,
        givesPerMinute: perMinute(then.exported, claim.exported, ms),
        getsPerMinute: perMinute(then.received, claim.received, ms),
      };
    }),
  };
};

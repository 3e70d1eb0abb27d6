import type { z } from "zod";
import { CARRY_ONE, type Claim } from "#core/allocation/allocate";
import type { Policies } from "#core/events/command";
import type { ClaimView, Page, queries, Standing, StockSummary, StockView } from "#core/events/query";
import { claimOf, reserveOf } from "#core/fold/decide";
import { demandOf } from "#core/fold/moves";
import type { Account, State, Stock } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";
import type { Capping } from "#projector/capping";

/** What storage has of a resource, who wants it, and why somebody waits. */

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

export const stockSummary = (stock: Stock, capping: Capping): StockSummary => {
  const { key, storage, shortfall, adjusted, claimants } = stock;
  const demands = [...claimants].map(demandOf);
  const cap = capping.capOf(key);
  return {
    ...{ resource: key, storage, shortfall, adjusted },
    ...(demands.length === 0 ? {} : { demand: sum(demands), waiting: demands.length }),
    ...(cap === undefined ? {} : { cap }),
    ...(capping.has(key) ? { capped: true as const } : {}),
  };
};

/** How much each claim counts when the next units are shared, under the rule that holds. */
const shareWeight = ({ rule }: Policies, claims: readonly Claim[]): ((claim: Claim) => number) => {
  const first = Math.min(...claims.map(({ tier }) => tier));
  return ({ weight, demand, tier }) => {
    if (rule === "priority") return tier === first ? weight : 0;
    return rule === "proportional" ? weight * demand : weight;
  };
};

const claimView = (account: Account, claim: Claim, share: number): ClaimView => {
  const { world, exported, received, allocated, debt, held } = account;
  const { demand, weight, tier, carry } = claim;
  return {
    ...{ world: world.id, instance: world.instance, open: world.open },
    ...{ exported, received, allocated, debt, held, demand, weight, tier, share, carry: carry / CARRY_ONE },
  };
};

/** How a world stands among those that want these resources too. */
export const standings = (state: State, { world, resources }: ClaimsRequest): { standings: Standing[] } => {
  const own = state.worlds.get(world as WorldId);
  return {
    standings: resources.map((resource): Standing => {
      const key = resource as ResourceKey;
      const stock = state.stocks.get(key);
      const claims = [...(stock?.claimants ?? [])].map((account) => claimOf(state, account));
      const weightOf = shareWeight(state.policies, claims);
      const mine = claims.find(({ id }) => id === world);
      const account = own?.accounts.get(key);
      return {
        resource,
        onTheWay: account === undefined ? 0 : account.allocated - account.received,
        storage: stock?.storage ?? 0,
        demand: Math.min(Number.MAX_SAFE_INTEGER, sum(claims.map(({ demand }) => demand))),
        worlds: claims.length,
        share: mine === undefined ? 0 : weightOf(mine) / sum(claims.map(weightOf)),
      };
    }),
  };
};
type ClaimsRequest = z.infer<(typeof queries)["claims"]["request"]>;

/** One resource with the accounts of all worlds that ever had to do with it, page by page. */
export const stockView = (
  state: State,
  { resource, after = "", limit }: Page & { readonly resource: string },
  capping: Capping,
): StockView => {
  const key = resource as ResourceKey;
  const stock = state.stocks.get(key);
  const accounts = [...state.worlds.values()]
    .flatMap((world) => world.accounts.get(key) ?? [])
    .sort((a, b) => (a.world.id < b.world.id ? -1 : 1));
  const waiting = accounts.map((account) => claimOf(state, account)).filter(({ demand }) => demand > 0);
  const weightOf = shareWeight(state.policies, waiting);
  const all = sum(waiting.map(weightOf));
  const rest = accounts.filter(({ world }) => world.id > after);
  const worlds = rest.slice(0, limit).map((account) => {
    const claim = claimOf(state, account);
    return claimView(account, claim, claim.demand > 0 ? weightOf(claim) / all : 0);
  });
  const none = { resource: key, storage: 0, shortfall: 0, adjusted: 0 };
  const cap = capping.capOf(key);
  const unknown: StockSummary = {
    ...none,
    ...(cap === undefined ? {} : { cap }),
    ...(capping.has(key) ? { capped: true as const } : {}),
  };
  return {
    ...(stock === undefined ? unknown : stockSummary(stock, capping)),
    rule: state.policies.rule,
    reserve: stock === undefined ? 0 : reserveOf(state, stock),
    worlds,
    ...(rest.length > limit ? { next: worlds.at(-1)!.world } : {}),
  };
};

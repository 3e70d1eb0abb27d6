import type { Objection } from "#core/audit/book";
import { seatOf } from "#core/audit/grants";
import type { DecidedRound } from "#core/audit/round";
import type { Account, Stock } from "#core/fold/state";

/** V5: only a session's beginning or end explains totals that fall and debts that rise. */
export const checkTotals = (round: DecidedRound, account: Account): Objection | undefined => {
  if (round.renewed(account)) return undefined;
  const before = round.before(account);
  const where = { rule: "totals", resource: account.stock.key, world: account.world.id } as const;
  for (const name of ["exported", "received", "allocated"] as const) {
    if (account[name] >= before[name]) continue;
    return { ...where, expected: `${name} ≥ ${before[name]} within a session`, found: `${name} ${account[name]}` };
  }
  if (account.debt <= before.debt) return undefined;
  return { ...where, expected: `debt ≤ ${before.debt} within a session`, found: `debt ${account.debt}` };
};

/** Units of a round that reached `distribute`: what was exported, less what is held back, with what is held no more. */
const credited = (round: DecidedRound, account: Account): number => {
  const before = round.before(account);
  return account.exported - before.exported + before.held - account.held;
};

/**
 * V6: where no world's session changed and none held more than was granted, a resource was only credited. A credit repays
 * its world's debt, then the shortfall, then it is storage; in whatever order they came, the sums are the same.
 * "skipped" for the rounds that did more: there the order of the facts would have to be known.
 */
export const checkCredits = (
  round: DecidedRound,
  stock: Stock,
  accounts: readonly Account[],
): Objection | "skipped" | undefined => {
  const level = round.levelBefore(stock);
  const simple = (account: Account) =>
    !round.renewed(account) && account.received <= round.before(account).allocated && credited(round, account) >= 0;
  if (level === undefined || !accounts.every(simple)) return "skipped";
  let rest = 0;
  let granted = 0;
  for (const account of accounts) {
    const { debt } = round.before(account);
    const amount = credited(round, account);
    const repaid = Math.min(debt, amount);
    rest += amount - repaid;
    granted += seatOf(account, round.before(account), false).granted;
    if (account.debt === debt - repaid) continue;
    const where = { rule: "credit", resource: stock.key, world: account.world.id } as const;
    return { ...where, expected: `debt ${debt - repaid}`, found: `debt ${account.debt}` };
  }
  const covered = Math.min(level.shortfall, rest);
  const shortfall = level.shortfall - covered;
  const storage = level.storage + rest - covered - granted;
  if (stock.shortfall === shortfall && stock.storage === storage) return undefined;
  return {
    rule: "credit",
    resource: stock.key,
    expected: `storage ${storage}, shortfall ${shortfall}`,
    found: `storage ${stock.storage}, shortfall ${stock.shortfall}`,
  };
};

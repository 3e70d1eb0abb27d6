import type { Balances, Level, Step } from "#core/audit/step";
import { balancesOf } from "#core/audit/step";
import type { LedgerMessage, RoundBody } from "#core/events/ledger";
import type { Account, Stock } from "#core/fold/state";
import type { WorldId } from "#core/ids";

/**
 * A round as it was decided: one message, or the parts that a long one was split into (ADR 0002). Parts before the last
 * have amounts only; the sessions, without which no demand is known, stand in the last.
 */
export class DecidedRound {
  readonly #before = new Map<Account, Balances>();
  readonly #levels = new Map<Stock, Level>();
  readonly #sessions = new Set<WorldId>();

  constructor(readonly boot: string) {}

  add(step: Step): void {
    for (const { account, before } of step.accounts) if (!this.#before.has(account)) this.#before.set(account, before);
    for (const { stock, before } of step.stocks) if (!this.#levels.has(stock)) this.#levels.set(stock, before);
    for (const world of step.sessions) this.#sessions.add(world);
  }

  /** What an account was before the round; unchanged accounts are what they are. */
  before(account: Account): Balances {
    return this.#before.get(account) ?? balancesOf(account);
  }

  levelBefore(stock: Stock): Level | undefined {
    return this.#levels.get(stock);
  }

  get changed(): Iterable<Account> {
    return this.#before.keys();
  }

  get stocks(): Iterable<Stock> {
    return this.#levels.keys();
  }

  /** True when a session of this world began or ended in the round: what it stated before is folded away. */
  renewed(account: Account): boolean {
    return this.#sessions.has(account.world.id);
  }
}

/** True for a part of a split round that is not the last: every world in it has amounts and nothing else. */
export const isEarlierPart = (message: LedgerMessage): message is LedgerMessage & { type: "round" } => {
  if (message.type !== "round") return false;
  const body: RoundBody = message.data;
  if (body.position !== undefined || body.instances !== undefined || body.worlds === undefined) return false;
  const worlds = Object.values(body.worlds);
  return (worlds.length > 0 || body.storage !== undefined) && worlds.every(({ seq }) => seq === undefined);
};

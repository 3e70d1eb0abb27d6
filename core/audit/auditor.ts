import { accountBounds, Book, type Objection, stockBounds } from "#core/audit/book";
import { Chain } from "#core/audit/chain";
import { type Base, Checkpoints } from "#core/audit/checkpoints";
import { checkCredits, checkTotals } from "#core/audit/credits";
import type { Finding } from "#core/audit/finding";
import { checkGrants, leftWanting } from "#core/audit/grants";
import { checkRewind } from "#core/audit/rewinds";
import { DecidedRound, isEarlierPart } from "#core/audit/round";
import { type Step, takeStep } from "#core/audit/step";
import { unseal } from "#core/events/ledger-codec";
import type { State, Stock } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { LEDGER_TYPES, subjects } from "#core/subjects";

/** What an audit looked at, for the proof. */
export interface Tally {
  /** Messages read, valid and void. */
  messages: number;
  valid: number;
  /** Terms of leadership: how often the boot changed. */
  terms: number;
  /** Rounds as decided: a split round is one. */
  rounds: number;
  splitRounds: number;
  /** Operators' acts and the leader's own facts, which fold by themselves. */
  acts: number;
  /** Single grants that were recomputed, and resources of rounds that had some. */
  grants: number;
  grantedResources: number;
  /** Resources of rounds whose credits were recomputed, and those that did more than credit. */
  creditedResources: number;
  otherResources: number;
  /** Sums over all accounts of a resource that were compared. */
  conservationChecks: number;
  /** What could not be recomputed, by reason. */
  readonly notRecomputable: { sessionBegan: number; roundCutShort: number };
  /** Rounds that left demand beside storage: right before a new leader grants, and while LEDGER is nearly full. */
  readonly withheld: { rounds: number; afterGranting: number; firstAfterGranting?: number };
}

const newTally = (): Tally => ({
  messages: 0,
  valid: 0,
  terms: 0,
  rounds: 0,
  splitRounds: 0,
  acts: 0,
  grants: 0,
  grantedResources: 0,
  creditedResources: 0,
  otherResources: 0,
  conservationChecks: 0,
  notRecomputable: { sessionBegan: 0, roundCutShort: 0 },
  withheld: { rounds: 0, afterGranting: 0 },
});

/**
 * Re-folds a ledger message by message and checks V1 to V9, V11 and V12 (finding.ts). Ask no more of it after its first finding: the
 * state that later messages rest on is then not known.
 */
export class Auditor {
  readonly state: State;
  readonly tally = newTally();
  readonly chain: Chain;
  readonly checkpoints = new Checkpoints();
  readonly #book: Book;
  /** Parts of a round whose last part has not come yet. */
  #parts: DecidedRound | undefined;
  /** The present leader has granted in this term. */
  #hasGranted = false;

  constructor(base: Base) {
    this.state = base.state;
    this.#book = new Book(base.state);
    this.chain = new Chain(base.seq + 1);
  }

  take(stored: StoredMessage): Finding | undefined {
    this.tally.messages++;
    const { seq } = stored;
    const unsealed = unseal(stored);
    if (unsealed.kind !== "message") {
      return { rule: "format", seq, expected: `a message of version 1 on ${stored.subject}`, found: unsealed.reason };
    }
    const { message, hash } = unsealed;
    const link = this.chain.judge(this.state, { seq, hash }, message);
    if (link === "void") return undefined;
    if (link !== "valid") return link;
    if (message.data.boot !== this.state.boot) {
      this.tally.terms++;
      this.#hasGranted = false;
    }
    const step = takeStep(this.state, message, hash);
    this.tally.valid++;
    const objection = this.#balance(step) ?? this.#judge(step);
    if (objection !== undefined) return { seq, round: message.data.round, ...objection };
    if (message.type === "checkpoint") return this.checkpoints.take(this.state, seq, message.data);
    return undefined;
  }

  /** True while a split round's last part is still to come: its amounts are newer than the position. */
  get withinRound(): boolean {
    return this.#parts !== undefined;
  }

  /** After the last message. */
  finish(): Finding | undefined {
    this.#cutShort();
    this.checkpoints.finish();
    return this.chain.finish(this.state);
  }

  /** V3 and V4: every message by itself, parts of rounds too. */
  #balance(step: Step): Objection | undefined {
    this.#book.take(step);
    for (const { account } of step.accounts) {
      const objection = accountBounds(account);
      if (objection !== undefined) return objection;
    }
    for (const { stock } of step.stocks) {
      this.tally.conservationChecks++;
      const objection = stockBounds(stock) ?? this.#book.conservation(stock);
      if (objection !== undefined) return objection;
    }
    if (step.refusal === undefined) return undefined;
    return { rule: "conservation", expected: "a message that folds", found: step.refusal };
  }

  /** V5 to V8, once a round is whole. */
  #judge(step: Step): Objection | undefined {
    const { message } = step;
    const { boot } = message.data;
    if (this.#parts !== undefined && (this.#parts.boot !== boot || message.type !== "round")) this.#cutShort();
    if (message.type !== "round") {
      if (message.type !== "checkpoint") this.tally.acts++;
      return message.type === "world-rewound" ? checkRewind(step, message.data.rewind) : undefined;
    }
    const round = this.#parts ?? new DecidedRound(boot);
    round.add(step);
    if (isEarlierPart(message)) {
      this.#parts = round;
      return undefined;
    }
    if (this.#parts !== undefined) this.tally.splitRounds++;
    this.#parts = undefined;
    this.tally.rounds++;
    return this.#postings(round) ?? this.#grants(round);
  }

  /** A leader ended between the parts of a round: the next one folds the same facts again. */
  #cutShort(): void {
    if (this.#parts === undefined) return;
    this.#parts = undefined;
    this.tally.notRecomputable.roundCutShort++;
  }

  #postings(round: DecidedRound): Objection | undefined {
    const byStock = new Map<Stock, Parameters<typeof checkCredits>[2][number][]>();
    for (const stock of round.stocks) byStock.set(stock, []);
    for (const account of round.changed) {
      const objection = checkTotals(round, account);
      if (objection !== undefined) return objection;
      byStock.get(account.stock)?.push(account);
    }
    for (const [stock, accounts] of byStock) {
      const objection = checkCredits(round, stock, accounts);
      if (objection === "skipped") this.tally.otherResources++;
      else if (objection !== undefined) return objection;
      else this.tally.creditedResources++;
    }
    return undefined;
  }

  #grants(round: DecidedRound): Objection | undefined {
    let granted = false;
    for (const stock of round.stocks) {
      const verdict = checkGrants(this.state, this.#book, round, stock);
      if (verdict.kind === "wrong") return verdict.objection;
      if (verdict.kind === "ambiguous") this.tally.notRecomputable.sessionBegan++;
      if (verdict.kind !== "recomputed") continue;
      this.tally.grantedResources++;
      this.tally.grants += verdict.grants;
      granted ||= verdict.certain;
    }
    return this.#settle(granted);
  }

  /** V8. The fold's list of stocks to look at only grows when it replays; the audit strikes out those that are settled. */
  #settle(granted: boolean): Objection | undefined {
    for (const stock of this.state.hungry) {
      const wanting = leftWanting(this.state, this.#book, stock);
      if (wanting === undefined) this.state.hungry.delete(stock);
      else if (granted) {
        return {
          rule: "withheld",
          resource: stock.key,
          world: wanting.world.id,
          expected: "no demand beside storage that could be granted",
          found: `storage ${stock.storage}, and ${wanting.target - wanting.allocated} still wanted`,
        };
      }
    }
    this.#withheld();
    this.#hasGranted ||= granted;
    return undefined;
  }

  #withheld(): void {
    if (this.state.hungry.size === 0) return;
    const { withheld } = this.tally;
    withheld.rounds++;
    if (!this.#hasGranted) return;
    withheld.afterGranting++;
    withheld.firstAfterGranting ??= this.state.round;
  }
}

/** True when a message is of a later version of this system: an audit by this one would be incomplete. */
export const isOfNewerVersion = (stored: StoredMessage): boolean => {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(stored.data));
    const v = value !== null && typeof value === "object" && "v" in value ? value.v : undefined;
    return (typeof v === "number" && v > 1) || !isKnownSubject(stored.subject);
  } catch {
    return false;
  }
};

const isKnownSubject = (subject: string): boolean => LEDGER_TYPES.some((type) => subjects.ledger(type) === subject);

import { seatOf } from "#core/audit/grants";
import type { AccountChange, Step } from "#core/audit/step";
import type { Position, State } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/**
 * Which units went where: storage of one resource as a queue, first in, first out.
 *
 * Units of a resource are alike, so this is an attribution, not a fact: the ledger says how much went in and out of storage
 * and when; which of them is decided here. Within one message credits come before what is taken, and worlds in the order
 * of their ids.
 */
export interface Origin extends Window {
  readonly kind: "opening" | "export" | "recall" | "adjustment" | "other";
  readonly world?: WorldId;
}

export interface Sink extends Window {
  readonly kind: "grant" | "reversal" | "receipt" | "adjustment" | "other";
  readonly world?: WorldId;
}

/** They bring back what was in flight. */
const RECALLS: ReadonlySet<string> = new Set(["world-retired", "instance-deleted"]);

/** What the ledger had read of EVENTS before and after a message: the facts that it folded stand in between. */
export interface Window {
  readonly seq: number;
  readonly round: number;
  /** closedAt (ms). */
  readonly at: number;
  readonly after: Position | undefined;
  readonly until: Position | undefined;
}

/** Units that left the queue together. */
export interface Piece {
  readonly origin: Origin;
  readonly sink: Sink;
  readonly amount: number;
  /** Of an export: its first unit is this one of all that the world has ever exported, counted from 0. */
  readonly exportedFrom: number;
  /** Of a grant: the same of all that was ever granted to the world. */
  readonly grantedFrom: number;
}

interface Lot {
  readonly origin: Origin;
  amount: number;
  exportedFrom: number;
}

/** Lots that left the front are cut off this many at a time. */
const CUT = 1_024;

class Queue {
  #lots: Lot[] = [];
  #front = 0;

  push(origin: Origin, amount: number, exportedFrom = 0): void {
    if (amount > 0) this.#lots.push({ origin, amount, exportedFrom });
  }

  /** Takes from the front; what the queue lacks is nobody's. */
  take(amount: number, onPiece: (lot: Lot, amount: number) => void): void {
    for (let left = amount; left > 0; ) {
      const lot = this.#lots[this.#front];
      if (lot === undefined) return;
      const taken = Math.min(left, lot.amount);
      onPiece(lot, taken);
      left -= taken;
      lot.amount -= taken;
      lot.exportedFrom += taken;
      if (lot.amount > 0) continue;
      this.#front++;
      if (this.#front < CUT) continue;
      this.#lots = this.#lots.slice(this.#front);
      this.#front = 0;
    }
  }

  get stored(): number {
    return this.#lots.slice(this.#front).reduce((sum, { amount }) => sum + amount, 0);
  }

  /** Units in storage before the first of an origin; undefined when none of it is left. */
  ahead(is: (origin: Origin) => boolean): number | undefined {
    let sum = 0;
    for (const { origin, amount } of this.#lots.slice(this.#front)) {
      if (is(origin)) return sum;
      sum += amount;
    }
    return undefined;
  }
}

/** What became of one world's export in one message. */
export interface Credit {
  readonly world: WorldId;
  /** The exported total before and after. */
  readonly from: number;
  readonly to: number;
  /** In this order, from the first of these units on. */
  readonly repaid: number;
  readonly covered: number;
  readonly stored: number;
  readonly held: number;
}

/** What one message did to the storage of the resource. */
export interface Flow {
  readonly credits: readonly Credit[];
  readonly pieces: readonly Piece[];
}

interface Taken {
  readonly sink: Sink;
  readonly amount: number;
  readonly grantedFrom: number;
}

export class Lots {
  readonly #queue = new Queue();

  /** `state` is the one before the first step. */
  constructor(
    readonly resource: ResourceKey,
    state: State,
  ) {
    const { round, closedAt: at, position } = state;
    this.#queue.push(
      { kind: "opening", seq: 0, round, at, after: undefined, until: position },
      state.stocks.get(resource)?.storage ?? 0,
    );
  }

  /** What storage has, by what came in and went out. */
  get stored(): number {
    return this.#queue.stored;
  }

  ahead(seq: number, world: WorldId): number | undefined {
    return this.#queue.ahead((origin) => origin.seq === seq && origin.world === world);
  }

  take(where: Window, step: Step): Flow {
    const level = step.stocks.find(({ stock }) => stock.key === this.resource);
    if (level === undefined) return { credits: [], pieces: [] };
    const changes = step.accounts
      .filter(({ account }) => account.stock.key === this.resource)
      .sort((a, b) => (a.account.world.id < b.account.world.id ? -1 : 1));
    const credits = creditsOf(changes, Math.max(0, level.before.shortfall - level.after.shortfall));
    const taken = takenBy(step, changes, where);
    let net = level.after.storage - level.before.storage;
    for (const { amount } of taken) net += amount;
    for (const credit of credits) {
      const origin: Origin = { kind: "export", ...where, world: credit.world };
      this.#queue.push(origin, credit.stored, credit.from + credit.repaid + credit.covered);
      net -= credit.stored;
    }
    const act = step.message.type === "adjusted" || step.message.type === "resource-renamed";
    const kind = act ? "adjustment" : RECALLS.has(step.message.type) ? "recall" : "other";
    // What a session's beginning folded away, recalls and adjustments: only their sum is known.
    if (net > 0) this.#queue.push({ kind, ...where }, net);
    else if (net < 0)
      taken.unshift({ sink: { kind: act ? "adjustment" : "other", ...where }, amount: -net, grantedFrom: 0 });
    return { credits, pieces: this.#leave(taken) };
  }

  #leave(taken: readonly Taken[]): Piece[] {
    const pieces: Piece[] = [];
    for (const { sink, amount, grantedFrom } of taken) {
      let at = grantedFrom;
      this.#queue.take(amount, ({ origin, exportedFrom }, part) => {
        pieces.push({ origin, sink, amount: part, exportedFrom, grantedFrom: at });
        at += part;
      });
    }
    return pieces;
  }
}

/** Credits as `distribute` puts them: the world's own debt, the shortfall, storage; what a rate policy holds stays out. */
const creditsOf = (changes: readonly AccountChange[], covered: number): Credit[] => {
  let left = covered;
  return changes.flatMap(({ account, before, after }): Credit[] => {
    const exported = after.exported - before.exported;
    if (exported <= 0) return [];
    const held = Math.min(exported, Math.max(0, after.held - before.held));
    const repaid = Math.min(exported - held, Math.max(0, before.debt - after.debt));
    const covers = Math.min(exported - held - repaid, left);
    left -= covers;
    const stored = exported - held - repaid - covers;
    const { exported: from } = before;
    return [{ world: account.world.id, from, to: after.exported, repaid, covered: covers, stored, held }];
  });
};

/** What left storage: given back and taken without a grant first, then the grants. */
const takenBy = (step: Step, changes: readonly AccountChange[], where: Window): Taken[] => {
  const { type } = step.message;
  if (type !== "round" && type !== "world-rewound") return [];
  const given: Taken[] = [];
  const granted: Taken[] = [];
  for (const { account, before, after } of changes) {
    const world = account.world.id;
    const seat = seatOf(account, before, step.sessions.includes(world));
    const fell = before.exported - after.exported - Math.max(0, before.held - after.held);
    const reversed = fell - Math.max(0, after.debt - before.debt);
    if (reversed > 0) given.push({ sink: { kind: "reversal", ...where, world }, amount: reversed, grantedFrom: 0 });
    const raised = seat.from - before.allocated;
    if (raised > 0)
      given.push({ sink: { kind: "receipt", ...where, world }, amount: raised, grantedFrom: before.allocated });
    if (seat.granted > 0)
      granted.push({ sink: { kind: "grant", ...where, world }, amount: seat.granted, grantedFrom: seat.from });
  }
  return [...given, ...granted];
};

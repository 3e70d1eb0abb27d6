import { type Credit, Lots, type Origin, type Piece, type Sink, type Window } from "#core/audit/lots";
import { Statement } from "#core/audit/statement";
import type { Step } from "#core/audit/step";
import type { Position, State } from "#core/fold/state";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/**
 * One export or one grant from chest to chest, by the ledger alone: a fold over its messages. Where the facts behind it are
 * still in EVENTS, whoever asks looks them up between two positions.
 */
export interface TraceOf {
  readonly kind: "export" | "grant";
  readonly seq: number;
  readonly world: WorldId;
  readonly resource: ResourceKey;
  /** Of an export: only these of all units that the world has ever exported, the first counted from 0. */
  readonly units?: { readonly from: number; readonly to: number };
}

/** Units on their way: from which export to which grant, and when they arrived. */
export interface Way {
  readonly amount: number;
  readonly origin: Origin;
  /** Of all that the exporting world has ever exported, the last of these units; 0 for other origins. */
  readonly exportedTo: number;
  readonly sink: Sink;
  /** Of all that was ever granted to the world, the last of these units; 0 for other sinks. */
  readonly grantedTo: number;
  received?: Window;
  /** Taken back before they arrived. */
  recalled?: Window;
}

export interface LedgerTrace extends TraceOf {
  /** The message in which it stands; undefined when it does not. */
  readonly folded: Window | undefined;
  /** Of an export. */
  readonly credit?: Credit;
  /** Units in storage before those of the export came; undefined when none went there. */
  readonly ahead?: number;
  /** Of a grant: demand, what there was and the rule. */
  readonly cause?: string;
  readonly amount: number;
  readonly ways: readonly Way[];
  /** Units of an export that stand in storage at the end. */
  readonly inStorage: number;
  /** Where the storage stood in which the trace began: nothing is known of what was in it then. */
  readonly openedAt: number;
}

/** Ways of one trace that are told one by one; a large export may feed thousands of small grants. */
const WAYS_MAX = 1_000;

export class Tracer {
  readonly #lots: Lots;
  readonly #ways: Way[] = [];
  readonly #openedAt: number;
  #folded: Window | undefined;
  #credit: Credit | undefined;
  #ahead: number | undefined;
  #cause: string | undefined;
  #amount = 0;
  #left = 0;
  #position: Position | undefined;

  constructor(
    readonly of: TraceOf,
    state: State,
    seq: number,
  ) {
    this.#lots = new Lots(of.resource, state);
    this.#openedAt = seq;
    this.#position = state.position;
  }

  /** Takes the ledger's next step; `state` is the one after it. */
  take(state: State, seq: number, step: Step): void {
    const { round, closedAt: at } = step.message.data;
    const window = { seq, round, at, after: this.#position, until: state.position };
    this.#position = state.position;
    const flow = this.#lots.take(window, step);
    if (seq === this.of.seq) this.#begin(state, step, { window, credits: flow.credits });
    for (const piece of flow.pieces) this.#follow(piece);
    this.#arrivals(state, window);
  }

  /** True when nothing more can happen to these units. */
  get done(): boolean {
    if (this.#folded === undefined || (this.of.kind === "export" && this.#left > 0)) return false;
    return this.#ways.every(isOver);
  }

  finish(): LedgerTrace {
    return {
      ...this.of,
      folded: this.#folded,
      ...(this.#credit === undefined ? {} : { credit: this.#credit }),
      ...(this.#ahead === undefined ? {} : { ahead: this.#ahead }),
      ...(this.#cause === undefined ? {} : { cause: this.#cause }),
      amount: this.#amount,
      ways: this.#ways,
      inStorage: this.#left,
      openedAt: this.#openedAt,
    };
  }

  #begin(state: State, step: Step, { window, credits }: { window: Window; credits: readonly Credit[] }): void {
    const { kind, seq, world, resource } = this.of;
    if (kind === "export") {
      const credit = credits.find((one) => one.world === world);
      if (credit === undefined) return;
      this.#folded = window;
      this.#credit = credit;
      const { from, to } = this.#units(credit);
      this.#amount = Math.max(0, to - from);
      const first = credit.from + credit.repaid + credit.covered;
      this.#left = overlap({ from, to }, { from: first, to: first + credit.stored });
      this.#ahead = this.#lots.ahead(seq, world);
      return;
    }
    const entries = new Statement({ resource }, 0).take(state, seq, step);
    const entry = entries.find((one) => one.kind === "grant" && one.world === world);
    if (entry === undefined) return;
    this.#folded = window;
    this.#amount = -entry.amount;
    this.#cause = entry.cause;
  }

  #units(credit: Credit): { readonly from: number; readonly to: number } {
    const { from = credit.from, to = credit.to } = this.of.units ?? {};
    return { from: Math.max(from, credit.from), to: Math.min(to, credit.to) };
  }

  #follow(piece: Piece): void {
    const { kind, seq, world } = this.of;
    const { origin, sink } = piece;
    if (kind === "grant") {
      if (sink.kind === "grant" && sink.seq === seq && sink.world === world) this.#add(piece, 0, piece.amount);
      return;
    }
    if (origin.kind !== "export" || origin.seq !== seq || origin.world !== world || this.#credit === undefined) return;
    const units = this.#units(this.#credit);
    const skip = Math.max(0, units.from - piece.exportedFrom);
    const amount = overlap(units, { from: piece.exportedFrom, to: piece.exportedFrom + piece.amount });
    this.#left -= amount;
    if (amount > 0) this.#add(piece, skip, amount);
  }

  #add({ origin, sink, exportedFrom, grantedFrom }: Piece, skip: number, amount: number): void {
    if (this.#ways.length >= WAYS_MAX) return;
    const exportedTo = origin.kind === "export" ? exportedFrom + skip + amount : 0;
    const grantedTo = sink.kind === "grant" ? grantedFrom + skip + amount : 0;
    this.#ways.push({ amount, origin, exportedTo, sink, grantedTo });
  }

  #arrivals(state: State, window: Window): void {
    for (const way of this.#ways) {
      if (isOver(way) || way.sink.world === undefined) continue;
      const account = state.worlds.get(way.sink.world)?.accounts.get(this.of.resource);
      if (account === undefined) continue;
      if (account.received >= way.grantedTo) way.received = window;
      else if (account.allocated < way.grantedTo) way.recalled = window;
    }
  }
}

const isOver = ({ sink, received, recalled }: Way): boolean =>
  sink.kind !== "grant" || received !== undefined || recalled !== undefined;

const overlap = (a: { from: number; to: number }, b: { from: number; to: number }): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

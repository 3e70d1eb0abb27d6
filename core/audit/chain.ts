import type { Finding } from "#core/audit/finding";
import type { LedgerMessage } from "#core/events/ledger";
import { VOIDS_MAX } from "#core/fold/checkpoint";
import type { State } from "#core/fold/state";

/**
 * Which messages belong to the chain (V1, V2).
 *
 * A message whose `prev` is not the hash of the last valid one is void: its author led on a history that was cut off. Such
 * an author learns of it at once and stands by, so voids are few, are never of the leader that wrote the last valid
 * message, never of a round that their author has in the chain, too, and the chain goes on after them. Anything else is a
 * chain that somebody broke.
 */
export interface Void {
  readonly seq: number;
  readonly round: number;
  readonly boot: string;
  readonly hash: string;
}

export type Link = "valid" | "void" | Finding;

export class Chain {
  readonly voids: Void[] = [];
  /** Voids since the last valid message. */
  #run: Void[] = [];
  #expectedSeq: number | undefined;
  /** The last round that each leader has in the chain: a void message of his comes after it. */
  readonly #lastRound = new Map<string, number>();
  /** Gaps in the sequences across which the chain is whole: what stood there was void, or never counted. */
  readonly gaps: { readonly from: number; readonly to: number }[] = [];

  /** `expectedSeq`: of the first message to come; undefined when the stream may begin anywhere. */
  constructor(expectedSeq: number | undefined) {
    this.#expectedSeq = expectedSeq;
  }

  /** Judges the next message of the stream. `state` is that of the last valid one. */
  judge(state: State, at: { readonly seq: number; readonly hash: string }, { data }: LedgerMessage): Link {
    const { seq, hash } = at;
    const expectedSeq = this.#expectedSeq ?? seq;
    this.#expectedSeq = seq + 1;
    const isNext = data.prev === state.chain;
    if (seq !== expectedSeq) {
      const gap = { from: expectedSeq, to: seq - 1 };
      if (!isNext || seq < expectedSeq) {
        return { rule: "sequence", seq: expectedSeq, expected: `message ${expectedSeq}`, found: `message ${seq}` };
      }
      this.gaps.push(gap);
    }
    if (isNext) {
      this.#run = [];
      this.#lastRound.set(data.boot, data.round);
      const before = this.voids.find((one) => one.round === data.round && one.boot === data.boot);
      if (before !== undefined) return broken(state, before, { prev: "the hash of a later message" });
      return headerFinding(state, seq, data) ?? "valid";
    }
    const entry = { seq, round: data.round, boot: data.boot, hash };
    // What its author has in the chain is not off it: somebody put a message there once more.
    if (data.round <= (this.#lastRound.get(data.boot) ?? 0)) return broken(state, entry, data);
    if (data.boot === state.boot || this.#run.length >= VOIDS_MAX) return broken(state, this.#run[0] ?? entry, data);
    this.#run.push(entry);
    this.voids.push(entry);
    return "void";
  }

  /** Voids at the end with nothing valid after them: one of an earlier leader may stand there, more are a broken chain. */
  finish(state: State): Finding | undefined {
    const [first, second] = this.#run;
    if (first === undefined || (second === undefined && first.boot < state.boot)) return undefined;
    return broken(state, first, { prev: "the hash of another message" });
  }
}

const broken = (state: State, { seq, round }: Pick<Void, "seq" | "round">, { prev }: { prev: string }): Finding => ({
  rule: "chain",
  seq,
  round,
  expected: `prev ${state.chain === "" ? '""' : state.chain}, the hash of round ${state.round}`,
  found: prev === "" ? 'prev ""' : `prev ${prev}`,
});

const headerFinding = (state: State, seq: number, data: LedgerMessage["data"]): Finding | undefined => {
  const { round, closedAt, boot } = data;
  const where = { rule: "header", seq, round } as const;
  if (round !== state.round + 1) return { ...where, expected: `round ${state.round + 1}`, found: `round ${round}` };
  if (closedAt < state.closedAt) {
    return { ...where, expected: `closedAt ≥ ${state.closedAt}`, found: `closedAt ${closedAt}` };
  }
  if (boot < state.boot) return { ...where, expected: `boot ≥ ${state.boot}`, found: `boot ${boot}` };
  return undefined;
};

import type { Finding } from "#core/audit/finding";
import { isClusterioError } from "#core/errors";
import type { LedgerMessages } from "#core/events/ledger";
import { beginOfEnd, Gathering, restoreCheckpoint, VOIDS_MAX } from "#core/fold/checkpoint";
import { hashOf, imageOf } from "#core/fold/image";
import { newState, type State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";

/** Compares the checkpoints of a ledger with the state that it folds into (V9). */
export class Checkpoints {
  /** Whole ones that were compared. */
  compared = 0;
  /** Those whose author did not come to their last part. */
  partial = 0;
  /** The last one that was compared. */
  newest: { readonly first: number; readonly last: number } | undefined;
  readonly #gathering = new Gathering();
  /** Of the refolded state, where the present checkpoint began. */
  #refolded = "";

  /** Takes one part, right after it was folded; at the last compares content and hash with the refolded state. */
  take(state: State, seq: number, data: LedgerMessages["checkpoint"]["data"]): Finding | undefined {
    if (data.part === 1) {
      this.finish();
      this.#refolded = hashOf(imageOf(state));
    }
    const whole = this.#gathering.take(seq, data);
    if (whole === undefined) return undefined;
    const { first, last, stateHash } = whole;
    this.compared++;
    const refolded = this.#refolded;
    const where = { rule: "checkpoint", seq, round: data.round } as const;
    if (stateHash !== refolded) return { ...where, expected: `state ${refolded}`, found: `stateHash ${stateHash}` };
    const joined = hashOf(whole.image);
    if (joined !== refolded) return { ...where, expected: `state ${refolded}`, found: `an image of ${joined}` };
    this.newest = { first, last };
    return undefined;
  }

  /** No more parts of the present one come. */
  finish(): void {
    if (this.#gathering.begun) this.partial++;
  }
}

/** Where an audit or a replay begins. */
export interface Base {
  readonly state: State;
  /** Sequence of the last message in the state, 0 at the ledger's beginning. */
  readonly seq: number;
  readonly kind: "beginning" | "checkpoint";
  /** Sequence of the checkpoint's first part: a ledger that begins there lacks nothing. 1 at the ledger's beginning. */
  readonly firstSeq: number;
  /** Sequence of the checkpoint's last part, 0 at the beginning. */
  readonly lastSeq: number;
}

export const beginning = (): Base => ({ state: newState(), seq: 0, kind: "beginning", firstSeq: 1, lastSeq: 0 });

/** The base that ends with message `end` of a run of messages, if a whole chained checkpoint ends there. */
export const baseAt = (messages: readonly StoredMessage[], end: number): Base | Finding | undefined => {
  const last = messages[end]!;
  const begin = beginOfEnd(last);
  if (begin === undefined) return undefined;
  const first = messages.findIndex(({ seq }) => seq === begin);
  if (first < 0) return undefined;
  try {
    const before = messages.slice(Math.max(0, first - VOIDS_MAX), first);
    const restored = restoreCheckpoint(messages.slice(first, end + 1), before);
    if (restored === undefined) return undefined;
    const { state, first: firstSeq, last: lastSeq } = restored;
    return { state, seq: firstSeq, kind: "checkpoint", firstSeq, lastSeq };
  } catch (error) {
    if (!isClusterioError(error, "corrupt")) throw error;
    return {
      rule: "checkpoint",
      seq: last.seq,
      expected: "a state that conserves and has its hash",
      found: error.message,
    };
  }
};

import type { Finding } from "#core/audit/finding";
import { sha256 } from "#core/digest";
import { isClusterioError } from "#core/errors";
import type { CheckpointImage, LedgerMessages } from "#core/events/ledger";
import { unseal } from "#core/events/ledger-codec";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages } from "#core/fold/image";
import { newState, type State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { subjects } from "#core/subjects";

type Part = LedgerMessages["checkpoint"]["data"];

/** Puts the parts of checkpoints together as they come (V9). */
export class Checkpoints {
  /** Whole ones that were compared. */
  compared = 0;
  /** Those whose author did not come to their last part. */
  partial = 0;
  #parts: CheckpointImage[] = [];
  #hash = "";

  /** Takes one part; at the last compares content and hash with the refolded state. */
  take(state: State, seq: number, { part, parts, stateHash, image, round }: Part): Finding | undefined {
    if (part === 1 || stateHash !== this.#hash || part !== this.#parts.length + 1) this.drop();
    if (part !== this.#parts.length + 1) return undefined;
    this.#parts.push(image);
    this.#hash = stateHash;
    if (part < parts) return undefined;
    const joined = hashOf(joinImages(this.#parts));
    this.#parts = [];
    this.compared++;
    const refolded = hashOf(imageOf(state));
    const where = { rule: "checkpoint", seq, round } as const;
    if (stateHash !== refolded) return { ...where, expected: `state ${refolded}`, found: `stateHash ${stateHash}` };
    if (joined !== refolded) return { ...where, expected: `state ${refolded}`, found: `an image of ${joined}` };
    return undefined;
  }

  /** Another message came: what there is of a checkpoint stays a part. */
  drop(): void {
    if (this.#parts.length > 0) this.partial++;
    this.#parts = [];
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

const partOf = (stored: StoredMessage | undefined): Part | undefined => {
  if (stored?.subject !== subjects.ledger("checkpoint")) return undefined;
  const unsealed = unseal(stored);
  return unsealed.kind === "message" && unsealed.message.type === "checkpoint" ? unsealed.message.data : undefined;
};

/** True when the checkpoint's first part continues a message that stands before it, or nothing stands there. */
const isChained = (earlier: readonly StoredMessage[], prev: string): boolean =>
  earlier.length === 0 || earlier.some((message) => sha256(message.data) === prev);

/** Enough messages before a checkpoint to find the one that it continues. */
const LOOK_BACK = 64;

/** The base that ends with message `end` of a run of messages, if a whole chained checkpoint ends there. */
const baseAt = (messages: readonly StoredMessage[], end: number): Base | Finding | undefined => {
  const last = messages[end]!;
  const header = partOf(last);
  if (header === undefined || header.part !== header.parts) return undefined;
  const first = end - header.parts + 1;
  if (first < 0) return undefined;
  const parts = messages.slice(first, end + 1).map(partOf);
  if (parts.some((part, index) => part?.part !== index + 1 || part.stateHash !== header.stateHash)) return undefined;
  const earlier = messages.slice(Math.max(0, first - LOOK_BACK), first);
  if (!isChained(earlier, parts[0]!.prev)) return undefined;
  const { round, closedAt, stateHash } = header;
  const where = { rule: "checkpoint", seq: last.seq, round } as const;
  const at = { round, closedAt, boot: header.boot as State["boot"], chain: sha256(last.data) };
  try {
    const state = stateFromImage(joinImages(parts.map((part) => part!.image)), at);
    const hash = hashOf(imageOf(state));
    if (hash !== stateHash) return { ...where, expected: `stateHash ${hash}`, found: `stateHash ${stateHash}` };
    return { state, seq: last.seq, kind: "checkpoint", firstSeq: messages[first]!.seq, lastSeq: last.seq };
  } catch (error) {
    if (!isClusterioError(error, "corrupt")) throw error;
    return { ...where, expected: "a state that conserves", found: error.message };
  }
};

/** The first or the last whole checkpoint in a run of messages, or what is wrong with it. */
export const baseIn = (messages: readonly StoredMessage[], which: "first" | "last"): Base | Finding | undefined => {
  const order = [...messages.keys()];
  if (which === "last") order.reverse();
  for (const index of order) {
    const base = baseAt(messages, index);
    if (base !== undefined) return base;
  }
  return undefined;
};

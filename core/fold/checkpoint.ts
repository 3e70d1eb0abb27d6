import { sha256 } from "#core/digest";
import { corrupt } from "#core/errors";
import type { CheckpointImage, LedgerMessages } from "#core/events/ledger";
import { unseal } from "#core/events/ledger-codec";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages } from "#core/fold/image";
import type { State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { subjects } from "#core/subjects";

/** Checkpoints as they stand in the ledger: parts with other messages between them, of the state before the first. */

type Part = LedgerMessages["checkpoint"]["data"];

export interface WholeCheckpoint {
  /** Sequences of part 1 and of the last part. */
  readonly first: number;
  readonly last: number;
  readonly stateHash: string;
  readonly image: CheckpointImage;
}

/** Puts the parts of checkpoints together as the valid messages of a ledger come. */
export class Gathering {
  #parts: Part[] = [];
  #first = 0;

  /** Parts of a checkpoint whose last one has not come. */
  get begun(): boolean {
    return this.#parts.length > 0;
  }

  /** Takes one part; the checkpoint when it was the last one. Its author may have given up another before. */
  take(seq: number, part: Part): WholeCheckpoint | undefined {
    if (part.part === 1) {
      this.#parts = [];
      this.#first = seq;
    }
    if (part.part !== this.#parts.length + 1 || (this.#parts[0] ?? part).boot !== part.boot) return undefined;
    this.#parts.push(part);
    if (part.parts !== part.part || part.stateHash === undefined) return undefined;
    const image = joinImages(this.#parts.map((each) => each.image));
    this.#parts = [];
    return { first: this.#first, last: seq, stateHash: part.stateHash, image };
  }
}

/** The checkpoint's part that this message is, if it is one. */
export const partOf = (stored: StoredMessage | undefined): Part | undefined => {
  if (stored?.subject !== subjects.ledger("checkpoint")) return undefined;
  const unsealed = unseal(stored);
  return unsealed.kind === "message" && unsealed.message.type === "checkpoint" ? unsealed.message.data : undefined;
};

/** Where the checkpoint begins that ends with this message; undefined when it ends none. */
export const beginOfEnd = (stored: StoredMessage): number | undefined => {
  const part = partOf(stored);
  if (part === undefined || part.parts !== part.part) return undefined;
  return part.begin ?? stored.seq - part.part + 1;
};

/** Void messages in a row: as many as a resumed leader can write before it learns that it is not the leader, thrice. */
export const VOIDS_MAX = 64;

/** True when one of these messages is the one that has this hash, or was: damage to it is behind a checkpoint that follows. */
const continues = (before: readonly StoredMessage[], prev: string): boolean => {
  const last = before.at(-1);
  if (last === undefined || unseal(last).kind !== "message") return true;
  return before.some(({ data }) => sha256(data) === prev);
};

/** The state at a checkpoint's first part. */
export interface Restoration {
  readonly state: State;
  readonly first: number;
  readonly last: number;
}

/**
 * The state that a checkpoint restates, from the messages `first` to `last` and those before it. Undefined when not all its
 * parts are there and in one chain, or when it does not continue what stands before it: its author was a resumed stale
 * leader.
 * @throws ClusterioError `corrupt` when its hash does not fit its content.
 */
export const restoreCheckpoint = (
  messages: readonly StoredMessage[],
  before: readonly StoredMessage[],
): Restoration | undefined => {
  const first = partOf(messages[0]);
  if (first === undefined) return undefined;
  if (!continues(before, first.prev)) return undefined;
  const gathering = new Gathering();
  let whole: WholeCheckpoint | undefined;
  let prev = first.prev;
  for (const stored of messages) {
    const unsealed = unseal(stored);
    if (unsealed.kind !== "message") return undefined;
    const { message } = unsealed;
    if (message.data.prev !== prev) continue;
    prev = unsealed.hash;
    if (message.type === "checkpoint") whole = gathering.take(stored.seq, message.data);
  }
  if (whole === undefined || whole.first !== messages[0]!.seq || whole.last !== messages.at(-1)!.seq) return undefined;
  const { round, closedAt } = first;
  const at = { round, closedAt, boot: first.boot as State["boot"], chain: sha256(messages[0]!.data) };
  const state = stateFromImage(whole.image, at);
  const hash = hashOf(imageOf(state));
  if (hash === whole.stateHash) return { state, first: whole.first, last: whole.last };
  throw corrupt(`the checkpoint of messages ${whole.first} to ${whole.last} has state ${hash}, not ${whole.stateHash}`);
};

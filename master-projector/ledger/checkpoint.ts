import { sha256 } from "#core/digest";
import { corrupt } from "#core/errors";
import type { LedgerBody, LedgerMessages } from "#core/events/ledger";
import { unseal } from "#core/events/ledger-codec";
import { stateFromImage } from "#core/fold/evolve";
import { hashOf, imageOf, joinImages, splitImage } from "#core/fold/image";
import type { State } from "#core/fold/state";
import type { Log, StoredMessage } from "#core/ports/log";
import { subjects } from "#core/subjects";

/** A state and where in the ledger it stands. */
export interface Restored {
  readonly state: State;
  /** Sequence of the last ledger message in it, and the hash of that message's bytes. */
  readonly seq: number;
  readonly tip: string;
  /** Sequence of the last *valid* message in it, the one whose hash is the state's chain; 0 before the first. */
  readonly validSeq: number;
}

/** The messages that restate the whole state. */
export const checkpointBodies = (state: State): LedgerBody[] => {
  const image = imageOf(state);
  const stateHash = hashOf(image);
  const parts = splitImage(image);
  return parts.map((part, index) => ({
    type: "checkpoint",
    data: { part: index + 1, parts: parts.length, stateHash, image: part },
  }));
};

type Part = LedgerMessages["checkpoint"]["data"];
const partOf = (stored: StoredMessage): Part | undefined => {
  if (stored.subject !== subjects.ledger("checkpoint")) return undefined;
  const unsealed = unseal(stored);
  return unsealed.kind === "message" && unsealed.message.type === "checkpoint" ? unsealed.message.data : undefined;
};

/** Void messages in a row before a checkpoint: each needs a resumed master, so two are rare. */
const VOIDS_MAX = 64;

/** True when the checkpoint continues the chain that stands before it: its author was not a resumed stale leader. */
const isChained = async (log: Log, first: StoredMessage, prev: string): Promise<boolean> => {
  const before = await log.read(Math.max(1, first.seq - VOIDS_MAX), VOIDS_MAX + 1);
  const earlier = before.filter((message) => message.seq < first.seq);
  return earlier.length === 0 || earlier.some((message) => sha256(message.data) === prev);
};

/** The checkpoint whose last part is `last`, or undefined when it is not whole or not in the chain. */
const restore = async (log: Log, last: StoredMessage): Promise<Restored | undefined> => {
  const end = partOf(last);
  if (end === undefined || end.part !== end.parts) return undefined;
  const stored = await log.read(last.seq - end.parts + 1, end.parts);
  const parts = stored.map(partOf);
  const whole = stored.length === end.parts && stored.at(-1)?.seq === last.seq;
  const images: Part["image"][] = [];
  for (const [index, part] of parts.entries()) {
    if (part?.part !== index + 1 || part.stateHash !== end.stateHash) return undefined;
    images.push(part.image);
  }
  if (!whole || !(await isChained(log, stored[0]!, parts[0]!.prev))) return undefined;
  const tip = sha256(last.data);
  const { round, boot, closedAt } = end;
  const state = stateFromImage(joinImages(images), { round, boot: boot as State["boot"], closedAt, chain: tip });
  const hash = hashOf(imageOf(state));
  if (hash !== end.stateHash)
    throw corrupt(`checkpoint ${last.seq} of the ledger has state ${hash}, not ${end.stateHash}`);
  return { state, seq: last.seq, tip, validSeq: last.seq };
};

/** The newest whole checkpoint of the ledger. @throws ClusterioError `corrupt` when its hash does not fit its content. */
export const newestCheckpoint = async (log: Log): Promise<Restored | undefined> => {
  const last = await log.last(subjects.ledger("checkpoint"));
  if (last === undefined) return undefined;
  const newest = await restore(log, last);
  if (newest !== undefined) return newest;
  // Its parts are not all there, or it is void: an older one, found by reading, will do.
  let found: Restored | undefined;
  for (let from = 1; ; ) {
    const batch = await log.read(from, 500);
    if (batch.length === 0) return found;
    for (const message of batch) found = (await restore(log, message)) ?? found;
    from = batch.at(-1)!.seq + 1;
  }
};

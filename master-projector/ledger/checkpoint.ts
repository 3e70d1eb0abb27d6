import { beginOfEnd, type Restoration, restoreCheckpoint, VOIDS_MAX } from "#core/fold/checkpoint";
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

/** What a checkpoint's sequences tell about it. */
export interface CheckpointSpan {
  readonly first: number;
  readonly last: number;
}

const READ_BATCH = 500;

/** The messages `from` to `to`, as many of them as there are. */
const readAll = async (log: Log, from: number, to: number): Promise<StoredMessage[]> => {
  const messages: StoredMessage[] = [];
  for (let next = from; next <= to; ) {
    const batch = await log.read(next, Math.min(READ_BATCH, to - next + 1));
    if (batch.length === 0) break;
    for (const stored of batch) if (stored.seq <= to) messages.push(stored);
    next = batch.at(-1)!.seq + 1;
  }
  return messages;
};

/** The checkpoint whose last part is this message, if it is whole and in the chain. @throws `corrupt` */
const restore = async (log: Log, last: StoredMessage): Promise<Restoration | undefined> => {
  const begin = beginOfEnd(last);
  if (begin === undefined) return undefined;
  const messages = await readAll(log, begin, last.seq);
  if (messages[0]?.seq !== begin || messages.at(-1)?.seq !== last.seq) return undefined;
  return restoreCheckpoint(messages, await readAll(log, Math.max(1, begin - VOIDS_MAX), begin - 1));
};

/** The newest whole checkpoint of the ledger. @throws ClusterioError `corrupt` when its hash does not fit its content. */
export const newestCheckpoint = async (
  log: Log,
): Promise<(Restored & { readonly span: CheckpointSpan }) | undefined> => {
  const newest = await log.last(subjects.ledger("checkpoint"));
  if (newest === undefined) return undefined;
  const found = (await restore(log, newest)) ?? (await lastWholeBefore(log, newest.seq));
  if (found === undefined) return undefined;
  const { state, first, last } = found;
  return { state, seq: first, tip: state.chain, validSeq: first, span: { first, last } };
};

/** Its parts are not all there, or it is void: an older one, found by reading backwards, will do. */
const lastWholeBefore = async (log: Log, before: number): Promise<Restoration | undefined> => {
  const { firstSeq } = await log.info();
  for (let end = before; end > firstSeq; end -= READ_BATCH) {
    for (const stored of (await readAll(log, Math.max(firstSeq, end - READ_BATCH), end - 1)).reverse()) {
      const restored = await restore(log, stored);
      if (restored !== undefined) return restored;
    }
  }
  return undefined;
};

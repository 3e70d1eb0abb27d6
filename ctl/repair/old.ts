import { Auditor } from "#core/audit/auditor";
import { type Base, beginning } from "#core/audit/checkpoints";
import { describeFinding, isFinding } from "#core/audit/finding";
import { isClusterioError } from "#core/errors";
import { unseal } from "#core/events/ledger-codec";
import type { State } from "#core/fold/state";
import type { Log, LogInfo, StoredMessage } from "#core/ports/log";
import type { Adjusting } from "#core/repair/adjustments";
import { baseBefore, batches } from "#ctl/audit/ledger";
import type { LedgerReader } from "#ctl/history/reader";

/** An operator's adjustment as a message of LEDGER says it. */
export interface Doubtful {
  readonly seq: number;
  readonly body: Adjusting;
}

/** What can still be read of a ledger that is wrong. */
export interface OldLedger {
  readonly state: State;
  /** Sequence of its last message, good or not. */
  readonly lastSeq: number;
  /** Of the last message that holds, and the broker's time of it (ms); 0 when none does. */
  readonly goodSeq: number;
  readonly goodAt: number;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
  /** What stands behind the last message that holds: nothing vouches for it. */
  readonly doubtful: readonly Doubtful[];
}

/** The adjustment that a message is, if it is one. */
export const adjustingIn = (stored: StoredMessage): Doubtful[] => {
  const read = unseal(stored);
  if (read.kind !== "message") return [];
  const { message } = read;
  if (message.type !== "adjusted" && message.type !== "resource-renamed") return [];
  return [{ seq: stored.seq, body: message }];
};

/** The base to read from, or the beginning when there is none that holds. */
const baseOf = async (reader: LedgerReader): Promise<Base> => {
  try {
    const base = await baseBefore(reader, undefined);
    return isFinding(base) ? beginning() : base;
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return beginning();
  }
};

const beginsLate = ({ seq }: Base, { firstSeq, lastSeq }: LogInfo): string | undefined =>
  seq === 0 && firstSeq > 1 && lastSeq >= firstSeq
    ? `it begins at message ${firstSeq} without a checkpoint`
    : undefined;

/** Folds the ledger up to the first message that does not hold. */
export const readOld = async (log: Log, reader: LedgerReader, signal: AbortSignal): Promise<OldLedger> => {
  const info = await log.info();
  const { lastSeq } = info;
  const base = await baseOf(reader);
  const auditor = new Auditor(base);
  const doubtful: Doubtful[] = [];
  let [goodSeq, goodAt] = [base.seq, base.seq === 0 ? 0 : ((await log.get(base.seq))?.time ?? 0)];
  let problem = lastSeq === 0 ? "it is empty" : beginsLate(base, info);
  for await (const batch of batches(log, { from: base.seq + 1, to: lastSeq }, signal)) {
    for (const stored of batch) {
      if (problem === undefined) {
        const finding = auditor.take(stored);
        if (finding === undefined) [goodSeq, goodAt] = [stored.seq, stored.time];
        else problem = describeFinding(finding);
      }
      if (problem !== undefined) doubtful.push(...adjustingIn(stored));
    }
  }
  const unfinished = problem === undefined ? auditor.finish() : undefined;
  if (unfinished !== undefined) problem = describeFinding(unfinished);
  return { state: auditor.state, lastSeq, goodSeq, goodAt, problem, doubtful };
};

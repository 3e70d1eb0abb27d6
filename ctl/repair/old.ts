import { Auditor } from "#core/audit/auditor";
import { type Base, beginning } from "#core/audit/checkpoints";
import { describeFinding, isFinding } from "#core/audit/finding";
import { isClusterioError } from "#core/errors";
import type { State } from "#core/fold/state";
import type { Log } from "#core/ports/log";
import { baseBefore, batches } from "#ctl/audit/ledger";
import type { LedgerReader } from "#ctl/history/reader";

/** What can still be read of a ledger that is wrong. */
export interface OldLedger {
  readonly state: State;
  /** Sequence of its last message, good or not. */
  readonly lastSeq: number;
  /** Of the last message that holds. */
  readonly goodSeq: number;
  /** What is wrong with it; undefined when nothing is. */
  readonly problem: string | undefined;
}

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

/** Folds the ledger up to the first message that does not hold. */
export const readOld = async (log: Log, reader: LedgerReader, signal: AbortSignal): Promise<OldLedger> => {
  const { firstSeq, lastSeq } = await log.info();
  const base = await baseOf(reader);
  if (base.seq === 0 && firstSeq > 1 && lastSeq >= firstSeq)
    return { state: base.state, lastSeq, goodSeq: 0, problem: `it begins at message ${firstSeq} without a checkpoint` };
  const auditor = new Auditor(base);
  let goodSeq = base.seq;
  for await (const batch of batches(log, { from: base.seq + 1, to: lastSeq }, signal)) {
    for (const stored of batch) {
      const finding = auditor.take(stored);
      if (finding !== undefined) {
        return { state: auditor.state, lastSeq, goodSeq, problem: describeFinding(finding) };
      }
      goodSeq = stored.seq;
    }
  }
  const finding = auditor.finish();
  return {
    state: auditor.state,
    lastSeq,
    goodSeq,
    problem: finding === undefined ? undefined : describeFinding(finding),
  };
};

import { type Base, baseIn, beginning } from "#core/audit/checkpoints";
import { describeFinding, type Finding, isFinding } from "#core/audit/finding";
import { badInput, corrupt } from "#core/errors";
import type { Log, LogInfo, StoredMessage } from "#core/ports/log";

const BATCH = 1_000;
/** What is read at once to find a checkpoint: more than lies between two. */
const WINDOW = 6_000;
/** Windows overlap by more than the parts of the largest checkpoint and the messages before it. */
const OVERLAP = 1_000;

/** The messages `from` to `to` of a stream, in batches. */
export async function* batches(
  log: Log,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): AsyncGenerator<StoredMessage[]> {
  for (let next = from; next <= to; ) {
    signal.throwIfAborted();
    const batch = (await log.read(next, BATCH)).filter(({ seq }) => seq <= to);
    if (batch.length === 0) return;
    yield batch;
    next = batch.at(-1)!.seq + 1;
  }
}

/** The newest whole checkpoint that ends before `before`. */
const lastBase = async (log: Log, info: LogInfo, before: number): Promise<Base | Finding | undefined> => {
  for (let end = before; end > info.firstSeq; end -= WINDOW - OVERLAP) {
    const start = Math.max(info.firstSeq, end - WINDOW);
    const window = (await log.read(start, end - start)).filter(({ seq }) => seq < end);
    const base = baseIn(window, "last");
    if (base !== undefined) return base;
  }
  return undefined;
};

const firstBase = async (log: Log, info: LogInfo): Promise<Base | Finding | undefined> => {
  for (let start = info.firstSeq; start <= info.lastSeq; start += WINDOW - OVERLAP) {
    const base = baseIn(await log.read(start, WINDOW), "first");
    if (base !== undefined) return base;
  }
  return undefined;
};

/**
 * Where folding begins to know the state just before sequence `before`: the newest checkpoint below it, or the ledger's
 * beginning; the first checkpoint where that is gone.
 * @throws ClusterioError `bad-input` when the ledger holds neither.
 */
export const baseBefore = async (log: Log, info: LogInfo, before: number | undefined): Promise<Base | Finding> => {
  const whole = info.firstSeq <= 1;
  if (before === undefined && whole) return beginning();
  const found = before === undefined ? undefined : await lastBase(log, info, Math.min(before, info.lastSeq + 1));
  if (found !== undefined) return found;
  if (whole) return beginning();
  const first = await firstBase(log, info);
  if (first !== undefined) return first;
  throw badInput(
    `LEDGER begins at message ${info.firstSeq} and holds no whole checkpoint: nothing before the next one can be folded`,
  );
};

/** The same for those who take the ledger as good. @throws ClusterioError `corrupt` when the checkpoint is not. */
export const goodBaseBefore = async (log: Log, info: LogInfo, before: number | undefined): Promise<Base> => {
  const base = await baseBefore(log, info, before);
  if (isFinding(base)) throw corrupt(describeFinding(base));
  return base;
};

import { type Base, baseIn, beginning } from "#core/audit/checkpoints";
import { describeFinding, type Finding, isFinding } from "#core/audit/finding";
import { badInput, corrupt } from "#core/errors";
import type { Log, StoredMessage } from "#core/ports/log";
import type { LedgerReader } from "#ctl/history/reader";

const BATCH = 1_000;
/** What is read at once to find a checkpoint: more than lies between two. */
const WINDOW = 6_000;
/** Windows overlap by more than the parts of the largest checkpoint and the messages before it. */
const OVERLAP = 1_000;

/** The messages `from` to `to` of a stream, in batches. */
export async function* batches(
  log: Pick<Log, "read">,
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

type Range = Awaited<ReturnType<LedgerReader["range"]>>;

/** The newest whole checkpoint that ends before `before`. */
const lastBase = async (
  ledger: LedgerReader,
  { firstSeq }: Range,
  before: number,
): Promise<Base | Finding | undefined> => {
  for (let end = before; end > firstSeq; end -= WINDOW - OVERLAP) {
    const start = Math.max(firstSeq, end - WINDOW);
    const window = (await ledger.read(start, end - start)).filter(({ seq }) => seq < end);
    const base = baseIn(window, "last");
    if (base !== undefined) return base;
  }
  return undefined;
};

const firstBase = async (ledger: LedgerReader, range: Range): Promise<Base | Finding | undefined> => {
  for (let start = range.firstSeq; start <= range.lastSeq; start += WINDOW - OVERLAP) {
    const base = baseIn(await ledger.read(start, WINDOW), "first");
    if (base !== undefined) return base;
  }
  return undefined;
};

/**
 * Where folding begins to know the state just before sequence `before`: the newest checkpoint below it, or the ledger's
 * beginning; the first checkpoint where that is gone.
 * @throws ClusterioError `bad-input` when the ledger holds neither.
 */
export const baseBefore = async (ledger: LedgerReader, before: number | undefined): Promise<Base | Finding> => {
  const range = await ledger.range();
  const whole = range.firstSeq <= 1;
  if (before === undefined && whole) return beginning();
  const found = before === undefined ? undefined : await lastBase(ledger, range, Math.min(before, range.lastSeq + 1));
  if (found !== undefined) return found;
  if (whole) return beginning();
  const first = await firstBase(ledger, range);
  if (first !== undefined) return first;
  const begins = `${ledger.label} begins at message ${range.firstSeq}`;
  throw badInput(`${begins} and holds no whole checkpoint: nothing before the next one can be folded`);
};

/** The same for those who take the ledger as good. @throws ClusterioError `corrupt` when the checkpoint is not. */
export const goodBaseBefore = async (ledger: LedgerReader, before: number | undefined): Promise<Base> => {
  const base = await baseBefore(ledger, before);
  if (isFinding(base)) throw corrupt(describeFinding(base));
  return base;
};

import { type Base, baseAt, beginning } from "#core/audit/checkpoints";
import { describeFinding, type Finding, isFinding } from "#core/audit/finding";
import { badInput, corrupt } from "#core/errors";
import { beginOfEnd, VOIDS_MAX } from "#core/fold/checkpoint";
import type { Log, StoredMessage } from "#core/ports/log";
import type { LedgerReader } from "#ctl/history/reader";

const BATCH = 1_000;
/** Nobody knows yet how long this ledger's messages are. */
const BATCH_FIRST = 64;
/** A round takes a kilobyte or a megabyte: a thousand of the long ones at once would be a gigabyte. */
const BATCH_BYTES = 16 * 1024 * 1024;

/** How many messages to read after these: as many as fit by the longest of them, at most twice as many. */
const countAfter = (batch: readonly StoredMessage[]): number => {
  const longest = batch.reduce((most, { data }) => Math.max(most, data.length), 1);
  return Math.max(1, Math.min(BATCH, 2 * batch.length, Math.floor(BATCH_BYTES / longest)));
};

/** The messages `from` to `to` of a stream, in batches that take little memory however long the messages are. */
export async function* batches(
  log: Pick<Log, "read">,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): AsyncGenerator<StoredMessage[]> {
  let count = BATCH_FIRST;
  for (let next = from; next <= to; ) {
    signal.throwIfAborted();
    const batch = (await log.read(next, Math.min(count, to - next + 1))).filter(({ seq }) => seq <= to);
    if (batch.length === 0) return;
    count = countAfter(batch);
    next = batch.at(-1)!.seq + 1;
    yield batch;
  }
}

type Range = Awaited<ReturnType<LedgerReader["range"]>>;

const NEVER = new AbortController().signal;

interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Where checkpoints that end in this part of a ledger stand; of the messages themselves nothing is kept. */
const checkpointsIn = async (ledger: LedgerReader, from: number, to: number): Promise<Span[]> => {
  const spans: Span[] = [];
  for await (const batch of batches(ledger, { from, to }, NEVER)) {
    for (const stored of batch) {
      const begin = beginOfEnd(stored);
      if (begin !== undefined && begin <= stored.seq) spans.push({ begin, end: stored.seq });
    }
  }
  return spans;
};

/** The base that this checkpoint is, with the void messages that may stand before it; undefined when it is not whole. */
const baseOfSpan = async (
  ledger: LedgerReader,
  { firstSeq }: Range,
  { begin, end }: Span,
): Promise<Base | Finding | undefined> => {
  const start = Math.max(firstSeq, begin - VOIDS_MAX);
  const run: StoredMessage[] = [];
  for await (const batch of batches(ledger, { from: start, to: end }, NEVER)) run.push(...batch);
  return run.at(-1)?.seq === end ? baseAt(run, run.length - 1) : undefined;
};

/** The newest whole checkpoint that ends before `before`. */
const lastBase = async (ledger: LedgerReader, range: Range, before: number): Promise<Base | Finding | undefined> => {
  for (let end = before - 1; end >= range.firstSeq; end -= BATCH) {
    const spans = await checkpointsIn(ledger, Math.max(range.firstSeq, end - BATCH + 1), end);
    for (const span of spans.reverse()) {
      const base = await baseOfSpan(ledger, range, span);
      if (base !== undefined) return base;
    }
  }
  return undefined;
};

const firstBase = async (ledger: LedgerReader, range: Range): Promise<Base | Finding | undefined> => {
  for (let from = range.firstSeq; from <= range.lastSeq; from += BATCH) {
    for (const span of await checkpointsIn(ledger, from, Math.min(range.lastSeq, from + BATCH - 1))) {
      const base = await baseOfSpan(ledger, range, span);
      if (base !== undefined) return base;
    }
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

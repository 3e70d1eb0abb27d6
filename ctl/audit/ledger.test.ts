import fc from "fast-check";
import { isFinding } from "#core/audit/finding";
import { baseIn, historyStep, ledgerOf, stored } from "#core/audit/test/kit";
import type { StoredMessage } from "#core/ports/log";
import { baseBefore, batches } from "#ctl/audit/ledger";
import type { LedgerReader } from "#ctl/history/reader";

const { signal } = new AbortController();

/** A ledger of so many messages of so many bytes each, and how much of it was read at once. */
const ledgerOfSizes = (sizeOf: (seq: number) => number, lastSeq: number) => {
  const read: { messages: number; bytes: number }[] = [];
  // The bytes themselves don't matter: all messages may share them.
  const longest = new Uint8Array(2 ** 20);
  const message = (seq: number): StoredMessage => ({
    seq,
    subject: "",
    data: longest.subarray(0, sizeOf(seq)),
    time: 0,
  });
  return {
    read,
    log: {
      read: async (from: number, max: number) => {
        const count = Math.min(max, lastSeq - from + 1);
        const batch = Array.from({ length: count }, (_, n) => message(from + n));
        read.push({ messages: count, bytes: batch.reduce((sum, { data }) => sum + data.length, 0) });
        return batch;
      },
    },
  };
};

const seqsOf = async (log: Pick<LedgerReader, "read">, to: number): Promise<number[]> => {
  const seqs: number[] = [];
  for await (const batch of batches(log, { from: 1, to }, signal)) seqs.push(...batch.map(({ seq }) => seq));
  return seqs;
};

test("rounds of a kilobyte are read a thousand at a time, each once and in order", async () => {
  const { log, read } = ledgerOfSizes(() => 1_000, 20_000);
  expect(await seqsOf(log, 19_999)).toEqual(Array.from({ length: 19_999 }, (_, n) => n + 1));
  expect(Math.max(...read.map(({ messages }) => messages))).toBe(1_000);
  expect(read.length).toBeLessThan(30);
});

test("rounds of a megabyte never fill the memory: a few of them are read at a time", async () => {
  const { log, read } = ledgerOfSizes(() => 2 ** 20, 1_000);
  expect(await seqsOf(log, 1_000)).toHaveLength(1_000);
  expect(Math.max(...read.map(({ bytes }) => bytes))).toBeLessThanOrEqual(64 * 2 ** 20);
  expect(Math.max(...read.slice(1).map(({ bytes }) => bytes))).toBeLessThanOrEqual(16 * 2 ** 20);
});

const readerOf = (messages: readonly StoredMessage[]): LedgerReader => ({
  label: "a test",
  range: async () => ({ firstSeq: messages[0]?.seq ?? 1, lastSeq: messages.at(-1)?.seq ?? 0 }),
  read: async (from, max) => messages.filter(({ seq }) => seq >= from).slice(0, max),
  seqAtTime: () => Promise.reject(new Error("not asked")),
});

test("the base is the newest whole checkpoint before a sequence, or the first one: as in a look at all messages at once", async () => {
  let based = 0;
  const one = fc.asyncProperty(fc.array(historyStep, { maxLength: 40 }), fc.nat(), fc.nat(), async (steps, m, n) => {
    const checkpoint = { do: "checkpoint", partBytes: 400 } as const;
    const all = stored(ledgerOf([...steps, checkpoint, ...steps, checkpoint, ...steps]));
    const kept = all.slice(1 + (n % Math.ceil(all.length / 2)));
    const first = baseIn(kept, "first");
    if (first === undefined) return;
    expect(await baseBefore(readerOf(kept), undefined)).toMatchObject(shown(first));
    const before = kept[m % kept.length]!.seq;
    const last = baseIn(
      kept.filter(({ seq }) => seq < before),
      "last",
    );
    expect(await baseBefore(readerOf(kept), before)).toMatchObject(shown(last ?? first));
    based++;
  });
  await fc.assert(one, { seed: 20_261_127, numRuns: 40 });
  expect(based).toBeGreaterThan(20);
});

const shown = (base: NonNullable<ReturnType<typeof baseIn>>) =>
  isFinding(base) ? base : { seq: base.seq, firstSeq: base.firstSeq, lastSeq: base.lastSeq };

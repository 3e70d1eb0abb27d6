import type { AppendResult, Log, Place, StoredMessage, SubjectLog } from "#core/ports/log";
import { until } from "#test/kit/until";

/** A stream of its own, empty; subjects below `subject` belong to it. */
export interface LogUnderTest {
  readonly log: Log & SubjectLog;
  /** The same stream, as another process sees it. */
  readonly other: Log;
  readonly subject: string;
  /** Removes the stream and makes it again. */
  recreate(): Promise<void>;
  /** Remembers the stream as it is; the returned function brings it back so, as a power cut or an old backup does. */
  remember(): Promise<() => Promise<void>>;
}

export type LogFactory = (options?: { bytesMax?: number }) => Promise<LogUnderTest>;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (message: StoredMessage | undefined): string | undefined =>
  message === undefined ? undefined : new TextDecoder().decode(message.data);
const seqOf = (result: AppendResult): number => {
  if (result.kind !== "stored") throw new Error(`expected it to be stored, not ${JSON.stringify(result)}`);
  return result.seq;
};

/** Collects what a following hands over. */
const collect = (log: Log, from: number) => {
  const seen: StoredMessage[] = [];
  let resets = 0;
  const following = log.follow(
    from,
    (message) => seen.push(message),
    () => resets++,
  );
  return { seen, following, resets: () => resets, texts: () => seen.map((message) => textOf(message)) };
};

export const logContract = (name: string, make: LogFactory): void => {
  describe(`${name} keeps the contract of a log`, () => {
    const fill = async (log: Log, subject: string, texts: readonly string[]) => {
      for (const text of texts) seqOf(await log.append(subject, bytes(text)));
    };

    test("what is on some subjects is read from a place or a time on, in bounded pieces", async () => {
      const { log, subject } = await make();
      for (const [where, text] of [
        ["a.x", "1"],
        ["b.x", "2"],
        ["a.y", "3"],
        ["b.y", "4"],
        ["a.x", "5"],
      ]) {
        await fill(log, `${subject}.${where}`, [text!]);
      }
      const [first] = await log.read(1, 1);
      const most = { max: 10, bytesMax: 1_000_000 };
      const read = async (filter: string, from: Parameters<typeof log.readSubject>[1], limit = most) =>
        (await log.readSubject(`${subject}.${filter}`, from, limit)).map((message) => [message.seq, textOf(message)]);
      expect(await read("*.x", { seq: 1 })).toEqual([
        [1, "1"],
        [2, "2"],
        [5, "5"],
      ]);
      expect(await read("*.x", { seq: 2 }, { ...most, max: 1 })).toEqual([[2, "2"]]);
      expect(await read("a.*", { time: first!.time })).toEqual([
        [1, "1"],
        [3, "3"],
        [5, "5"],
      ]);
      expect(await read("a.*", { time: first!.time + 3_600_000 })).toEqual([]);
      expect(await read("c.*", { seq: 1 })).toEqual([]);
      expect(await read("a.*", { seq: 6 })).toEqual([]);
      const some = await read("*.*", { seq: 1 }, { max: 10, bytesMax: 1 });
      expect(some.length).toBeGreaterThan(0);
      expect(some.length).toBeLessThan(5);
    });

    test("appends get rising sequences from 1 and are read back in order, byte for byte", async () => {
      const { log, subject } = await make();
      expect(seqOf(await log.append(`${subject}.a`, bytes("one")))).toBe(1);
      expect(seqOf(await log.append(`${subject}.b`, new Uint8Array([0, 255, 10, 13])))).toBe(2);
      expect(seqOf(await log.append(`${subject}.a`, new Uint8Array()))).toBe(3);
      const all = await log.read(1, 10);
      expect(all.map(({ seq, subject: where }) => [seq, where])).toEqual([
        [1, `${subject}.a`],
        [2, `${subject}.b`],
        [3, `${subject}.a`],
      ]);
      expect(all.map(({ data }) => [...data])).toEqual([[...bytes("one")], [0, 255, 10, 13], []]);
      for (const [at, message] of all.entries()) {
        expect(Number.isInteger(message.time)).toBe(true);
        expect(message.time).toBeGreaterThanOrEqual(all[Math.max(0, at - 1)]!.time);
      }
    });

    test("what the caller does to its bytes afterwards changes nothing", async () => {
      const { log, subject } = await make();
      const data = bytes("before");
      const appended = log.append(subject, data);
      data.fill(0);
      await appended;
      expect(textOf(await log.get(1))).toBe("before");
    });

    test("of two writers with one expectation one is stored and the other is told of the conflict", async () => {
      const { log, other, subject } = await make();
      await fill(log, subject, ["first"]);
      const results = await Promise.all([
        log.append(subject, bytes("mine"), 1),
        other.append(subject, bytes("theirs"), 1),
      ]);
      expect(results.map(({ kind }) => kind).sort()).toEqual(["conflict", "stored"]);
      expect((await log.info()).lastSeq).toBe(2);
    });

    test("the expectation is about the whole stream, not about the subject", async () => {
      const { log, subject } = await make();
      expect((await log.append(`${subject}.a`, bytes("1"), 0)).kind).toBe("stored");
      expect((await log.append(`${subject}.b`, bytes("2"), 0)).kind).toBe("conflict");
      expect((await log.append(`${subject}.b`, bytes("2"), 1)).kind).toBe("stored");
    });

    test("an append that names the message before it is stored behind that one only, whoever else wrote in its place", async () => {
      const { log, other, subject } = await make();
      const append = (writer: Log, text: string, place: Place) => writer.append(subject, bytes(text), place);
      expect(await append(log, "1", { after: 0, name: "one", afterName: "nobody" })).toEqual({ kind: "other-name" });
      expect(await append(log, "1", { after: 0, name: "one" })).toEqual({ kind: "stored", seq: 1 });
      expect(await append(other, "2", { after: 1, name: "two", afterName: "one" })).toEqual({ kind: "stored", seq: 2 });
      expect(await append(log, "3", { after: 1, name: "three", afterName: "one" })).toEqual({ kind: "conflict" });
      expect(await append(log, "3", { after: 2, name: "three", afterName: "one" })).toEqual({ kind: "other-name" });
      expect(await append(log, "3", { after: 2, name: "three" })).toEqual({ kind: "stored", seq: 3 });
      await fill(other, subject, ["nameless"]);
      expect(await append(log, "5", { after: 4, name: "five", afterName: "three" })).toEqual({ kind: "other-name" });
      expect((await log.read(1, 10)).map(textOf)).toEqual(["1", "2", "3", "nameless"]);
    });

    test("a full log refuses and stores nothing", async () => {
      const { log, subject } = await make({ bytesMax: 4_000 });
      const big = new Uint8Array(1_500);
      expect((await log.append(subject, big)).kind).toBe("stored");
      expect((await log.append(subject, big)).kind).toBe("stored");
      expect(await log.append(subject, big)).toEqual({ kind: "full" });
      const info = await log.info();
      expect(info).toMatchObject({ lastSeq: 2, bytesMax: 4_000 });
      expect(info.bytes).toBeGreaterThan(3_000);
      expect((await log.append(subject, bytes("small"), 2)).kind).toBe("stored");
    });

    test("one message is got by its sequence, or as the last of its subject", async () => {
      const { log, subject } = await make();
      await fill(log, `${subject}.a`, ["a1", "a2"]);
      await fill(log, `${subject}.b`, ["b1"]);
      expect(await log.get(2)).toMatchObject({ seq: 2, subject: `${subject}.a` });
      expect(textOf(await log.get(2))).toBe("a2");
      expect(textOf(await log.last(`${subject}.a`))).toBe("a2");
      expect(textOf(await log.last(`${subject}.b`))).toBe("b1");
      expect(await log.last(`${subject}.c`)).toBeUndefined();
      expect(await log.get(0)).toBeUndefined();
      expect(await log.get(4)).toBeUndefined();
    });

    test("reading takes at most what was asked for and gives nothing at the end", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2", "3", "4", "5"]);
      expect((await log.read(2, 2)).map(({ seq }) => seq)).toEqual([2, 3]);
      expect((await log.read(4, 100)).map(({ seq }) => seq)).toEqual([4, 5]);
      expect(await log.read(6, 100)).toEqual([]);
      expect(await log.read(60, 100)).toEqual([]);
    });

    test("more than one batch of messages is read whole", async () => {
      const { log, subject } = await make();
      await Promise.all(Array.from({ length: 2_500 }, (_, n) => log.append(subject, bytes(String(n)))));
      const all = await log.read(1, 10_000);
      expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1));
    });

    test("the info of an empty log and of a filled one", async () => {
      const { log, other, subject } = await make();
      const empty = await log.info();
      expect(empty).toMatchObject({ firstSeq: 1, lastSeq: 0, bytes: 0 });
      expect(empty.bytesMax).toBeUndefined();
      await fill(log, subject, ["1", "2"]);
      const filled = await other.info();
      expect(filled).toMatchObject({ firstSeq: 1, lastSeq: 2, created: empty.created });
      expect(filled.bytes).toBeGreaterThan(0);
    });

    test("purging removes what is below and keeps the numbering", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2", "3", "4"]);
      await log.purgeBelow(1);
      expect((await log.info()).firstSeq).toBe(1);
      await log.purgeBelow(3);
      expect(await log.info()).toMatchObject({ firstSeq: 3, lastSeq: 4 });
      expect(await log.get(2)).toBeUndefined();
      expect((await log.read(1, 10)).map(({ seq }) => seq)).toEqual([3, 4]);
      await log.purgeBelow(1_000);
      expect(await log.info()).toMatchObject({ firstSeq: 5, lastSeq: 4 });
      expect(seqOf(await log.append(subject, bytes("5"), 4))).toBe(5);
    });

    test("a following hands over what is there and what comes, once each, in order", async () => {
      const { log, other, subject } = await make();
      await fill(log, subject, ["1", "2"]);
      const { seen, following, texts } = collect(log, 1);
      await until(() => seen.length === 2, { what: "the stored ones came" });
      await fill(other, subject, ["3", "4"]);
      await until(() => seen.length === 4, { what: "the new ones came" });
      expect(texts()).toEqual(["1", "2", "3", "4"]);
      expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
      expect(seen).toEqual((await log.read(1, 10)).map((message) => ({ ...message, data: expect.anything() })));
      await following.stop();
    });

    test("a following starts where it is told, or at the first message kept after it", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2", "3", "4"]);
      const late = collect(log, 3);
      await until(() => late.seen.length === 2, { what: "the later half came" });
      expect(late.texts()).toEqual(["3", "4"]);
      await log.purgeBelow(4);
      const kept = collect(log, 2);
      const next = collect(log, 5);
      await until(() => kept.seen.length === 1, { what: "the kept one came" });
      await fill(log, subject, ["5"]);
      await until(() => kept.seen.length === 2 && next.seen.length === 1, { what: "the new one came to both" });
      expect(kept.texts()).toEqual(["4", "5"]);
      expect(next.texts()).toEqual(["5"]);
      expect([late.resets(), kept.resets(), next.resets()]).toEqual([0, 0, 0]);
      await Promise.all([late, kept, next].map(({ following }) => following.stop()));
    });

    test("no handler runs after a following was stopped, also when it is stopped by its own handler", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2", "3"]);
      const seen: number[] = [];
      const first = log.follow(
        1,
        ({ seq }) => {
          seen.push(seq);
          void first.stop();
        },
        () => seen.push(-1),
      );
      const second = collect(log, 1);
      await until(() => second.seen.length === 3, { what: "the other following has everything" });
      await second.following.stop();
      await fill(log, subject, ["4"]);
      const third = collect(log, 4);
      await until(() => third.seen.length === 1, { what: "a third following has the new one" });
      await third.following.stop();
      expect(seen).toEqual([1]);
      expect(second.seen).toHaveLength(3);
    });

    test("purging what was handed over does not disturb a following", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2", "3"]);
      const { seen, following, resets } = collect(log, 1);
      await until(() => seen.length === 3, { what: "all came" });
      await log.purgeBelow(4);
      await fill(log, subject, ["4"]);
      await until(() => seen.length === 4, { what: "the new one came" });
      expect(resets()).toBe(0);
      await following.stop();
    });

    test("a following of a log that is made anew ends with one reset and hands over nothing of the new one", async () => {
      const { log, subject, recreate } = await make();
      await fill(log, subject, ["1", "2"]);
      const before = (await log.info()).created;
      const { seen, resets } = collect(log, 1);
      await until(() => seen.length === 2, { what: "all came" });
      await recreate();
      await fill(log, subject, ["x", "y", "z"]);
      await until(() => resets() === 1, { what: "the reset was told" });
      expect((await log.info()).created).not.toBe(before);
      const again = collect(log, 1);
      await until(() => again.seen.length === 3, { what: "a new following has the new log" });
      await again.following.stop();
      expect(seen).toHaveLength(2);
      expect(resets()).toBe(1);
    });

    test("a following that has seen nothing yet is reset, too, when its log is made anew", async () => {
      const { log, subject, recreate } = await make();
      await fill(log, subject, ["1"]);
      const empty = collect(log, 2);
      const ready = collect(log, 1);
      await until(() => ready.seen.length === 1, { what: "the later following is at work, so the earlier is" });
      await recreate();
      await fill(log, subject, ["x"]);
      await until(() => empty.resets() === 1 && ready.resets() === 1, { what: "both are reset" });
      expect(empty.seen).toEqual([]);
    });

    test("a following that starts beyond the end is reset: what was handed over before is gone", async () => {
      const { log, subject } = await make();
      await fill(log, subject, ["1", "2"]);
      const { seen, resets } = collect(log, 4);
      await until(() => resets() === 1, { what: "the reset was told" });
      expect(seen).toEqual([]);
    });

    test("a following whose log lost what was handed over ends with a reset; the log knows its last message's name again", async () => {
      const { log, subject, remember } = await make();
      await fill(log, subject, ["1"]);
      expect(await log.append(subject, bytes("2"), { after: 1, name: "two" })).toEqual({ kind: "stored", seq: 2 });
      const bringBack = await remember();
      const third = { after: 2, name: "three", afterName: "two" };
      expect(await log.append(subject, bytes("3"), third)).toEqual({ kind: "stored", seq: 3 });
      const { seen, resets } = collect(log, 1);
      const behind = collect(log, 1);
      await until(() => seen.length === 3 && behind.seen.length === 3, { what: "all came" });
      await bringBack();
      await until(() => resets() === 1, { timeoutMs: 20_000, what: "the reset was told" });
      expect((await log.info()).lastSeq).toBe(2);
      const place = { after: 2, name: "other three" };
      expect(await log.append(subject, bytes("x"), { ...place, afterName: "three" })).toEqual({ kind: "other-name" });
      expect(seqOf(await log.append(subject, bytes("other 3"), { ...place, afterName: "two" }))).toBe(3);
      expect(seen).toHaveLength(3);
    });
  });
};

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { archiveHeader } from "#core/archive/format";
import { type Proof, proof } from "#core/audit/proof";
import { resealed } from "#core/audit/test/kit";
import { isClusterioError } from "#core/errors";
import type { LedgerMessage } from "#core/events/ledger";
import type { StoredMessage } from "#core/ports/log";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { VERSION } from "#core/version";
import { type Asked, verify } from "#ctl/audit/verify";
import type { ArchiveFile } from "#ctl/history/archive-file";
import { LiveLedger } from "#ctl/history/reader";
import { archiveLedger, verifyBack } from "#ctl/ledger/archive";
import { listArchives, listLines } from "#ctl/ledger/list";
import { figureLines, ledgerFigures } from "#ctl/ledger/show";
import { CLUSTER, Folder, ledgerLog, never, trade } from "#ctl/ledger/test/kit";
import { ArchiveWriter } from "#ctl/ledger/write-archive";

let folder: Folder;
beforeEach(async () => {
  folder = await Folder.make();
});
afterEach(() => folder.close());

const audit = (archives: readonly ArchiveFile[], log?: MemoryLog, asked: Asked = {}): Promise<Proof> => {
  const live = log === undefined ? undefined : new LiveLedger(log);
  return verify({ archives, live, events: undefined, answers: { reason: "no leader" } }, asked, never);
};

describe("an archive", () => {
  test("and what is left of the ledger are one history with the state of the whole, joined by hash", async () => {
    const log = ledgerLog(trade(40, [10, 25]));
    const whole = await audit([], log);
    const first = await folder.archive(log, { before: { kind: "seq", seq: 20 } });
    const second = await folder.archive(log);
    expect([first.header.from, second.header.from]).toEqual([1, 1]);
    await log.purgeBelow(second.header.to + 1);
    const joined = await audit([second], log);
    expect(joined).toMatchObject({ verdict: "holds", base: { kind: "beginning" }, stateHash: whole.stateHash });
    expect([joined.tip, joined.to, joined.tally.messages]).toEqual([whole.tip, whole.to, whole.tally.messages]);
    expect(joined.sources.map(({ kind }) => kind)).toEqual(["archive", "live"]);
    expect(proof.safeParse(joined)).toMatchObject({ success: true });
    // Overlapping ones are read once.
    expect(await audit([second, first], log)).toMatchObject({ verdict: "holds", stateHash: whole.stateHash });
    expect(await audit([first])).toMatchObject({ verdict: "holds", to: first.header.to, tip: first.header.tip });
  });

  test("of a ledger whose beginning was archived before begins with the checkpoint and joins the one before", async () => {
    const log = ledgerLog(trade(40, [10, 25]));
    const first = await folder.archive(log, { before: { kind: "seq", seq: 20 } });
    await log.purgeBelow(first.header.to + 1);
    const second = await folder.archive(log);
    expect(second.header).toMatchObject({ base: "checkpoint", from: first.header.to + 1, prev: first.header.tip });
    expect(await audit([second])).toMatchObject({ verdict: "holds", base: { kind: "checkpoint" } });
    expect(await audit([first, second], log)).toMatchObject({ verdict: "holds", from: 1 });
    const listed = await listArchives(folder.path);
    expect(listed).toMatchObject([{ joins: true }, { joins: true }]);
    expect(listLines(listed).join("\n")).toContain(second.header.tip);
  });

  test("is gzipped JSON lines that anybody can read, with a header that says what it is", async () => {
    const messages = trade(30, [20]);
    const log = ledgerLog(messages);
    const archive = await folder.archive(log);
    const lines = gunzipSync(await readFile(archive.path))
      .toString("utf8")
      .trimEnd()
      .split("\n");
    const [header, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(archiveHeader.parse(header)).toEqual(archive.header);
    expect(header).toMatchObject({ software: VERSION, cluster: CLUSTER, from: 1, prev: "", base: "beginning" });
    expect(rest).toHaveLength(archive.header.messages + 1);
    expect(rest[4]).toMatchObject({ seq: 5, data: messages[4]!.data });
  });

  test("of many blocks is read from any place and at any time", async () => {
    const clock = new ManualClock();
    const begun = clock.now();
    const log = ledgerLog(trade(1_100, [1_080]), clock);
    const archive = await folder.archive(log);
    for (const from of [1, 777, 999, 1_000, 1_001, archive.header.to]) {
      const [there] = await log.read(from, 1);
      expect((await archive.read(from, 3))[0]).toEqual(there);
      expect(await archive.seqAtTime(begun + from - 1)).toBe(from);
    }
    expect(await archive.read(archive.header.to + 1, 5)).toEqual([]);
    expect(await archive.seqAtTime(begun - 5)).toBe(1);
    expect(await archive.seqAtTime(begun + 10_000)).toBe(archive.header.to + 1);
  });
});

describe("writing one", () => {
  test("twice makes nothing twice, and another file of that name is left alone", async () => {
    const log = ledgerLog(trade(20, [10]));
    const live = new LiveLedger(log);
    const to = join(folder.path, "one.jsonl.gz");
    const first = await archiveLedger(live, { to, cluster: CLUSTER }, never);
    const bytes = await readFile(to);
    const again = await archiveLedger(live, { to, cluster: CLUSTER }, never);
    expect([first?.written, again?.written]).toEqual([true, false]);
    expect(await readFile(to)).toEqual(bytes);
    const other = ledgerLog(trade(21, [20]));
    await expect(archiveLedger(new LiveLedger(other), { to, cluster: CLUSTER }, never)).rejects.toMatchObject({
      code: "refused",
    });
    await first?.archive.close();
    await again?.archive.close();
  });

  test("needs a checkpoint, and a ledger that holds; nothing is left of what failed", async () => {
    const without = new LiveLedger(ledgerLog(trade(10, [])));
    const options = { to: `${folder.path}/`, cluster: CLUSTER };
    await expect(archiveLedger(without, options, never)).rejects.toMatchObject({ code: "refused" });
    const messages = trade(20, [15]);
    const forged = messages[9]!.data as { storage?: Record<string, number> };
    forged.storage = { "item:iron-plate": 7 };
    await expect(archiveLedger(new LiveLedger(ledgerLog(messages)), options, never)).rejects.toMatchObject({
      code: "corrupt",
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("that is not verified afterwards leaves no file", async () => {
    const path = join(folder.path, "x.gz");
    const writer = await ArchiveWriter.create(path);
    for (const message of await ledgerLog(trade(5, [])).read(1, 5)) await writer.add(message);
    const { header } = await folder.archive(ledgerLog(trade(20, [15])));
    const failing = writer.finish(header, () => Promise.reject(new Error("the disk lied")));
    await expect(failing).rejects.toThrow("the disk lied");
    await writer.abandon();
    expect((await readdir(folder.path)).filter((name) => name.includes("x.gz"))).toEqual([]);
  });

  test("where nothing stands before the checkpoint writes nothing", async () => {
    const log = ledgerLog(trade(20, [15]));
    const archive = await folder.archive(log);
    await log.purgeBelow(archive.header.to + 1);
    const live = new LiveLedger(log);
    expect(await archiveLedger(live, { to: folder.path, cluster: CLUSTER }, never)).toBeUndefined();
  });
});

describe("an audit is incomplete", () => {
  test("when a part between archives is missing, and says which", async () => {
    const log = ledgerLog(trade(60, [10, 25, 40]));
    const [ends, parts] = [[20, 45, 80], [] as ArchiveFile[]];
    for (const seq of ends) {
      const archive = await folder.archive(log, { before: { kind: "seq", seq } });
      parts.push(archive);
      await log.purgeBelow(archive.header.to + 1);
    }
    const [first, second, third] = parts as [ArchiveFile, ArchiveFile, ArchiveFile];
    const hole = await audit([first, third], log);
    expect(hole).toMatchObject({ verdict: "incomplete", incomplete: { seq: second.header.from }, to: first.header.to });
    expect(hole.incomplete?.reason).toContain(`${second.header.from} to ${second.header.to} are in none of`);
    expect(await audit([first, second, third], log)).toMatchObject({ verdict: "holds", from: 1 });
  });

  test("when it was asked for more than is there, at either end", async () => {
    const log = ledgerLog(trade(30, [20]));
    const { lastSeq } = await log.info();
    const late = await audit([], log, { to: lastSeq + 5 });
    expect(late).toMatchObject({ verdict: "incomplete", incomplete: { seq: lastSeq + 1 }, to: lastSeq });
    const archive = await folder.archive(log);
    await log.purgeBelow(archive.header.to + 1);
    const early = await audit([], log, { from: 3 });
    expect(early).toMatchObject({ verdict: "incomplete", incomplete: { seq: 3 }, asked: { from: 3 } });
    expect(await audit([archive], log, { from: 3 })).toMatchObject({ verdict: "holds" });
  });

  test("when a message is of a newer version", async () => {
    const messages = trade(20, []);
    (messages[9]!.data as { v: number }).v = 2;
    expect(await audit([], ledgerLog(messages))).toMatchObject({ verdict: "incomplete", incomplete: { seq: 10 } });
    expect((await audit([], ledgerLog(messages))).incomplete?.reason).toContain("newer version");
  });

  test("archives of another cluster do not join, whatever their numbers", async () => {
    const log = ledgerLog(trade(40, [25]));
    const archive = await folder.archive(log);
    const clock = new ManualClock();
    clock.advance(77_777);
    const [first, ...rest] = trade(50, [25, 45]);
    const other = resealed([{ ...first!, data: { ...first!.data, user: "po" } } as LedgerMessage, ...rest]);
    const stranger = ledgerLog(other, clock);
    await expect(audit([archive], stranger)).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("tampering with an archive is found", () => {
  const holds = async (path: string): Promise<boolean> => {
    try {
      const archive = await folder.open(path);
      return (await audit([archive])).verdict === "holds";
    } catch (error) {
      if (isClusterioError(error)) return false;
      throw error;
    }
  };

  test("any single byte changed, removed or added, wherever it stands", async () => {
    const archive = await folder.archive(ledgerLog(trade(30, [20])));
    expect(await holds(archive.path)).toBe(true);
    const { size } = { size: archive.header.bytes };
    // Half of the places in the header's text and frame, half in what follows it.
    const place = fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: size - 1 }));
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom("flip", "drop", "add"),
        async (at, bits, how) => {
          const path = await folder.forged(archive, (bytes) => {
            if (how === "flip") {
              bytes[at]! ^= bits;
              return bytes;
            }
            const rest = how === "drop" ? bytes.subarray(at + 1) : bytes.subarray(at);
            return Buffer.concat([bytes.subarray(0, at), ...(how === "drop" ? [] : [Buffer.from([bits])]), rest]);
          });
          expect(await holds(path)).toBe(false);
        },
      ),
      { seed: 20_261_150, numRuns: 160 },
    );
  });

  /** An archive whose bytes and header fit each other, of other messages than the ledger's. */
  const rewritten = async (archive: ArchiveFile, change: (messages: StoredMessage[]) => StoredMessage[]) => {
    const messages = change(await archive.read(1, 100_000));
    const path = join(folder.path, `rewritten-${messages.length}.gz`);
    const writer = await ArchiveWriter.create(path);
    for (const message of messages) await writer.add(message);
    await writer.finish(archive.header, () => Promise.resolve());
    return folder.open(path);
  };

  test("a message dropped, doubled, put elsewhere or changed in one byte, though the file is sealed again", async () => {
    const archive = await folder.archive(ledgerLog(trade(30, [20])));
    const last = archive.header.to - 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(last - 2), fc.nat(last - 2), fc.nat(), async (at, to, byte) => {
        const changes: ((messages: StoredMessage[]) => StoredMessage[])[] = [
          (messages) => messages.filter((_, index) => index !== at),
          (messages) => messages.toSpliced(to, 0, messages[at]!),
          (messages) =>
            at === to ? messages.toSpliced(at, 1) : messages.toSpliced(at, 1).toSpliced(to, 0, messages[at]!),
          (messages) =>
            messages.map((message, index) => {
              if (index !== at) return message;
              const data = message.data.slice();
              data[byte % data.length]! ^= 1;
              return { ...message, data };
            }),
        ];
        for (const change of changes) {
          const forged = await rewritten(archive, change);
          expect((await audit([forged])).verdict).not.toBe("holds");
          await expect(verifyBack(forged, never)).rejects.toMatchObject({ code: "corrupt" });
        }
      }),
      { seed: 20_261_151, numRuns: 12 },
    );
  });

  test("the first divergence is told with its sequence, what was expected and what was found", async () => {
    const archive = await folder.archive(ledgerLog(trade(30, [20])));
    const forged = await rewritten(archive, (messages) => messages.filter(({ seq }) => seq !== 9));
    const { verdict, finding } = await audit([forged]);
    expect({ verdict, finding }).toMatchObject({
      verdict: "violated",
      finding: { seq: 9, expected: "message 9", found: "message 10" },
    });
    const cut = await folder.forged(archive, (bytes) => bytes.subarray(0, bytes.length - 40));
    expect((await audit([await folder.open(cut)])).finding).toMatchObject({ rule: "archive" });
  });

  test("what is no archive, is not finished or is of a newer version is told apart", async () => {
    const path = join(folder.path, "x.gz");
    await writeFile(path, "hello");
    await expect(folder.open(path)).rejects.toMatchObject({ code: "bad-input" });
    await expect(folder.open(folder.path)).rejects.toMatchObject({ code: "bad-input" });
    await expect(folder.open(join(folder.path, "none"))).rejects.toMatchObject({ code: "bad-input" });
    const archive = await folder.archive(ledgerLog(trade(30, [20])));
    await writeFile(path, (await readFile(archive.path)).subarray(0, 3_000));
    await expect(folder.open(path)).rejects.toMatchObject({ code: "corrupt" });
    const listed = await listArchives(folder.path);
    expect(listed).toMatchObject([{ header: { from: 1 } }, { file: "x.gz", damaged: expect.stringContaining("x.gz") }]);
    await expect(listArchives(join(folder.path, "none"))).rejects.toMatchObject({ code: "bad-input" });
  });
});

test("size, growth and the newest checkpoint of a ledger are shown, and what is not known is said", async () => {
  const clock = new ManualClock();
  const log = new MemoryLog(clock, { bytesMax: 1_000_000 });
  for (const { subject, data } of await ledgerLog(trade(200, [100])).read(1, 1_000)) {
    log.store(subject, data);
    clock.advance(100);
  }
  const figures = await ledgerFigures(new LiveLedger(log));
  const { bytes, lastSeq } = await log.info();
  const perDay = (bytes / lastSeq) * 10 * 86_400;
  expect(figures.bytesPerDay).toBeCloseTo(perDay, -2);
  expect(figures.daysLeft).toBeCloseTo((950_000 - bytes) / perDay, 1);
  expect(figures.checkpoint?.firstSeq).toBeGreaterThan(100);
  expect(figureLines(figures).join("\n")).toContain("MiB a day");
  const empty = await ledgerFigures(new LiveLedger(new MemoryLog(clock)));
  expect(empty).toMatchObject({ bytesPerDay: null, daysLeft: null, checkpoint: null, bytesMax: null });
  expect(figureLines(empty).join("\n")).toContain("none yet");
});

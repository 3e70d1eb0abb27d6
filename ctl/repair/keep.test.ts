import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { keepLedger } from "#ctl/repair/keep";

/** The old ledger's file: what a repair purges is in it, or nothing is purged. */
const { signal } = new AbortController();
let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-keep-"));
  path = join(folder, "repairs", "LEDGER.jsonl.gz");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BYTES = [[0x7b, 0x7d], [0xff, 0x00, 0x0a, 0x0d], []].map((bytes) => new Uint8Array(bytes));
const ledger = (): MemoryLog => {
  const log = new MemoryLog(new ManualClock());
  for (const bytes of BYTES) log.store("clusterio.v1.ledger.round", bytes);
  return log;
};

test("every message is in it as it was, whatever its bytes are, for its owner only", async () => {
  expect(await keepLedger(ledger(), path, { signal })).toEqual({ messages: 3 });
  const lines = gunzipSync(await readFile(path))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const kept = lines.map((line) => JSON.parse(line) as { seq: number; subject: string; data: string });
  expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(kept.map(({ data }) => new Uint8Array(Buffer.from(data, "base64")))).toEqual(BYTES);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, "repairs"))).toEqual(["LEDGER.jsonl.gz"]);
});

test("a file that is there is never written over", async () => {
  path = join(folder, "mine");
  await writeFile(path, "another repair's");
  await expect(keepLedger(ledger(), path, { signal })).rejects.toMatchObject({ code: "refused" });
  expect(await readFile(path, "utf8")).toBe("another repair's");
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ["cut", (bytes) => bytes.subarray(0, bytes.length - 9)],
  ["damaged", (bytes) => bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)) as Buffer],
  ["empty", () => Buffer.alloc(0)],
  ["another's", () => gzipSync("{}\n")],
])("a file that the disk gives back %s does not get its name", async (_what, lie) => {
  const readFileBack = (part: string) =>
    Readable.from(
      (async function* () {
        yield lie(await readFile(part));
      })(),
    );
  const kept = keepLedger(ledger(), path, { signal, readFile: readFileBack });
  await expect(kept).rejects.toMatchObject({ code: "corrupt" });
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a place where no file can be is told in one line", async () => {
  await writeFile(join(folder, "repairs"), "a file");
  const kept = keepLedger(ledger(), path, { signal });
  await expect(kept).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(/^[^\n]*a file$/) });
});

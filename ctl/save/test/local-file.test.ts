import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localSource, localTarget, openLocal } from "#ctl/save/local-file";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-local-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const bytesOf = (text: string) => new TextEncoder().encode(text);
const of = (text: string) => ({ bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") });

test("a file comes whole below its name, or not at all; what came of it before is gone on with", async () => {
  const path = join(dir, "new/north.zip");
  const first = localTarget(path, of("abcdef"));
  expect(await first.begin()).toBe(0);
  await Promise.all([first.put(0, bytesOf("ab")), first.put(2, bytesOf("cd"))]);
  await expect(first.put(2, bytesOf("xx"))).rejects.toMatchObject({ code: "unavailable" });
  // A piece that failed fails no other.
  await first.put(4, bytesOf(""));
  expect((await readdir(join(dir, "new"))).filter((name) => !name.startsWith("."))).toEqual([]);
  const again = localTarget(path, of("abcdef"));
  expect(await again.begin()).toBe(4);
  await again.put(4, bytesOf("ef"));
  expect(await again.finish()).toBe(path);
  expect(await readFile(path, "utf8")).toBe("abcdef");
  expect([await readdir(join(dir, "new")), (await stat(path)).mode & 0o777]).toEqual([["north.zip"], 0o600]);
});

test("what has another sum is thrown away, and so is more than there should be", async () => {
  const path = join(dir, "north.zip");
  const target = localTarget(path, of("abc"));
  await target.begin();
  await target.put(0, bytesOf("abd"));
  await expect(target.finish()).rejects.toMatchObject({ code: "corrupt" });
  expect(await readdir(dir)).toEqual([]);
  await target.begin();
  await target.put(0, bytesOf("abcd"));
  expect(await target.begin()).toBe(0);
  expect(await readdir(dir)).toEqual([]);
});

test("an empty file is one, too; a folder that cannot be written is told by its path", async () => {
  const path = join(dir, "empty.zip");
  const target = localTarget(path, of(""));
  expect(await target.begin()).toBe(0);
  await target.finish();
  expect((await stat(path)).size).toBe(0);
  await expect(localTarget(join(path, "x"), of("a")).put(0, bytesOf("a"))).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining(join(path, "x")),
  });
});

test("a file is opened with its sum; what is none, or cannot be read, is told", async () => {
  const path = join(dir, "a.zip");
  await writeFile(path, "abc");
  expect(await openLocal(path)).toMatchObject({ path, ...of("abc") });
  await expect(openLocal(dir)).rejects.toMatchObject({ code: "bad-input", message: `${dir} is not a file` });
  await expect(openLocal(join(dir, "no"))).rejects.toMatchObject({ code: "bad-input" });
  await expect(openLocal(path, AbortSignal.abort())).rejects.not.toMatchObject({ code: "bad-input" });
});

test("one that is changed while it is read is not sent on: of another length, or written anew", async () => {
  const path = join(dir, "a.zip");
  await writeFile(path, "abcdef");
  await utimes(path, 5, 5);
  const source = await localSource(await openLocal(path));
  expect(await source.read(2, 3)).toEqual(bytesOf("cde"));
  await writeFile(path, "abcdef!");
  await utimes(path, 5, 5);
  await expect(source.read(0, 1)).rejects.toMatchObject({ code: "refused" });
  await writeFile(path, "ABCDEF");
  await utimes(path, 1, 1);
  await expect(source.read(0, 1)).rejects.toMatchObject({ code: "refused" });
  await source.close();
});

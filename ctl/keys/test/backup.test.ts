import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "#core/adapters/node-disk";
import { unavailable } from "#core/errors";
import { createIdentity } from "#core/identity/identity";
import { makeBackup, restoreBackup } from "#ctl/keys/backup";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-keys-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const cluster = () => join(dir, "cluster");
const copy = () => join(dir, "there/copy");
const restored = (bytes: Uint8Array, finish = async (_: string) => {}) =>
  restoreBackup(bytes, { path: "b.json", dir: copy(), finish });
const made = async () => {
  await createIdentity(join(cluster(), "identity"), nodeDisk);
  await writeFile(join(cluster(), "cluster.json"), "{}");
  await writeFile(join(cluster(), "identity/.half-written"), "x");
  await writeFile(join(cluster(), "other.json"), "x");
  return makeBackup(cluster());
};
const file = (files: object) => new TextEncoder().encode(JSON.stringify({ v: 1, kind: "clusterio-identity", files }));
const ABC = Buffer.from("abc").toString("base64");

test("all keys and what was decided come back as they were, private, and nothing else; no cluster is no backup", async () => {
  await expect(makeBackup(cluster())).rejects.toMatchObject({ code: "unavailable" });
  const bytes = await made();
  const finished: string[] = [];
  await restored(bytes, async (draft) => void finished.push(...(await readdir(draft))));
  expect(finished.sort()).toEqual(["cluster.json", "identity"]);
  const paths = (await readdir(copy(), { recursive: true })).filter((path) => path.includes(".")).sort();
  expect(paths).toEqual(["cluster.json", ...paths.filter((path) => path.startsWith("identity/"))]);
  expect(paths.some((path) => path.includes("half-written"))).toBe(false);
  for (const path of paths) {
    expect(await readFile(join(copy(), path))).toEqual(await readFile(join(cluster(), path)));
    expect((await stat(join(copy(), path))).mode & 0o077).toBe(0);
  }
});

test("a folder in which there is something is left as it is, and so is one whose making failed", async () => {
  const bytes = await made();
  await mkdir(copy(), { recursive: true });
  await writeFile(join(copy(), "mine"), "x");
  await expect(restored(bytes)).rejects.toMatchObject({ code: "refused" });
  expect(await readdir(copy())).toEqual(["mine"]);
  await rm(copy(), { recursive: true });
  const fails = () => Promise.reject(unavailable("no"));
  await expect(restored(bytes, fails)).rejects.toThrow("no");
  expect(await readdir(join(dir, "there"))).toEqual([]);
});

test("a file that is no backup, lacks the identity, or would write elsewhere makes nothing", async () => {
  for (const files of [
    { "cluster.json": ABC },
    { "identity/identity.json": ABC, "../outside": ABC },
    { "identity/identity.json": ABC, "identity/../../../outside": ABC },
    { "identity/identity.json": ABC, "/etc/x": ABC },
    { "identity/identity.json": "not base64!" },
  ])
    await expect(restored(file(files))).rejects.toMatchObject({ code: "bad-input" });
  await expect(restored(new TextEncoder().encode("{}"))).rejects.toMatchObject({ code: "bad-input" });
  expect(await readdir(dir)).toEqual([]);
});

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FactorioOrders } from "#bridge/factorio/orders";
import { folderInstalls } from "#bridge/game/adapters/folder-installs";
import { realVault } from "#bridge/game/adapters/vault";
import { PART_MS_MAX } from "#bridge/saves/incoming";
import { ARCHIVE_BYTES_MAX, type FactorioJob, factorioUpload } from "#core/events/command";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { until } from "#test/kit/until";

/** Archives that somebody brings, into a real folder; a script that tells a version stands for the game. */
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "clusterio-upload-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const archiveOf = (version: string): Buffer => {
  const tree = mkdtempSync(join(dir, "tree-"));
  mkdirSync(join(tree, "factorio/bin/x64"), { recursive: true });
  mkdirSync(join(tree, "factorio/data/base"), { recursive: true });
  const script = `#!/bin/sh\necho "Version: ${version} (build 1, linux64, headless)"\n`;
  writeFileSync(join(tree, "factorio/bin/x64/factorio"), script, { mode: 0o755 });
  writeFileSync(join(tree, "factorio/data/base/info.json"), JSON.stringify({ name: "base", version }));
  execFileSync("tar", ["-czf", join(tree, "archive"), "-C", tree, "factorio"]);
  return readFileSync(join(tree, "archive"));
};

const scene = ({ free = 1e12 } = {}) => {
  const clock = new ManualClock();
  const slave = join(dir, "slave");
  const installs = folderInstalls({ folder: join(slave, "factorio"), releases: "http://127.0.0.1:1" });
  const vault = { ...realVault, freeBytes: async () => free };
  const orders = new FactorioOrders({ installs, journal: () => {}, vault, clock }, slave);
  const ask = (verb: string, data: object, body?: Uint8Array) => orders.carryOut({ verb, data } as never, body, []);
  const upload = (data: object, body?: Uint8Array) => ask("factorio-upload", factorioUpload.parse(data), body);
  const bring = async (
    bytes: Uint8Array,
    { version, most = Number.POSITIVE_INFINITY }: { version?: string; most?: number } = {},
  ) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = { bytes: bytes.length, sha256 };
    const { offset: from } = (await upload({ op: "begin", ...file })) as { offset: number };
    for (let offset = from; offset < Math.min(most, bytes.length); offset += 100)
      await upload({ op: "put", sha256, offset }, bytes.subarray(offset, offset + 100));
    const named = { name: "game.tar.gz", ...(version === undefined ? {} : { version }) };
    return { from, job: () => upload({ op: "finish", ...file, ...named }) as Promise<FactorioJob> };
  };
  const ended = () =>
    until(
      async () => {
        const job = (await ask("factorio-status", {})) as FactorioJob;
        return job.phase === "done" || job.phase === "failed" ? job : undefined;
      },
      { what: "the install ends" },
    );
  const there = () =>
    readdirSync(join(slave, "factorio"))
      .filter((name) => name !== "lock")
      .sort();
  const parts = () => readdirSync(join(slave, "factorio/.incoming"));
  return { clock, orders, ask, upload, bring, ended, there, parts };
};

test("an archive comes in pieces, goes on where it ended, is proved, installed as one that was downloaded, and not kept", async () => {
  const { bring, ended, there, parts, ask } = scene();
  const bytes = archiveOf("2.0.76");
  const half = await bring(bytes, { most: 200 });
  await expect(half.job()).rejects.toMatchObject({ code: "refused", message: expect.stringMatching(/begin again/) });
  const rest = await bring(bytes, { version: "2.0.76" });
  expect(rest.from).toBe(200);
  expect(await rest.job()).toMatchObject({ wanted: "game.tar.gz", phase: "asking" });
  expect(await ended()).toEqual({ wanted: "game.tar.gz", version: "2.0.76", phase: "done", done: 0 });
  expect(there()).toEqual([".incoming", "2.0.76"]);
  expect(parts()).toEqual([]);
  // Whoever lost the answer asks again, and brings nothing twice.
  const again = await bring(bytes, { version: "2.0.76" });
  expect(again.from).toBe(bytes.length);
  expect(await again.job()).toMatchObject({ phase: "done", version: "2.0.76" });
  // But what was removed since is brought anew.
  await ask("factorio-remove", { version: "2.0.76" });
  expect((await bring(bytes)).from).toBe(0);
});

test("another version than was named, no archive, and no Factorio are told by the file's name, and nothing is left", async () => {
  const { bring, ended, there, parts } = scene();
  await (await bring(archiveOf("2.0.76"), { version: "2.0.60" })).job();
  const other = {
    phase: "failed",
    code: "refused",
    message: "game.tar.gz holds Factorio 2.0.76, not 2.0.60: it is not installed",
  };
  expect(await ended()).toMatchObject(other);
  await (await bring(new TextEncoder().encode("no archive"))).job();
  expect(await ended()).toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/^game.tar.gz is no archive/),
  });
  expect(there()).toEqual([".incoming"]);
  expect(parts()).toEqual([]);
});

test("one beyond the limit, or for which there is no room, is not begun; half of one is removed after a day", async () => {
  const begin = { op: "begin", bytes: 100, sha256: "a".repeat(64) };
  expect(factorioUpload.safeParse({ ...begin, bytes: ARCHIVE_BYTES_MAX + 1 }).success).toBe(false);
  await expect(scene({ free: 1_000 }).upload(begin)).rejects.toMatchObject({ code: "unavailable" });
  const { clock, orders, bring, parts } = scene();
  await bring(archiveOf("2.0.76"), { most: 100 });
  await orders.clean();
  expect(parts()).toHaveLength(1);
  await clock.advance(Date.now() - clock.now() + PART_MS_MAX);
  await orders.clean();
  expect(parts()).toEqual([]);
});

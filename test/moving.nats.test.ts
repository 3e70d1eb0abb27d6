import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zipSync } from "fflate";
import { nodeClock } from "#core/adapters/node-clock";
import { packageRoot } from "#core/adapters/package-root";
import { PIECE_BYTES_MAX } from "#core/events/saves";
import { instanceId, slaveId } from "#core/ids";
import { LAKES_2_1_9 } from "#core/saves/test/exchange-strings";
import { readingAhead, relay } from "#core/transfer/relay";
import { Output } from "#ctl/audit/output";
import { clusterio, type Ended } from "#ctl/ledger/test/projector";
import { Move } from "#ctl/move/move";
import type { Saves } from "#ctl/save/base";
import { unpackSave } from "#sim/factorio/save-file";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, TwoSlaves } from "#test/kit/two-slaves";
import { until } from "#test/kit/until";

/** Saves and moves as they are installed: a real projector, two bridges with the stand-in, the real command line. */
const nats = useNats();
const north = instanceId("north");
const attic = slaveId("attic");
let cluster: TwoSlaves;

beforeAll(async () => {
  cluster = await TwoSlaves.start(nats());
  await cluster.client.master("instance.create", { name: "north", config: { seed: 3, autosaveSeconds: 1 } });
  await cluster.client.master("instance.assign", { instance: north, slave: "home" });
  await cluster.client.bridge({ slave: slaveId("home"), instance: north }, "start", {});
  await cluster.linked("home", north);
}, NATS_START_MS_MAX);
afterAll(() => cluster.close(), 30_000);

const run = async (...args: string[]): Promise<Ended> => clusterio([...args, ...(await cluster.where()).user]);
const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const ok = (out: RegExp) => ({ code: 0, out: expect.stringMatching(out) });

const large = (): Uint8Array =>
  zipSync(
    {
      "x/level-init.dat": Uint8Array.from([2, 0, 1, 0, 9, 0, 0, 0]),
      "x/level.dat0": new Uint8Array(randomBytes(64 * 1024 * 1024)),
    },
    { level: 0 },
  );

/** An archive on this machine; a script that tells its version stands for the game. */
const gameArchive = async (version: string): Promise<string> => {
  const tree = join(cluster.dir, "tree");
  for (const folder of ["bin/x64", "data/base"]) await mkdir(join(tree, "factorio", folder), { recursive: true });
  const script = `#!/bin/sh\necho "Version: ${version} (build 1, linux64, headless)"\n`;
  await writeFile(join(tree, "factorio/bin/x64/factorio"), script, { mode: 0o755 });
  await writeFile(join(tree, "factorio/data/base/info.json"), JSON.stringify({ name: "base", version }));
  execFileSync("tar", ["-czf", join(tree, "game.tar.gz"), "-C", tree, "factorio"]);
  return join(tree, "game.tar.gz");
};

test("saves come and go by the command line; SIGINT twice in the middle leaves nothing half done, and the same command goes on", async () => {
  expect(await run("save", "create", "north", "before")).toMatchObject(ok(/^saved: before, /));
  const file = join(cluster.dir, "before.zip");
  expect(await run("save", "download", "north", "before", "--to", file)).toMatchObject(ok(/before.zip, /));
  const saves = join(cluster.folder("home", "north"), "saves");
  expect(await readFile(file)).toEqual(await readFile(join(saves, "before.zip")));
  const game = await gameArchive("2.0.76");
  const [brought, again, slip, name, noone, nightly] = await Promise.all([
    run("factorio", "install", "2.0.76", "--slave", "attic", "--from", game),
    run("save", "download", "north", "before", "--to", file),
    run("save", "upload", "north", file, "--as", "../evil"),
    run("save", "copy", "north", "before", "_autosave1"),
    run("save", "delete", "north", "before"),
    run("schedule", "add", "north", "nightly", "--cron", "15 3 * * *", "--action", "backup", "--keep", "3"),
  ]);
  expect(brought).toMatchObject(ok(/^Factorio 2.0.76 is installed on attic\n$/));
  expect(await readdir(join(cluster.dir, "attic/factorio/2.0.76"))).toEqual(["bin", "data"]);
  expect(nightly).toMatchObject(ok(/^north nightly: backup, next at .* 03:15:00 UTC\n$/));
  expect([again.code, slip.code, name.code, noone.code]).toEqual([4, 2, 2, 4]);
  expect(noone.err).toMatch(/--yes/);

  const bytes = large();
  const big = join(cluster.dir, "big.zip");
  await writeFile(big, bytes);
  const { user } = await cluster.where();
  const child = spawn(process.execPath, [
    join(packageRoot(), "dist/ctl/main.js"),
    "save",
    "upload",
    "north",
    big,
    ...user,
  ]);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const part = join(cluster.folder("home", "north"), "incoming", `${sumOf(bytes)}.part`);
  const sizeOf = async () => (await stat(part).catch(() => undefined))?.size ?? 0;
  await until(async () => (await sizeOf()) > 0, { ...PATIENCE, what: "the first piece is there" });
  child.kill("SIGINT");
  child.kill("SIGINT");
  expect(await ended).toBe(3);
  expect(said).toMatch(/the same command goes on where this one ended/);
  const kept = await sizeOf();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(bytes.length);
  expect(await readdir(saves)).not.toContain("big.zip");
  expect(await run("save", "upload", "north", big, "--json")).toMatchObject(ok(/"file":"big.zip"/));
  expect((await stat(join(saves, "big.zip"))).size).toBe(bytes.length);
  await expect(stat(part)).rejects.toMatchObject({ code: "ENOENT" });
  const cut = join(cluster.dir, "cut.zip");
  await writeFile(cut, bytes.subarray(0, 1_000_000));
  const [refused, deleted, listed] = await Promise.all([
    run("save", "upload", "north", cut),
    run("save", "delete", "north", "big", "--yes"),
    run("schedule", "list"),
  ]);
  expect(refused).toMatchObject({ code: 4, err: expect.stringMatching(/not a save/) });
  expect(deleted).toMatchObject(ok(/big is gone/));
  expect(listed).toMatchObject(ok(/\nnorth +nightly +15 3 \* \* \* +backup, keeps 3 +.* 03:15:00 +- +-\n$/));
}, 60_000);

test("a map exchange string becomes a map with its settings, and the game that read it leaves nothing behind", async () => {
  const shared = instanceId("shared");
  await cluster.client.master("instance.create", { name: shared, config: { seed: 3, autosaveSeconds: 1 } });
  await cluster.client.master("instance.assign", { instance: shared, slave: "home" });
  const folder = cluster.folder("home", shared);
  await until(() => stat(folder).catch(() => undefined), { ...PATIENCE, what: "the bridge knows it" });
  const made = await run("save", "create", shared, "lakes", "--exchange-string", LAKES_2_1_9);
  expect(made).toMatchObject(ok(/^made a new map: lakes, /));
  expect(await readdir(join(folder, "saves"))).toEqual(["lakes.zip"]);
  expect(await readdir(join(folder, "incoming"))).not.toContain("asking");
  const { level } = unpackSave(await readFile(join(folder, "saves/lakes.zip")), "2.1");
  expect(Buffer.from(level).toString("latin1")).toContain("elevation_lakes");
}, 60_000);

/** Ends the caller at its nth file, or never. */
const saves = (diesAt = Number.POSITIVE_INFINITY): Saves => {
  const stop = new AbortController();
  let carried = 0;
  return {
    ...{ client: cluster.client, bus: cluster.bus, clock: nodeClock, signal: stop.signal },
    output: new Output(stop.signal),
    channel: () => Promise.reject(new Error("not asked for")),
    carry: (_what, source, target) => {
      if (++carried >= diesAt) stop.abort();
      const relaying = { clock: nodeClock, signal: stop.signal, pieceBytes: PIECE_BYTES_MAX };
      return relay(readingAhead(source, PIECE_BYTES_MAX), target, relaying);
    },
  };
};
const move = (ports: Saves, from: string) =>
  new Move(ports, { instance: north, to: attic, deleteSource: false }, () => {}).run(from);

test("an instance moves: at most one runs, whatever ends on the way, and storage does not notice", async () => {
  const before = (await cluster.client.worlds()).find(({ instance }) => instance === north)!;
  const mods = join(cluster.folder("home", "north"), "mods");
  await writeFile(
    join(mods, "extra_1.0.0.zip"),
    zipSync({
      "extra/info.json": new TextEncoder().encode(
        '{"name":"extra","version":"1.0.0","title":"x","author":"x","factorio_version":"2.1"}',
      ),
    }),
  );
  await mkdir(join(cluster.folder("home", "north"), "saves"), { recursive: true });
  let most = 0;
  const watching = setInterval(async () => {
    most = Math.max(most, (await cluster.games(north)).length);
  }, 50);
  try {
    // The caller dies at its second file; both bridges die; the instance may not be started meanwhile.
    await expect(move(saves(2), "home")).rejects.toMatchObject({ code: "unavailable" });
    const at = { slave: slaveId("home"), instance: north };
    await expect(cluster.client.bridge(at, "start", {})).rejects.toMatchObject({
      code: "refused",
      message: expect.stringMatching(/being moved to attic/),
    });
    await Promise.all([cluster.closeBridge("home"), cluster.closeBridge("attic")]);
    await Promise.all([cluster.openBridge("home"), cluster.openBridge("attic")]);
    expect(cluster.bridge("home").runner(north)?.phase).toBe("stopped");
    // Given back, it runs as before; begun again, the caller dies once more, and then it goes through.
    await new Move(saves(), { instance: north, to: attic, deleteSource: false }, () => {}).abort("home");
    await cluster.linked("home", north);
    await expect(move(saves(3), "home")).rejects.toMatchObject({ code: "unavailable" });
    const moved = await move(saves(), "home");
    expect(moved).toMatchObject({ from: "home", to: "attic", running: true, already: false });
    expect(moved.kept).toMatch(/home\/moved-away\/north-/);
  } finally {
    clearInterval(watching);
  }
  expect(most).toBe(1);
  expect(await cluster.games(north)).toEqual([{ slave: "attic", pid: expect.any(Number) }]);
  expect(await readdir(join(cluster.folder("attic", "north"), "mods"))).toContain("extra_1.0.0.zip");
  await expect(readdir(cluster.folder("home", "north"))).rejects.toMatchObject({ code: "ENOENT" });
  const after = (await cluster.client.worlds()).filter(({ instance }) => instance === north);
  // The same world goes on: nothing of it was taken back.
  expect(after).toEqual([expect.objectContaining({ world: before.world, open: true, debt: {} })]);
  expect(after[0]!.tick).toBeGreaterThan(before.tick);
  for (const [key, total] of Object.entries(before.exported))
    expect(after[0]!.exported[key]).toBeGreaterThanOrEqual(total);
  expect(await run("instance", "move", "north", "--to", "attic")).toMatchObject(ok(/north is on attic already/));
  const verified = await clusterio(["audit", "verify", ...(await cluster.where()).core]);
  expect(verified).toMatchObject({ code: 0 });
}, 60_000);

import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realVault } from "#bridge/game/adapters/vault";
import { instancesFolder, pathsOf } from "#bridge/instance/folder";
import { decodeRecord, encodeRecord, type InstanceRecord, newRecord } from "#bridge/instance/record";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { DEPARTED_MS_MAX, Moving } from "#bridge/saves/moving";
import { nodeDisk } from "#core/adapters/node-disk";
import { MOVED_FILES_MAX, move } from "#core/events/saves";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";

const north = instanceId("north");
const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (text: string) => new TextEncoder().encode(text);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-moving-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** One slave's half of a move. `skew`: how far (ms) its clock is ahead. */
const slave = (name: string, skew = 0) => {
  const clock = new ManualClock();
  clock.advance(10_000_000 + skew);
  const settings = { slave: slaveId(name), dir: join(dir, name) };
  const vault = { ...realVault };
  const context = { settings, ports: { clock, disk: nodeDisk, vault, journal: () => {} } };
  const paths = pathsOf(`${instancesFolder(settings.dir)}/north`);
  const state = { record: undefined as InstanceRecord | undefined, phase: "stopped", anothers: false };
  const runner = {
    paths,
    get phase() {
      return state.phase;
    },
    get record() {
      return state.record!;
    },
    telemetry: () => ({ linked: false }),
    hold: async (to: string) => {
      state.record = { ...state.record!, moving: { to, ran: true } };
    },
    release: async () => {
      const { moving: _, ...rest } = state.record!;
      state.record = rest;
    },
  } as unknown as InstanceRunner;
  const moving = new Moving(context as unknown as BridgeContext, {
    runner: () => (state.record === undefined ? undefined : runner),
    assigned: async () => runner,
    isAnothers: async () => state.anothers,
    letGo: async () => {
      state.record = undefined;
    },
  });
  const ask = async (request: object, body?: Uint8Array) => (await moving.answer(north, move.parse(request), body)).ok;
  return { clock, state, paths, moving, ask, vault, dir: settings.dir };
};

const sourceWith = async (files: Record<string, string>, skew = 0) => {
  const home = slave("home", skew);
  const lineage = {
    world: "north.1",
    original: "made.zip",
    made: false,
    startedAt: 5_000,
    periods: [{ world: "north.1", from: 5_000, to: 9_000 }],
  };
  home.state.record = {
    ...newRecord(north, { name: "North", seed: 1, autosaveSeconds: 0 }),
    lineage: lineage as never,
  };
  home.state.record = { ...home.state.record, link: { ...home.state.record.link, epoch: 7 } };
  for (const [path, text] of Object.entries(files)) {
    const full = join(home.paths.folder, path);
    await mkdir(join(full, ".."), { recursive: true });
    await writeFile(full, text);
    await utimes(full, 8, 8);
  }
  await home.ask({ op: "hold", to: "attic" });
  return home;
};

/** As `clusterio instance move` does it. */
const carry = async (home: ReturnType<typeof slave>, attic: ReturnType<typeof slave>, { leaveOut = "" } = {}) => {
  const listed = (await home.ask({ op: "files" })) as {
    now: number;
    record: string;
    files: { area: "saves"; path: string }[];
  };
  const files = [];
  for (const { area, path } of listed.files) {
    const found = (await home.ask({ op: "open", area, path })) as { bytes: number; writtenAt: number; sha256: string };
    const { bytes, writtenAt, sha256 } = found;
    const read = { op: "read", area, path, offset: 0, length: 1_000, bytes, writtenAt };
    const { body } = await home.moving.answer(north, move.parse(read), undefined);
    files.push({ area, path, bytes, writtenAt, sha256 });
    if (path === leaveOut) continue;
    await attic.ask({ op: "begin", area, path, bytes, sha256 });
    await attic.ask({ op: "put", sha256, offset: 0 }, body);
    await attic.ask({ op: "finish", area, path, bytes, sha256 });
  }
  return { op: "seal", from: "home", ran: true, now: listed.now, record: listed.record, files };
};
const FILES = {
  "saves/auto-1.zip": "save",
  "mods/x_1.0.0.zip": "mod",
  "mods/clusterio_0.1.0.zip": "ours",
  "server-banlist.json": "[]",
};

test("only what is held and at rest is carried: saves, mods but our own, lists of players (MV1)", async () => {
  const home = await sourceWith({ ...FILES, "saves/.hidden": "x", "saves/set-aside/a.zip": "x", "console.log": "x" });
  const { files } = (await home.ask({ op: "files" })) as { files: { area: string; path: string }[] };
  expect(files.map(({ area, path }) => `${area}/${path}`)).toEqual([
    "saves/auto-1.zip",
    "mods/x_1.0.0.zip",
    "lists/server-banlist.json",
  ]);
  home.state.phase = "stopping";
  await expect(home.ask({ op: "files" })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/not at rest/),
  });
  home.state.phase = "stopped";
  await home.ask({ op: "release" });
  await expect(home.ask({ op: "open", area: "saves", path: "auto-1.zip" })).rejects.toMatchObject({ code: "refused" });
  for (const path of ["../instance.json", "instance.json", "server.json"])
    await expect(
      home.ask({ op: "begin", area: "lists", path, bytes: 1, sha256: sumOf(bytesOf("x")) }),
    ).rejects.toBeTruthy();
});

test("nothing counts at the target before all of it is there, and then it counts by one rename (MV2); times move with the clocks (MV4)", async () => {
  const home = await sourceWith(FILES);
  const attic = slave("attic", 60_000);
  const partly = await carry(home, attic, { leaveOut: "x_1.0.0.zip" });
  await expect(attic.ask(partly)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/mods\/x_1.0.0.zip has not come whole/),
  });
  expect(await attic.ask({ op: "about" })).toMatchObject({ here: "arriving" });
  expect(await attic.moving.arrival(north, 9)).toBeUndefined();
  await writeFile(join(attic.dir, "arriving/north/saves/left-over.zip"), "of an earlier attempt");

  const sealed = await carry(home, attic);
  expect(await attic.ask(sealed)).toMatchObject({ here: "sealed", arrived: { from: "home", ran: true } });
  // An older word of the leader than the folder's own does not count.
  await expect(attic.moving.arrival(north, 6)).rejects.toMatchObject({ code: "refused" });
  const record = await attic.moving.arrival(north, 9);
  expect(record).toMatchObject({
    desired: "stopped",
    lineage: { startedAt: 65_000, periods: [{ from: 65_000, to: 69_000 }] },
  });
  expect(record?.moving).toBeUndefined();
  expect((await readdir(attic.paths.saves)).sort()).toEqual(["auto-1.zip"]);
  expect(Math.floor((await stat(join(attic.paths.saves, "auto-1.zip"))).mtimeMs)).toBe(68_000);
  expect(await readFile(join(attic.paths.folder, "server-banlist.json"), "utf8")).toBe("[]");
  expect(decodeRecord(await readFile(attic.paths.record), "x").link.epoch).toBe(7);
});

test("what is sealed is one whole: another file in it unseals it, and another instance's record is refused", async () => {
  const home = await sourceWith(FILES);
  const attic = slave("attic");
  const sealed = await carry(home, attic);
  await attic.ask(sealed);
  await carry(home, attic);
  expect(await attic.ask({ op: "about" })).toMatchObject({ here: "sealed" });
  await attic.ask({ op: "begin", area: "saves", path: "new.zip", bytes: 3, sha256: sumOf(bytesOf("new")) });
  expect(await attic.ask({ op: "about" })).toMatchObject({ here: "arriving" });
  const south = new TextDecoder().decode(
    encodeRecord(newRecord(instanceId("south"), { name: "S", seed: 1, autosaveSeconds: 0 })),
  );
  await expect(attic.ask({ ...sealed, record: south })).rejects.toMatchObject({ code: "bad-input" });
  await attic.ask({ op: "discard" });
  expect(await attic.ask({ op: "about" })).toMatchObject({ here: "nothing" });
});

test("the source lets go only when the leader says so, and keeps its folder for two weeks (MV3)", async () => {
  const home = await sourceWith(FILES);
  await expect(home.ask({ op: "depart" })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/its folder stays/),
  });
  home.state.anothers = true;
  await expect(home.ask({ op: "release" })).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/belongs to another/),
  });
  const { kept } = (await home.ask({ op: "depart" })) as { kept: string };
  expect(await readdir(join(kept, "saves"))).toEqual(["auto-1.zip"]);
  expect(await home.ask({ op: "depart" })).toEqual({ departed: false });
  const seconds = home.clock.now() / 1_000;
  await utimes(kept, seconds, seconds);
  home.clock.advance(DEPARTED_MS_MAX - 1_000);
  await home.moving.clean();
  expect(await readdir(join(kept, "saves"))).toEqual(["auto-1.zip"]);
  home.clock.advance(2_000);
  await home.moving.clean();
  await expect(readdir(kept)).rejects.toMatchObject({ code: "ENOENT" });
});

test("an old folder at the target gives way only when the leader says that it is another's", async () => {
  const attic = slave("attic");
  attic.state.record = newRecord(north, { name: "North", seed: 1, autosaveSeconds: 0 });
  await mkdir(attic.paths.saves, { recursive: true });
  await writeFile(join(attic.paths.saves, "old.zip"), "old");
  const begin = { op: "begin", area: "saves", path: "a.zip", bytes: 3, sha256: sumOf(bytesOf("new")) };
  await expect(attic.ask(begin)).rejects.toMatchObject({
    code: "refused",
    message: expect.stringMatching(/its folder stays/),
  });
  attic.state.anothers = true;
  expect(await attic.ask(begin)).toEqual({ offset: 0, done: false });
  const [kept] = await readdir(join(attic.dir, "moved-away"));
  expect(await readdir(join(attic.dir, "moved-away", kept!, "saves"))).toEqual(["old.zip"]);
});

const offered = (area: string, path: string, text: string) => {
  const bytes = bytesOf(text);
  return { area, path, bytes: bytes.length, sha256: sumOf(bytes) };
};
/** One file, from its first word to its last. */
const bring = async ({ ask }: ReturnType<typeof slave>, area: string, path: string, text: string) => {
  const file = offered(area, path, text);
  await ask({ op: "begin", ...file });
  await ask({ op: "put", sha256: file.sha256, offset: 0 }, bytesOf(text));
  return ask({ op: "finish", ...file });
};
const refused = (message: RegExp) => ({ code: "refused", message: expect.stringMatching(message) });

test("only lists of players are lists, whatever somebody calls so", async () => {
  const attic = slave("attic");
  for (const path of ["../instance.json", "instance.json", "server.json", "server-banlist.json.bak"])
    await expect(attic.ask({ op: "begin", ...offered("lists", path, "x") })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(/is no list of players/),
    });
  for (const path of ["../x.zip", "/etc/x.zip", "a/../../x.zip"])
    await expect(attic.ask({ op: "begin", ...offered("saves", path, "x") })).rejects.toMatchObject({
      code: "bad-input",
    });
});

test("a file that was written anew while it was read is another one, however long it is", async () => {
  const home = await sourceWith(FILES);
  const at = { area: "saves", path: "auto-1.zip" };
  const open = { op: "open", ...at };
  const first = (await home.ask(open)) as { bytes: number; writtenAt: number; sha256: string };
  const read = { op: "read", ...at, offset: 0, length: 10, bytes: first.bytes, writtenAt: first.writtenAt };
  await writeFile(join(home.paths.saves, "auto-1.zip"), "SAVE");
  await utimes(join(home.paths.saves, "auto-1.zip"), 9, 9);
  await expect(home.ask(read)).rejects.toMatchObject(refused(/written anew while it was read/));
  const second = (await home.ask(open)) as typeof first;
  expect(second).toMatchObject({ bytes: first.bytes, writtenAt: 9_000 });
  expect(second.sha256).toBe(sumOf(bytesOf("SAVE")));
});

test("a file of the right length and other bytes has not come; one that has come is not asked for again", async () => {
  const attic = slave("attic");
  expect(await bring(attic, "saves", "a.zip", "save")).toEqual({ offset: 4, done: true });
  // The answer was lost: the same words find it done.
  expect(await attic.ask({ op: "finish", ...offered("saves", "a.zip", "save") })).toEqual({ offset: 4, done: true });
  expect(await attic.ask({ op: "begin", ...offered("saves", "a.zip", "save") })).toEqual({ offset: 4, done: true });
  expect(await attic.ask({ op: "begin", ...offered("saves", "a.zip", "evil") })).toEqual({ offset: 0, done: false });
});

test("what runs at the target is in nobody's way to be moved there", async () => {
  const attic = slave("attic");
  attic.state.record = newRecord(north, { name: "North", seed: 1, autosaveSeconds: 0 });
  attic.state.anothers = true;
  attic.state.phase = "running";
  await expect(attic.ask({ op: "begin", ...offered("saves", "a.zip", "save") })).rejects.toMatchObject(
    refused(/north is running on attic already/),
  );
});

test("what arrives is stopped, whatever the source wanted of it, and takes no notes along that are too many (MV1)", async () => {
  const home = await sourceWith(FILES);
  home.state.record = { ...home.state.record!, desired: "running" };
  const notes = JSON.stringify({ v: 1, notes: { "auto-1.zip": { writtenAt: 8_000, world: "north.1", tick: 3 } } });
  await writeFile(join(home.paths.folder, "save-notes.json"), notes);
  expect(await home.ask({ op: "files" })).toMatchObject({ notes });
  await writeFile(join(home.paths.folder, "save-notes.json"), notes.padEnd(300_001));
  expect(await home.ask({ op: "files" })).not.toHaveProperty("notes");
  const attic = slave("attic", 60_000);
  const sealed = await carry(home, attic);
  await attic.ask({ ...sealed, notes });
  // What is in the place of its folder is no folder of an instance: it is kept all the same.
  await mkdir(attic.paths.saves, { recursive: true });
  await writeFile(join(attic.paths.saves, "old.zip"), "old");
  expect(await attic.moving.arrival(north, 9)).toMatchObject({ desired: "stopped" });
  const [kept] = await readdir(join(attic.dir, "moved-away"));
  expect(await readdir(join(attic.dir, "moved-away", kept!, "saves"))).toEqual(["old.zip"]);
  // MV4
  expect(JSON.parse(await readFile(join(attic.paths.folder, "save-notes.json"), "utf8"))).toMatchObject({
    notes: { "auto-1.zip": { writtenAt: 68_000 } },
  });
});

test("more files than one move takes are told before the first is carried", async () => {
  const home = await sourceWith(FILES);
  home.vault.files = async () =>
    Array.from({ length: MOVED_FILES_MAX + 1 }, (_, n) => ({ path: `s${n}.zip`, bytes: 1, writtenAt: 1 }));
  await expect(home.ask({ op: "files" })).rejects.toMatchObject(refused(/\d+ files of saves and mods, \d+ go along/));
});

test("a release of what is not held changes nothing, whoever it belongs to", async () => {
  const home = await sourceWith(FILES);
  await home.ask({ op: "release" });
  home.state.anothers = true;
  expect(await home.ask({ op: "release" })).toMatchObject({ here: "here" });
});

test("what was set aside is kept from when it was set aside, not from when it was written; what came and stayed goes by age", async () => {
  const home = await sourceWith(FILES);
  home.state.anothers = true;
  await utimes(home.paths.folder, 1, 1);
  const { kept } = (await home.ask({ op: "depart" })) as { kept: string };
  await home.moving.clean();
  expect(await readdir(join(kept, "saves"))).toEqual(["auto-1.zip"]);
  const attic = slave("attic");
  await bring(attic, "saves", "a.zip", "save");
  await utimes(join(attic.dir, "arriving/north"), 1, 1);
  attic.clock.advance(DEPARTED_MS_MAX);
  await attic.moving.clean();
  expect(await attic.ask({ op: "about" })).toMatchObject({ here: "nothing" });
});

test("steps of one move are taken one after the other, and one that fails holds nobody up", async () => {
  const attic = slave("attic");
  await bring(attic, "saves", "a.zip", "save");
  let remove = () => {};
  attic.vault.remove = async (path) => {
    await new Promise<void>((resolve) => {
      remove = resolve;
    });
    return realVault.remove(path);
  };
  const discarded = attic.ask({ op: "discard" });
  const begun = attic.ask({ op: "begin", ...offered("saves", "a.zip", "save") });
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  remove();
  await discarded;
  expect(await begun).toEqual({ offset: 0, done: false });
  await expect(attic.ask({ op: "settled" })).rejects.toMatchObject(refused(/is not on attic/));
  expect(await attic.ask({ op: "begin", ...offered("saves", "a.zip", "save") })).toMatchObject({ done: false });
});

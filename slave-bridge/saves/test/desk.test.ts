import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { realGameFiles } from "#bridge/game/adapters/game-files";
import { realVault } from "#bridge/game/adapters/vault";
import type { Game } from "#bridge/game/port";
import { pathsOf } from "#bridge/instance/folder";
import { type InstanceRecord, newRecord } from "#bridge/instance/record";
import type { BridgeContext } from "#bridge/ports";
import { type Keeper, SaveDesk } from "#bridge/saves/desk";
import { PART_MS_MAX } from "#bridge/saves/incoming";
import { noteFor, notesAfterSave, SaveNotes, statedAfter } from "#bridge/saves/notes";
import { nodeDisk } from "#core/adapters/node-disk";
import { refused, unavailable } from "#core/errors";
import { saveRead, saveWrite } from "#core/events/saves";
import { instanceId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";

const north = instanceId("north");
const PLATE = "item:iron-plate";
const INIT = (major: number, minor: number) => Uint8Array.from([major, 0, minor, 0, 9, 0, 0, 0]);
const script = (world: string) =>
  new TextEncoder().encode(`"9:clusterio{;39;"5:world"${world.length}:${world}"8:instance`);
const saveOf = (world: string, { minor = 1, filler = 5_000 } = {}) =>
  zipSync(
    {
      "x/level-init.dat": INIT(2, minor),
      "x/level.dat0": new Uint8Array(filler).map((_, at) => at * 31),
      "x/script.dat": script(world),
    },
    { level: 0 },
  );
const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-desk-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const scene = ({ free = 1e12, saveBytesMax = 1e9 } = {}) => {
  const clock = new ManualClock();
  const paths = pathsOf(join(dir, "north"));
  const commands: string[] = [];
  const vault = {
    ...realVault,
    full: false,
    freeBytes: async () => free,
    // Half of a piece gets through, as it does on a real disk.
    write: async (path: string, offset: number, bytes: Uint8Array) => {
      if (!vault.full) return realVault.write(path, offset, bytes);
      await realVault.write(path, offset, bytes.subarray(0, bytes.length >> 1));
      await realVault.write(path, offset, new Uint8Array());
      throw unavailable("the disk is full");
    },
  };
  const state: { phase: string; record: InstanceRecord; attached: Keeper["attached"] } = {
    phase: "stopped",
    attached: undefined,
    record: newRecord(north, { name: "North", seed: 5, autosaveSeconds: 0 }),
  };
  const keeper: Keeper = {
    instance: north,
    paths,
    get record() {
      return state.record;
    },
    get phase() {
      return state.phase as Keeper["phase"];
    },
    get attached() {
      return state.attached;
    },
    saveElsewhere: async (name) => {
      commands.push(`elsewhere ${name}`);
      return `${name}.zip`;
    },
    notes: new SaveNotes(nodeDisk, paths.folder, () => realVault.files(paths.saves)),
    command: async (text) => {
      commands.push(text);
      await put(`${text.split(" ")[1]}.zip`, saveOf("north.1"));
      return "";
    },
    whileStopped: async (_what, work) => {
      if (state.phase !== "stopped") throw refused(`north is ${state.phase}: stop it first`);
      return work();
    },
  };
  const context = {
    settings: { saveBytesMax, install: { name: "the game", line: "2.1", version: "2.1.9" } },
    ports: { clock, disk: nodeDisk, vault, game: realGameFiles as Game },
  } as unknown as BridgeContext;
  const desk = new SaveDesk(context, keeper);
  const put = async (name: string, bytes: Uint8Array, writtenAt = 1_000_000) => {
    await mkdir(paths.saves, { recursive: true });
    await writeFile(join(paths.saves, name), bytes);
    await utimes(join(paths.saves, name), writtenAt / 1_000, writtenAt / 1_000);
  };
  const write = async (ask: object, body?: Uint8Array) => (await desk.write(saveWrite.parse(ask), body)).ok;
  const read = async (ask: object) => desk.read(saveRead.parse(ask));
  const upload = async (
    name: string,
    bytes: Uint8Array,
    { sha256 = sumOf(bytes), replace = false, piece = 2_000 } = {},
  ) => {
    const file = { path: name, bytes: bytes.length, sha256, replace };
    let { offset } = (await write({ op: "begin", ...file })) as { offset: number };
    for (; offset < bytes.length; offset += piece)
      await write({ op: "put", sha256, offset }, bytes.subarray(offset, offset + piece));
    return write({ op: "finish", ...file });
  };
  const names = async () => (await readdir(paths.saves).catch(() => [])).sort();
  const clean = () => desk.clean();
  return { vault, clock, desk, keeper, state, paths, commands, put, write, read, upload, names, clean, context };
};
const failure = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

describe("a save comes in pieces", () => {
  test("it has its name when all of it is there and was read through, and not before (TR2, SV2)", async () => {
    const { write, upload, names, paths } = scene();
    const bytes = saveOf("south.2");
    const file = { path: "mine", bytes: bytes.length, sha256: sumOf(bytes) };
    expect(await write({ op: "begin", ...file })).toEqual({ offset: 0, done: false });
    await write({ op: "put", sha256: file.sha256, offset: 0 }, bytes.subarray(0, 3_000));
    await expect(write({ op: "finish", ...file })).rejects.toMatchObject(failure("refused", /only 3000 of \d+ bytes/));
    expect(await names()).toEqual([]);
    // Whoever comes next with the same bytes goes on (all that is known is on the disk).
    const next = scene();
    expect(await next.write({ op: "begin", ...file })).toEqual({ offset: 3_000, done: false });
    expect(await next.upload("mine", bytes)).toEqual({
      file: "mine.zip",
      bytes: bytes.length,
      version: "2.1.9",
      hint: "south.2",
    });
    expect(await readFile(join(paths.saves, "mine.zip"))).toEqual(Buffer.from(bytes));
    await expect(upload("mine", bytes)).rejects.toMatchObject(failure("refused", /already/));
    expect(await upload("mine", saveOf("south.3"), { replace: true })).toMatchObject({ hint: "south.3" });
    expect(await names()).toEqual(["mine.zip"]);
  });

  test("a piece that came twice or out of turn changes nothing (TR1)", async () => {
    const { write, upload } = scene();
    const bytes = saveOf("north.1");
    const sha256 = sumOf(bytes);
    await write({ op: "begin", path: "a", bytes: bytes.length, sha256 });
    await write({ op: "put", sha256, offset: 0 }, bytes.subarray(0, 1_000));
    for (const offset of [0, 500, 2_000])
      await expect(write({ op: "put", sha256, offset }, bytes.subarray(0, 1_000))).rejects.toMatchObject(
        failure("refused", /1000 bytes are here/),
      );
    await expect(write({ op: "put", sha256, offset: 1_000 })).rejects.toMatchObject(
      failure("bad-input", /a piece has/),
    );
    expect(await upload("a", bytes)).toMatchObject({ file: "a.zip" });
  });

  test("other bytes than were promised are thrown away, and a later attempt begins anew (TR2)", async () => {
    const { upload, names, write } = scene();
    const bytes = saveOf("north.1");
    const promised = sumOf(saveOf("north.2"));
    await expect(upload("a", bytes, { sha256: promised })).rejects.toMatchObject(failure("refused", /another sum/));
    expect(await names()).toEqual([]);
    expect(await write({ op: "begin", path: "a", bytes: bytes.length, sha256: promised })).toMatchObject({ offset: 0 });
  });

  test("what is no save is thrown away: corrupt, zip-slip, another zip", async () => {
    const { upload, names, paths } = scene();
    const slip = zipSync({ "x/level-init.dat": INIT(2, 1), "x/level.dat0": INIT(2, 1), "../evil": INIT(2, 1) });
    const broken = Uint8Array.from(saveOf("north.1"));
    broken[3_000]! ^= 1;
    for (const [bytes, why] of [
      [slip, /outside of its folder/],
      [broken, /damaged/],
      [zipSync({ a: INIT(2, 1) }), /one folder/],
    ] as const)
      await expect(upload("a", bytes)).rejects.toMatchObject(failure("refused", why));
    expect(await names()).toEqual([]);
    expect((await readdir(join(paths.folder, "incoming"))).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("above the limit, or without room, nothing is begun (TR4)", async () => {
    const bytes = saveOf("north.1");
    await expect(scene({ saveBytesMax: 100 }).upload("a", bytes)).rejects.toMatchObject(
      failure("refused", /more than this bridge takes/),
    );
    await expect(scene({ free: 1_000 }).upload("a", bytes)).rejects.toMatchObject(
      failure("unavailable", /no room: \d+ bytes are needed/),
    );
  });

  test("a disk that is full says so, and what was there before stays whole", async () => {
    await expect(realVault.write("/dev/full", 0, new Uint8Array(10))).rejects.toMatchObject(
      failure("unavailable", /full/),
    );
    const { write, paths, upload, vault } = scene();
    const bytes = saveOf("north.1");
    const file = { path: "a", bytes: bytes.length, sha256: sumOf(bytes) };
    await write({ op: "begin", ...file });
    await write({ op: "put", sha256: file.sha256, offset: 0 }, bytes.subarray(0, 1_000));
    vault.full = true;
    const next = { op: "put", sha256: file.sha256, offset: 1_000 };
    await expect(write(next, bytes.subarray(1_000, 2_000))).rejects.toMatchObject(failure("unavailable", /is full/));
    vault.full = false;
    expect((await stat(join(paths.folder, "incoming", `${file.sha256}.part`))).size).toBe(1_000);
    expect(await upload("a", bytes)).toMatchObject({ file: "a.zip" });
  });

  test("what nobody goes on with is removed after a day (TR3)", async () => {
    const { desk, clock, write, paths } = scene();
    const bytes = saveOf("north.1");
    const sha256 = sumOf(bytes);
    await write({ op: "begin", path: "a", bytes: bytes.length, sha256 });
    await write({ op: "put", sha256, offset: 0 }, bytes.subarray(0, 1_000));
    const part = join(paths.folder, "incoming", `${sha256}.part`);
    const seconds = clock.now() / 1_000;
    await utimes(part, seconds, seconds);
    clock.advance(PART_MS_MAX - 1_000);
    await desk.clean();
    expect((await stat(part)).size).toBe(1_000);
    clock.advance(2_000);
    await desk.clean();
    await expect(stat(part)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a save of a newer game is taken, told, and not restored", async () => {
    const { upload, write, read } = scene();
    expect(await upload("new", saveOf("north.1", { minor: 2 }))).toMatchObject({
      version: "2.2.9",
      warning: expect.stringContaining("will not load it"),
    });
    expect((await read({ op: "describe", path: "new" })).ok).toMatchObject({
      warning: expect.stringContaining("2.2.9"),
    });
    await expect(write({ op: "restore", path: "new" })).rejects.toMatchObject(failure("refused", /will not load it/));
  });
});

describe("a save is fetched", () => {
  test("piece by piece, and not when it was written anew meanwhile", async () => {
    const { put, read } = scene();
    const bytes = saveOf("north.1");
    await put("auto-1.zip", bytes);
    const open = (await read({ op: "open", path: "auto-1" })).ok as { bytes: number; writtenAt: number };
    expect(open).toEqual({ file: "auto-1.zip", bytes: bytes.length, writtenAt: 1_000_000, sha256: sumOf(bytes) });
    const ask = {
      op: "read",
      path: "auto-1",
      offset: 1_000,
      length: 500,
      bytes: open.bytes,
      writtenAt: open.writtenAt,
    };
    expect(Buffer.from((await read(ask)).body!)).toEqual(Buffer.from(bytes.subarray(1_000, 1_500)));
    await put("auto-1.zip", saveOf("north.1", { filler: 6_000 }), 2_000_000);
    await expect(read(ask)).rejects.toMatchObject(failure("refused", /written anew/));
    expect((await read({ op: "open", path: "auto-1" })).ok).toMatchObject({ writtenAt: 2_000_000 });
    await expect(read({ op: "open", path: "nothing" })).rejects.toMatchObject(
      failure("bad-input", /no save "nothing"; there are auto-1/),
    );
    await expect(read({ op: "open", path: "../instance.json" })).rejects.toMatchObject(
      failure("bad-input", /not the name/),
    );
  });
});

describe("what is done with saves changes no world by itself (SV1)", () => {
  const begun = (record: Keeper["record"]) => ({
    ...record,
    lineage: {
      ...record.lineage,
      world: "north.1" as Keeper["record"]["lineage"]["world"],
      original: "made.zip",
      periods: [
        { world: "north.1" as const, from: 0, to: 5_000_000 },
      ] as unknown as Keeper["record"]["lineage"]["periods"],
    },
  });

  test("the save of the next start is deleted or renamed by force alone; copies and others freely (SV3)", async () => {
    const { put, write, state, names, read } = scene();
    state.record = begun(state.record);
    await put("auto-1.zip", saveOf("north.1"), 1_000_000);
    await put("auto-2.zip", saveOf("north.1"), 2_000_000);
    expect(await write({ op: "copy", from: "auto-2", to: "monday" })).toMatchObject({ file: "monday.zip" });
    const list = (await read({ op: "list" })).ok as { saves: object[] };
    expect(list.saves).toEqual([
      expect.objectContaining({ file: "auto-2.zip", next: true, opens: true }),
      expect.objectContaining({ file: "monday.zip", writtenAt: 2_000_000 }),
      expect.objectContaining({ file: "auto-1.zip" }),
    ]);
    for (const ask of [
      { op: "delete", path: "auto-2" },
      { op: "rename", from: "auto-2", to: "x" },
    ])
      await expect(write(ask)).rejects.toMatchObject(failure("refused", /goes on from auto-2.zip .* --force/));
    expect(await write({ op: "delete", path: "auto-1" })).toMatchObject({ file: "auto-1.zip" });
    expect(await write({ op: "rename", from: "auto-2", to: "x", force: true })).toMatchObject({ file: "x.zip" });
    expect(await names()).toEqual(["monday.zip", "x.zip"]);
    for (const to of ["next", "auto-1", "_autosave1", "a/b", "", "x".repeat(300)])
      await expect(write({ op: "copy", from: "x", to })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("restore puts a copy where the next start looks, only while nothing runs", async () => {
    const { put, write, state, names } = scene();
    await put("monday.zip", saveOf("north.1"));
    state.phase = "running";
    await expect(write({ op: "restore", path: "monday" })).rejects.toMatchObject(failure("refused", /stop it first/));
    state.phase = "stopped";
    expect(await write({ op: "restore", path: "monday" })).toMatchObject({ file: "monday.zip", version: "2.1.9" });
    expect(await names()).toEqual(["monday.zip", "next.zip"]);
  });

  test("a running game is asked to save under that name", async () => {
    const { write, state, commands, put } = scene();
    state.phase = "running";
    expect(await write({ op: "create", name: "before" })).toMatchObject({ file: "before.zip", made: "save" });
    expect(commands).toEqual(["/server-save before"]);
    await put("world-a.zip", saveOf("north.1"));
    await expect(write({ op: "delete", path: "world-a", force: true })).rejects.toMatchObject(
      failure("refused", /running on/),
    );
    await expect(write({ op: "create", name: "x", map: { seed: 1 } })).rejects.toMatchObject(
      failure("refused", /its map is what it is/),
    );
  });

  test("a save that this bridge saw being written says what a rewind takes back; another world's, a fork", async () => {
    const { put, read, state, keeper } = scene();
    state.record = begun(state.record);
    const fact = (type: "world-synced" | "world-reported", tick: number, exported: number, received: number) =>
      ({
        type,
        data: { world: "north.1", tick, exported: { [PLATE]: exported }, received: { [PLATE]: received } },
      }) as never;
    keeper.notes.heard(fact("world-synced", 100, 10, 3));
    await put("auto-1.zip", saveOf("north.1"), 1_000_000);
    await keeper.notes.saved();
    keeper.notes.heard(fact("world-reported", 700, 25, 4));
    expect((await read({ op: "describe", path: "auto-1" })).ok).toMatchObject({
      ...{ kind: "rewind", world: "north.1", tick: 100, ticksBack: 600 },
      ...{ takenBack: { [PLATE]: 15 }, comesAgain: { [PLATE]: 1 } },
    });
    for (const [world, kind] of [
      ["south.4", "adoption"],
      ["north.2", "earlier-world"],
      ["", "unknown"],
    ] as const) {
      await put(`${kind}.zip`, saveOf(world), 3_000_000);
      expect((await read({ op: "describe", path: kind })).ok).toMatchObject({ kind, world, current: "north.1" });
    }
  });
});

describe("saves of a server that the bridge does not run", () => {
  const server = { host: "10.0.0.7", port: 27_015, passwordFile: "p" };

  test("out of sight, one is ordered and nothing else is done; the refusal says how it comes into sight", async () => {
    const { state, write, read, upload, commands } = scene();
    state.attached = server;
    state.phase = "running";
    const advice = /name its write-data folder with clusterio instance config set north attach\.writeData=north/;
    await expect(read({ op: "list" })).rejects.toMatchObject(failure("refused", advice));
    await expect(upload("mine", saveOf("north.1"))).rejects.toMatchObject(failure("refused", advice));
    await expect(write({ op: "create", name: "now" })).rejects.toMatchObject(failure("refused", /say --replace/));
    expect(await write({ op: "create", name: "now", replace: true })).toMatchObject({
      file: "now.zip",
      elsewhere: true,
    });
    expect(commands).toEqual(["elsewhere now"]);
    state.phase = "backing-off";
    await expect(write({ op: "create", name: "now", replace: true })).rejects.toMatchObject(
      failure("unavailable", /does not answer/),
    );
  });

  test("in sight, they come and go as an instance's own; the newest goes only by force, none is restored", async () => {
    const { state, write, read, upload, names, put, commands } = scene();
    state.attached = { ...server, writeData: "north" };
    state.phase = "running";
    await put("old.zip", saveOf("north.1"), 1_000_000);
    await put("_autosave1.zip", saveOf("north.1"), 2_000_000);
    const listed = (await read({ op: "list" })).ok as { saves: { file: string; next?: true }[]; state: string };
    expect(listed).toMatchObject({ state: "running", saves: [{ file: "_autosave1.zip" }, { file: "old.zip" }] });
    expect(listed.saves.some(({ next }) => next)).toBe(false);
    await expect(write({ op: "delete", path: "_autosave1" })).rejects.toMatchObject(
      failure("refused", /the newest save/),
    );
    await write({ op: "delete", path: "old" });
    await expect(write({ op: "restore", path: "_autosave1" })).rejects.toMatchObject(
      failure("refused", /have whoever runs it start it with that one/),
    );
    expect(await upload("mine", saveOf("north.2"))).toMatchObject({ file: "mine.zip" });
    expect(await write({ op: "create", name: "now" })).toMatchObject({ file: "now.zip", made: "save" });
    expect(commands).toEqual(["/server-save now"]);
    expect(await names()).toEqual(["_autosave1.zip", "mine.zip", "now.zip"]);
  });

  test("what the system refuses in somebody else's folder is told, and is no bug", async () => {
    const { state, read, vault, clean } = scene();
    state.attached = { ...server, writeData: "north" };
    vault.files = async () => {
      throw Object.assign(new Error("EACCES: permission denied, scandir '/x'"), { code: "EACCES" });
    };
    await expect(read({ op: "list" })).rejects.toMatchObject(failure("unavailable", /EACCES/));
    vault.entries = async () => {
      throw Object.assign(new Error("ESTALE: stale file handle"), { code: "ESTALE" });
    };
    await clean();
  });
});

describe("what is looked at is what is there", () => {
  test("a save of the same length and another time is another one: its sum is counted anew, and no piece of it is read", async () => {
    const { put, read } = scene();
    await put("a.zip", saveOf("north.1"), 1_000_000);
    const first = (await read({ op: "open", path: "a" })).ok as { bytes: number; writtenAt: number; sha256: string };
    const ask = { op: "read", path: "a", offset: 0, length: 10 };
    await put("a.zip", saveOf("north.2"), 2_000_000);
    const second = (await read({ op: "open", path: "a" })).ok as typeof first;
    expect(second).toMatchObject({ bytes: first.bytes, sha256: sumOf(saveOf("north.2")) });
    for (const { bytes, writtenAt } of [first, { ...second, bytes: second.bytes + 1 }])
      await expect(read({ ...ask, bytes, writtenAt })).rejects.toMatchObject(failure("refused", /written anew/));
    const { bytes, writtenAt } = second;
    expect((await read({ ...ask, offset: bytes - 4, bytes, writtenAt })).ok).toMatchObject({ bytes: 4 });
  });

  test("what is put to be loaded next and does not open is not called the next save; what is pinned and missing hides none", async () => {
    const { put, read, context } = scene();
    await put("auto-1.zip", saveOf("north.1"));
    await put("next.zip", new Uint8Array(9));
    const { saves } = (await read({ op: "list" })).ok as { saves: { file: string; next?: true }[] };
    expect(saves.filter(({ next }) => next)).toEqual([expect.objectContaining({ file: "auto-1.zip" })]);
    Object.assign(context, { games: { choose: async () => Promise.reject(unavailable("2.0.1 is not here")) } });
    expect((await read({ op: "describe", path: "auto-1" })).ok).toMatchObject({ version: "2.1.9" });
  });

  test("a copy and a rename keep what is known of the original, and a copy needs room", async () => {
    const { put, write, keeper } = scene();
    await put("a.zip", saveOf("north.1"));
    keeper.notes.heard({
      type: "world-synced",
      data: { world: "north.1", tick: 4, exported: {}, received: {} },
    } as never);
    await keeper.notes.saved();
    await write({ op: "copy", from: "a", to: "b" });
    await write({ op: "rename", from: "a", to: "c" });
    expect(await keeper.notes.all()).toMatchObject({ "b.zip": { tick: 4 }, "c.zip": { tick: 4 } });
    const full = scene({ free: 100 });
    await expect(full.write({ op: "copy", from: "b", to: "d" })).rejects.toMatchObject(
      failure("unavailable", /no room for a copy/),
    );
  });

  test("of two changes at once that want one name, the second is refused, and a third is not held up", async () => {
    const { put, write, names } = scene();
    await put("a.zip", saveOf("north.1"));
    await put("b.zip", saveOf("north.2"));
    const both = await Promise.allSettled([
      write({ op: "copy", from: "a", to: "x" }),
      write({ op: "copy", from: "b", to: "x" }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await write({ op: "delete", path: "b" });
    expect(await names()).toEqual(["a.zip", "x.zip"]);
  });

  test("a name that somebody took while the file came is not overwritten", async () => {
    const { put, write } = scene();
    const bytes = saveOf("north.1");
    const file = { path: "a", bytes: bytes.length, sha256: sumOf(bytes) };
    await write({ op: "begin", ...file });
    await write({ op: "put", sha256: file.sha256, offset: 0 }, bytes);
    await put("a.zip", saveOf("north.2"));
    await expect(write({ op: "finish", ...file })).rejects.toMatchObject(failure("refused", /already/));
  });

  test("before its first start no save of an instance is needed; the one that it began from is (SV3)", async () => {
    const { put, write, state, names } = scene();
    for (const name of ["a.zip", "made.zip"]) await put(name, saveOf(""));
    await write({ op: "delete", path: "a" });
    state.record = { ...state.record, lineage: { ...state.record.lineage, original: "made.zip" } };
    await expect(write({ op: "delete", path: "made" })).rejects.toMatchObject(failure("refused", /--force/));
    // What a game runs on is nobody's while it runs, and anybody's when it does not.
    await put("world-a.zip", saveOf(""), 500_000);
    await write({ op: "delete", path: "world-a" });
    expect(await names()).toEqual(["made.zip"]);
  });

  test("what is to be loaded next already is restored by leaving it there", async () => {
    const { put, write, names } = scene();
    await put("next.zip", saveOf("north.1"), 7_000);
    expect(await write({ op: "restore", path: "next" })).toMatchObject({ file: "next.zip" });
    expect(await names()).toEqual(["next.zip"]);
  });

  test("a running game's save is waited for until it is new and whole", async () => {
    const { put, write, state, clock, keeper, vault } = scene();
    state.phase = "running";
    await put("a.zip", saveOf("north.1"), 1_000_000);
    Object.assign(keeper, { command: async () => "" });
    /** Time passes until it is done. */
    const during = async (asked: Promise<unknown>, ms: number) => {
      let done = false;
      const end = asked.finally(() => {
        done = true;
      });
      end.catch(() => {});
      while (!done) {
        clock.advance(ms);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return end;
    };
    const whole = saveOf("north.1", { filler: 9_000 });
    let looks = 0;
    vault.stat = async (path) => {
      looks += path.endsWith("/a.zip") ? 1 : 0;
      if (looks === 4) await put("a.zip", whole.subarray(0, 3_000), 2_000_000);
      if (looks === 7) await put("a.zip", whole, 3_000_000);
      return realVault.stat(path);
    };
    const saved = during(write({ op: "create", name: "a", replace: true, map: {} }), 1);
    expect(await saved).toEqual({ file: "a.zip", bytes: whole.length, made: "save" });
    await expect(during(write({ op: "create", name: "b" }), 1_000)).rejects.toMatchObject(
      failure("unavailable", /has not written b.zip within 110 s/),
    );
  });
});

test("notes follow the files that they are about", () => {
  const stated = statedAfter(
    statedAfter({ world: "", tick: 0, exported: {}, received: {} }, {
      type: "world-synced",
      data: { world: "a.1", tick: 5, exported: { x: 1, y: 2 }, received: {}, part: 1, parts: 2 },
    } as never),
    {
      type: "world-synced",
      data: { world: "a.1", tick: 5, exported: { z: 3 }, received: {}, part: 2, parts: 2 },
    } as never,
  );
  expect(stated.exported).toEqual({ x: 1, y: 2, z: 3 });
  const one = notesAfterSave({}, [{ path: "a.zip", bytes: 1, writtenAt: 10 }], stated);
  expect(noteFor(one, "a.zip", 10)).toMatchObject({ world: "a.1", tick: 5 });
  expect(noteFor(one, "a.zip", 11)).toBeUndefined();
  const two = notesAfterSave(
    one,
    [
      { path: "a.zip", bytes: 1, writtenAt: 10 },
      { path: "b.zip", bytes: 1, writtenAt: 20 },
    ],
    stated,
  );
  expect(Object.keys(two).sort()).toEqual(["a.zip", "b.zip"]);
  expect(notesAfterSave(two, [{ path: "b.zip", bytes: 1, writtenAt: 30 }], stated)).toEqual({
    "b.zip": expect.objectContaining({ writtenAt: 30 }),
  });
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { checkSave } from "#core/adapters/save-check";
import { existingSaveFile, newSaveName, partPath } from "#core/saves/name";
import { gameVersionIn, newerThan, worldHinted, ZIP_LIMITS } from "#core/saves/zip";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-saves-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const INIT = Uint8Array.from([2, 0, 1, 0, 9, 0, 0, 0]);
const SCRIPT = strToU8('{"9:clusterio{;39;"5:world"7:north.1"8:instance"5:north');
const LEVEL = new Uint8Array(100_000).map((_, at) => (at * 7919) % 251);
const save = (more: Record<string, Uint8Array> = {}) => ({
  "north/level-init.dat": INIT,
  "north/level.dat0": LEVEL,
  "north/script.dat": SCRIPT,
  ...more,
});

const check = async (bytes: Uint8Array, limits = ZIP_LIMITS) => {
  const path = join(dir, "a.zip");
  await writeFile(path, bytes);
  return checkSave(path, { shown: "a", limits });
};
const refusal = (what: RegExp) => ({ code: "refused", message: expect.stringMatching(what) });

describe("a save is read through", () => {
  test("what is whole says its game's version and its world, packed or stored", async () => {
    for (const level of [0, 6] as const)
      expect(await check(zipSync(save(), { level }))).toEqual({ version: "2.1.9", world: "north.1" });
    const deep = save({ "north/locale/en/x.cfg": strToU8("x"), "north/": new Uint8Array() });
    expect(await check(zipSync(deep))).toMatchObject({ version: "2.1.9" });
  });

  test("half of one, one with a flipped byte, and what is no zip are refused with the reason", async () => {
    const bytes = zipSync(save());
    await expect(check(bytes.subarray(0, bytes.length >> 1))).rejects.toMatchObject(
      refusal(/^a is not a save .* cut off/),
    );
    for (const [at, level] of [
      [600, 0],
      [700, 6],
    ] as const) {
      const flipped = Uint8Array.from(zipSync(save(), { level }));
      flipped[at]! ^= 0x55;
      await expect(check(flipped)).rejects.toMatchObject(refusal(/"north\/level.dat0" in it is damaged/));
    }
    await expect(check(strToU8("not a zip at all"))).rejects.toMatchObject(refusal(/not a zip/));
    await expect(check(new Uint8Array())).rejects.toMatchObject(refusal(/not a zip/));
    await expect(check(zipSync({}))).rejects.toMatchObject(refusal(/empty zip/));
  });

  test.each(["../evil.sh", "north/../../evil", "/etc/passwd", "C:/x", "north\\..\\x"])(
    "a name that leaves its folder is refused: %s",
    async (name) => {
      await expect(check(zipSync(save({ [name]: SCRIPT })))).rejects.toMatchObject(refusal(/outside of its folder/));
    },
  );

  test("a zip that is no save is refused: no level, several folders, files beside the folder", async () => {
    const { "north/level.dat0": _, ...rest } = save();
    await expect(check(zipSync(rest))).rejects.toMatchObject(refusal(/level.dat is missing/));
    await expect(check(zipSync(save({ "south/x": INIT })))).rejects.toMatchObject(refusal(/one folder/));
    await expect(check(zipSync(save({ "x.txt": INIT })))).rejects.toMatchObject(refusal(/one folder/));
  });

  test("zip bombs are refused before they are unpacked: by ratio, by size, by number, and one that lies about its size", async () => {
    const zeros = new Uint8Array(20 * 1024 * 1024);
    const bomb = zipSync(save({ "north/level.dat1": zeros }));
    await expect(check(bomb)).rejects.toMatchObject(refusal(/times its size: a zip bomb/));
    const small = { ...ZIP_LIMITS, unpackedBytesMax: 50_000 };
    await expect(check(zipSync(save()), small)).rejects.toMatchObject(refusal(/unpacks to \d+ bytes, 50000 at most/));
    await expect(check(zipSync(save()), { ...ZIP_LIMITS, entriesMax: 2 })).rejects.toMatchObject(refusal(/3 files/));
    const liar = Uint8Array.from(zipSync({ ...save(), "north/level.dat1": zeros }));
    const view = new DataView(liar.buffer);
    for (let at = liar.length - 50; at > 0; at--) {
      // In the directory, the size of the large one becomes 1,000.
      if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) === zeros.length)
        view.setUint32(at + 24, 1_000, true);
    }
    await expect(check(liar)).rejects.toMatchObject(refusal(/unpacks to more than its directory says/));
  });

  test("versions are told apart: a newer game's save is newer than the line", () => {
    expect(gameVersionIn(INIT)).toBe("2.1.9");
    expect(gameVersionIn(INIT.subarray(0, 4))).toBeUndefined();
    expect(newerThan("2.1.9", "2.0")).toBe(true);
    expect(newerThan("2.1.9", "2.1")).toBe(false);
    expect(newerThan("2.0.77", "2.1")).toBe(false);
    expect(newerThan("2.1.9", "2.1.8")).toBe(true);
  });

  test("the world is found in text and in the game's own way of writing it", () => {
    expect(worldHinted(new TextDecoder("latin1").decode(SCRIPT))).toBe("north.1");
    expect(worldHinted("\x09clusterio\x02\x05world\x03\x00\x10my-base.12.0a1b2c3d\x08instance")).toBe(
      "my-base.12.0a1b2c3d",
    );
    expect(worldHinted('{"9:clusterio{;39;"5:world"0:"8:instance"0:')).toBeUndefined();
    expect(worldHinted("world north.1")).toBeUndefined();
  });
});

describe("names of saves", () => {
  test.each([
    "",
    ".zip",
    "a/b",
    "..",
    "../x",
    "a.b",
    "_autosave1",
    "_autosave-x",
    "autosave1",
    "next",
    "world-a",
    "auto-3",
  ])("is refused where it is born: %p", (name) => {
    expect(() => newSaveName(name)).toThrow(expect.objectContaining({ code: "bad-input" }));
  });

  test.each(["x".repeat(300), `${"x".repeat(300)}.zip`, "a b", "a\\b", "ä", "-x"])("and so is %p", (name) => {
    expect(() => newSaveName(name)).toThrow(expect.objectContaining({ code: "bad-input" }));
  });

  test("good ones are taken, with or without .zip", () => {
    expect(newSaveName("before_nukes-2.zip")).toBe("before_nukes-2");
    expect(newSaveName("a".repeat(64))).toHaveLength(64);
  });

  test("what is there may have any name of a file, and no other path", () => {
    expect(existingSaveFile("my save (2)")).toBe("my save (2).zip");
    for (const name of ["", "../x", "a/b", ".hidden", "a\0b", "x".repeat(300)])
      expect(() => existingSaveFile(name)).toThrow(expect.objectContaining({ code: "bad-input" }));
    expect(partPath("demo_0.1.0/locale/en/x.cfg")).toBe("demo_0.1.0/locale/en/x.cfg");
    for (const path of ["/x", "a//b", "a/../b", ".x", "a/.git/b", "a\\b", "x/".repeat(20)])
      expect(() => partPath(path)).toThrow(expect.objectContaining({ code: "bad-input" }));
  });
});

import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { factorioIn } from "#core/adapters/factorio-folder";
import { lockFolder } from "#core/adapters/folder-lock";
import { folderError, makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-folder-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("making a folder", () => {
  test("with those above it, for the owner alone, by several at once", async () => {
    const path = join(dir, "a", "b", "c");
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, "d"))]);
    expect((await stat(join(dir, "a"))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).isDirectory()).toBe(true);
    await makeFolder(path);
  });

  test("where none can be made it says so at once: Node's own recursive mkdir never returns", async () => {
    for (const path of ["/proc/foo", "/proc/foo/bar"]) {
      const problem = { code: "unavailable", message: `the folder ${path} cannot be used: /proc takes no folders` };
      await expect(makeFolder(path)).rejects.toMatchObject(problem);
      await expect(nodeDisk.write(join(path, "file"), new Uint8Array())).rejects.toMatchObject(problem);
    }
  }, 5_000);

  test("what is in the way is named", async () => {
    const file = join(dir, "file");
    await writeFile(file, "");
    for (const path of [file, join(file, "below"), join(file, "below", "it")]) {
      await expect(makeFolder(path)).rejects.toThrow(`the folder ${path} cannot be used: ${file} is a file`);
    }
    const denied = Object.assign(new Error("EPERM: operation not permitted, chmod"), { code: "EPERM" });
    expect((await folderError(dir, denied)).message).toBe(`the folder ${dir} cannot be used: ${dir} is not yours`);
  });
});

describe("one owner of a folder", () => {
  const lock = () => lockFolder(join(dir, "lock"), (owner) => `taken by ${owner}`);

  test("a second one is refused, and welcome once the first has let go", async () => {
    const unlock = await lock();
    await expect(lock()).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(String(process.pid)),
    });
    await unlock();
    await (await lock())();
  });

  test("a lock of a process that is gone is taken over, also when its number is used again", async () => {
    await writeFile(join(dir, "lock"), `${process.pid} another:1\n`);
    await (await lock())();
    await writeFile(join(dir, "lock"), "not a lock");
    await (await lock())();
  });

  test("of many at once exactly one gets a stale lock", async () => {
    await writeFile(join(dir, "lock"), "999999 another:1\n");
    const tries = await Promise.allSettled(Array.from({ length: 8 }, lock));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a Factorio folder", () => {
  const install = async (version: string) => {
    await mkdir(join(dir, "bin/x64"), { recursive: true });
    await mkdir(join(dir, "data/base"), { recursive: true });
    await writeFile(join(dir, "bin/x64/factorio"), "#!/bin/sh\n");
    await chmod(join(dir, "bin/x64/factorio"), 0o755);
    await writeFile(join(dir, "data/base/info.json"), JSON.stringify({ name: "base", version }));
  };

  test.each([
    ["2.0.77", "2.0"],
    ["2.1.12", "2.1"],
  ])("%s is of the line %s, so that it gets the mod that was built for it", async (version, line) => {
    await install(version);
    expect(factorioIn(dir)).toMatchObject({ line, readData: join(dir, "data") });
  });

  test("a game that the mod is not built for is refused, and so is a folder without one", async () => {
    expect(() => factorioIn(dir)).toThrow("there is no Factorio that can be run in");
    await install("1.1.110");
    expect(() => factorioIn(dir)).toThrow("this is Factorio 1.1.110: the mod is built for 2.0 and 2.1");
  });
});

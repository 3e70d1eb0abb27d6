import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { realGameFiles } from "#bridge/game/adapters/game-files";
import { packageRoot } from "#core/adapters/package-root";
import { processWithPid } from "#core/adapters/process-id";
import { until } from "#test/kit/until";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-files-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("following a file", () => {
  test("each complete line is handed over once, in order, however it is cut (T1)", async () => {
    const path = join(folder, "console.log");
    const lines: string[] = [];
    const stop = realGameFiles.follow(path, "start", (line) => lines.push(line));
    const euro = Buffer.from("drei €\n");
    const parts = ["one\ntw", "o\r\n", "", euro.subarray(0, 6), euro.subarray(6), "\nno end"];
    for (const part of parts) await appendFile(path, part);
    await until(() => lines.length === 4, { what: "four lines" });
    await appendFile(path, " yet\n");
    await until(() => lines.length === 5, { what: "the fifth line" });
    stop();
    expect(lines).toEqual(["one", "two", "drei €", "", "no end yet"]);
  });

  test("from the end: only what comes; and a file that was started over is read from its beginning (T2)", async () => {
    const path = join(folder, "console.log");
    await writeFile(path, "old\n".repeat(10));
    const lines: string[] = [];
    const stop = realGameFiles.follow(path, "end", (line) => lines.push(line));
    await until(
      async () => {
        await appendFile(path, "new\n");
        return lines.length > 0;
      },
      { what: "a new line" },
    );
    expect(lines[0]).toBe("new");
    await truncate(path, 0);
    await appendFile(path, "again\n");
    await until(() => lines.includes("again"), { what: "a line after the truncation" });
    stop();
    expect(lines).not.toContain("old");
  });

  test("a file that another one took the place of is read to its end, and then that one (T5)", async () => {
    const path = join(folder, "factorio-current.log");
    await writeFile(path, "one\n");
    const lines: string[] = [];
    const stop = realGameFiles.follow(path, "start", (line) => lines.push(line));
    await until(() => lines.length === 1, { what: "the first line" });
    await appendFile(path, "the last one before\n");
    await rename(path, join(folder, "factorio-previous.log"));
    await writeFile(path, "a new run\n");
    await until(() => lines.length === 3, { what: "a line of the new file" });
    await appendFile(path, "goes on\n");
    await until(() => lines.length === 4, { what: "what comes after" });
    stop();
    expect(lines).toEqual(["one", "the last one before", "a new run", "goes on"]);
  });

  test("nothing is handed over after stop, not even within one chunk (T3)", async () => {
    const path = join(folder, "console.log");
    await writeFile(path, "1\n2\n3\n");
    const lines: string[] = [];
    const stop = realGameFiles.follow(path, "start", (line) => {
      lines.push(line);
      if (line === "2") stop();
    });
    await until(() => lines.length === 2, { what: "two lines" });
    await appendFile(path, "4\n");
    expect(lines).toEqual(["1", "2"]);
  });
});

test("a bug in the reader of a line ends the process, and no line is handed over again (T4)", async () => {
  const path = join(folder, "console.log");
  await writeFile(path, "1\n2\n");
  const script = `
    const { followFile } = require(${JSON.stringify(join(packageRoot(), "dist/slave-bridge/game/adapters/follow-file.js"))});
    setTimeout(() => {}, 10_000);
    followFile(${JSON.stringify(path)}, "start", (line) => {
      console.log(line);
      throw new TypeError("a bug");
    });`;
  const { error, out, err } = await new Promise<{ error: unknown; out: string; err: string }>((resolve) =>
    execFile(process.execPath, ["-e", script], (error, out, err) => resolve({ error, out, err })),
  );
  expect(error).toMatchObject({ code: 1 });
  expect([out, err]).toEqual(["1\n", expect.stringContaining("TypeError: a bug")]);
}, 20_000);

describe("saves", () => {
  test("a save that was cut off while being written does not open", async () => {
    const zip = Buffer.from(
      zipSync({ "world/level.dat": new Uint8Array(5_000).fill(7), "world/script.dat": new Uint8Array(9) }),
    );
    const write = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);
    await write("whole.zip", zip);
    for (const keep of [zip.length - 1, zip.length - 23, zip.length - 60, 40, 0])
      await write(`cut-${keep}.zip`, zip.subarray(0, keep));
    const garbled = Buffer.from(zip);
    garbled[zip.length - 22 - 50] = 0;
    garbled.fill(0, zip.readUInt32LE(zip.length - 6), zip.readUInt32LE(zip.length - 6) + 4);
    await write("garbled.zip", garbled);
    // Its directory is there, but the bytes before it are not all.
    await write("shifted.zip", zip.subarray(50));
    await write("text.txt", zip);
    const saves = await realGameFiles.saves(folder);
    expect(saves).toHaveLength(8);
    expect(saves.filter(({ opens }) => opens).map(({ name }) => name)).toEqual(["whole.zip"]);
    expect(saves.every(({ writtenAt }) => Math.abs(writtenAt - Date.now()) < 60_000)).toBe(true);
  });

  test("a folder that is not there has none, one that cannot be read is told", async () => {
    expect(await realGameFiles.saves(join(folder, "none"))).toEqual([]);
    await writeFile(join(folder, "file"), "");
    await expect(realGameFiles.saves(join(folder, "file"))).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("mods", () => {
  test("a folder of mods, and a folder that is one", async () => {
    await mkdir(join(folder, "demo"));
    await writeFile(join(folder, "demo/info.json"), '{"name":"demo-world","version":"0.1.0"}');
    await writeFile(join(folder, "clusterio_0.2.0.zip"), "");
    await writeFile(join(folder, "notes.txt"), "");
    expect(await realGameFiles.mods(folder)).toEqual([
      { name: "clusterio", version: "0.2.0", path: join(folder, "clusterio_0.2.0.zip") },
      { name: "demo-world", version: "0.1.0", path: join(folder, "demo") },
    ]);
    expect(await realGameFiles.mods(join(folder, "demo"))).toEqual([
      { name: "demo-world", version: "0.1.0", path: join(folder, "demo") },
    ]);
  });
});

describe("bounding a log", () => {
  test("a writer that appends goes on at its new end", async () => {
    const path = join(folder, "console.log");
    await writeFile(path, "x".repeat(100));
    await realGameFiles.bound(path, 100);
    expect(await readFile(path, "utf8")).toHaveLength(100);
    await appendFile(path, "y");
    await realGameFiles.bound(path, 100);
    expect(await readFile(path, "utf8")).toBe("");
    expect(await readFile(`${path}.1`, "utf8")).toHaveLength(101);
  });

  test("a file that nobody reads is emptied where it takes up room, also when its writer goes on behind the hole", async () => {
    const path = join(folder, "factorio-current.log");
    const file = await open(path, "w");
    await file.write("x".repeat(200_000));
    await realGameFiles.trim(path, 300_000);
    expect((await stat(path)).size).toBe(200_000);
    await realGameFiles.trim(path, 100_000);
    expect((await stat(path)).size).toBe(0);
    // As the game does, which has it open for writing, not for appending.
    await file.write("y");
    await file.close();
    const { size, blocks } = await stat(path);
    expect(size).toBe(200_001);
    await realGameFiles.trim(path, 100_000);
    expect((await stat(path)).blocks).toBe(blocks);
    await realGameFiles.trim(join(folder, "none"), 1);
  });

  test("the last lines of a text", async () => {
    const path = join(folder, "console.log");
    await writeFile(path, "a\nb\n\nc\r\nd");
    expect(await realGameFiles.lastLines(path, 3)).toEqual(["b", "c", "d"]);
    expect(await realGameFiles.lastLines(join(folder, "none"), 3)).toEqual([]);
  });
});

describe("the lock of a folder", () => {
  test("a live owner is respected, one that is gone is not, and a number that is used again is not the owner", async () => {
    const path = join(folder, "lock");
    const unlock = await realGameFiles.lock(path);
    await expect(realGameFiles.lock(path)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await unlock();
    await writeFile(path, `${process.pid} another:123\n`);
    await (await realGameFiles.lock(path))();
    await writeFile(path, "");
    await (await realGameFiles.lock(path))();
    await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("of many that find a stale lock at once, one takes it over", async () => {
    const path = join(folder, "lock");
    await writeFile(path, "1 never:1\n");
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => realGameFiles.lock(path)));
    expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await readFile(path, "utf8")).toBe(`${process.pid} ${processWithPid(process.pid)?.started}\n`);
    await rename(path, `${path}.moved`);
  });
});

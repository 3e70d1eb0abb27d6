import { constants, copyFile, cp, mkdir, open, readdir, readFile, rm, stat, truncate } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { lockFolder } from "#bridge/game/adapters/folder-lock";
import { followFile } from "#bridge/game/adapters/follow-file";
import { zipOpens } from "#bridge/game/adapters/zip-opens";
import type { GameFiles, ModSource, SaveFile } from "#bridge/game/port";
import { messageOf, unavailable } from "#core/errors";

/** Enough for the last lines of a start that failed. */
const TAIL_BYTES = 32 * 1024;

/** `clusterio_0.1.0.zip` */
const MOD_ZIP = /^(.+)_(\d+\.\d+\.\d+)\.zip$/;

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/** An adapter: the game's own files on a real disk. */
export const realGameFiles: GameFiles = {
  async saves(folder) {
    const names = await readdir(folder).catch((error) => {
      if (isMissing(error)) return [];
      throw unavailable(`cannot read ${folder}: ${messageOf(error)}`, error);
    });
    const zips = names.filter((name) => name.endsWith(".zip") && !name.startsWith("."));
    const saves = await Promise.all(zips.map((name) => saveAt(join(folder, name))));
    return saves.filter((save) => save !== undefined);
  },

  async copy(from, to) {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    if ((await stat(from)).isDirectory()) {
      await rm(to, { recursive: true, force: true });
      return cp(from, to, { recursive: true });
    }
    // Shares blocks where the file system can: a save may have hundreds of MB.
    return copyFile(from, to, constants.COPYFILE_FICLONE);
  },

  remove: (path) => rm(path, { recursive: true, force: true }),

  async mods(folder) {
    const itself = await modInFolder(folder);
    if (itself !== undefined) return [itself];
    const names = await readdir(folder).catch((error) => {
      throw unavailable(`cannot read the mods in ${folder}: ${messageOf(error)}`, error);
    });
    const mods = await Promise.all(names.sort().map((name) => modAt(join(folder, name))));
    return mods.filter((mod) => mod !== undefined);
  },

  async lastLines(path, count) {
    const file = await open(path, "r").catch(() => undefined);
    if (file === undefined) return [];
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      await file.read(buffer, 0, buffer.length, size - buffer.length);
      const lines = buffer.toString("utf8").split(/\r?\n/);
      return lines.filter((line) => line.trim() !== "").slice(-count);
    } finally {
      await file.close();
    }
  },

  async bound(path, bytesMax) {
    const size = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    if (size <= bytesMax) return;
    // The writer has it open for appending, so it goes on at the new end. A line written in between is lost.
    await copyFile(path, `${path}.1`);
    await truncate(path, 0);
  },

  follow: followFile,
  lock: lockFolder,
};

const saveAt = async (path: string): Promise<SaveFile | undefined> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return undefined;
  return { name: basename(path), writtenAt: Math.floor(found.mtimeMs), opens: await zipOpens(path) };
};

const modAt = async (path: string): Promise<ModSource | undefined> => {
  const match = MOD_ZIP.exec(basename(path));
  if (match !== null) return { name: match[1]!, version: match[2]!, path };
  return modInFolder(path);
};

const modInFolder = async (path: string): Promise<ModSource | undefined> => {
  const text = await readFile(join(path, "info.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const info: unknown = JSON.parse(text);
  if (typeof info !== "object" || info === null || !("name" in info) || !("version" in info)) return undefined;
  return { name: String(info.name), version: String(info.version), path };
};

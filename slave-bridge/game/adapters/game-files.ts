import { constants, copyFile, cp, readdir, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { followFile } from "#bridge/game/adapters/follow-file";
import { readModInfo } from "#bridge/game/adapters/mod-info";
import { saveVersion } from "#bridge/game/adapters/save-version";
import { zipOpens } from "#bridge/game/adapters/zip-opens";
import type { GameFiles, ModSource, SaveFile } from "#bridge/game/port";
import { boundFile } from "#core/adapters/bound-file";
import { lockFolder } from "#core/adapters/folder-lock";
import { lastLines } from "#core/adapters/last-lines";
import { makeFolder } from "#core/adapters/make-folder";
import { messageOf, unavailable } from "#core/errors";

/** `clusterio_0.1.0.zip` */
const MOD_ZIP = /^(.+)_(\d+\.\d+\.\d+)\.zip$/;

/** In which `stat` counts. */
const BLOCK_BYTES = 512;

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

  saveVersion,
  modInfo: readModInfo,

  async copy(from, to) {
    await makeFolder(dirname(to));
    if ((await stat(from)).isDirectory()) {
      await rm(to, { recursive: true, force: true });
      return cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
    // Shares blocks where the file system can: a save may have hundreds of MB.
    return copyFile(from, to, constants.COPYFILE_FICLONE);
  },

  async move(from, to) {
    await makeFolder(dirname(to));
    await rename(from, to).catch((error) => {
      if (!isMissing(error)) throw error;
    });
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

  lastLines: (path, count) => lastLines(path, count),

  bound: boundFile,

  async trim(path, bytesMax) {
    // Its writer may go on behind a hole: room counts, not length.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.blocks * BLOCK_BYTES > bytesMax) await truncate(path, 0);
  },

  follow: followFile,
  lock: (path) =>
    lockFolder(path, (owner) => `${path} is held by ${owner}: one bridge per folder, stop that one first`),
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

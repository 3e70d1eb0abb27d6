import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ZipFile } from "#bridge/game/adapters/zip-file";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { infoEntryOf, type ModInfo, modInfo } from "#core/mods/info";
import { contentsProblem, ZIP_LIMITS } from "#core/saves/zip";

const INFO_BYTES_MAX = 256 * 1024;
/** A mod may have a picture for each thing in it. */
const LIMITS = { ...ZIP_LIMITS, entriesMax: 65_535, unpackedBytesMax: 8 * 1024 ** 3 };

/**
 * What a mod says about itself, in a zip or a folder; a zip whose directory is a trap is none. (An adapter: reads the disk.)
 * @throws ClusterioError `bad-input` when it is no mod, `unavailable` when it cannot be read.
 */
export const readModInfo = async (path: string, shown = path): Promise<ModInfo> => {
  const bytes = await infoBytes(path, shown);
  try {
    return decodeJson(modInfo, bytes, `info.json of ${shown}`);
  } catch (error) {
    if (isClusterioError(error)) throw error;
    throw badInput(`info.json of ${shown} cannot be read: ${messageOf(error)}`, error);
  }
};

const infoBytes = async (path: string, shown: string): Promise<Uint8Array> => {
  const found = await stat(path).catch((error: unknown) => {
    throw unavailable(`${shown} cannot be read: ${messageOf(error)}`, error);
  });
  if (found.isDirectory())
    return readFile(join(path, "info.json")).catch((error: unknown) => {
      throw badInput(`${shown} is not a mod: info.json is missing`, error);
    });
  return ZipFile.with(
    path,
    async (zip) => {
      const problem = contentsProblem(zip.entries, LIMITS);
      if (problem !== undefined) throw badInput(`${shown} cannot be used: ${problem}`);
      const entry = infoEntryOf(zip.entries);
      if (typeof entry === "string") throw badInput(`${shown} cannot be used: ${entry}`);
      return zip.read(entry, INFO_BYTES_MAX);
    },
    shown,
  );
};

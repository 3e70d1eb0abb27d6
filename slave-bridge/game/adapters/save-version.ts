import { ZipFile } from "#bridge/game/adapters/zip-file";
import { isClusterioError } from "#core/errors";
import { gameVersionIn } from "#core/saves/zip";

/** `level-init.dat` begins with the version of the game that wrote the save: four little-endian 16-bit numbers. */
const LEVEL_INIT = /(?:^|\/)level-init\.dat$/;
const LEVEL_INIT_BYTES_MAX = 64 * 1024 * 1024;

/** Undefined when it does not tell: the game finds out then. (An adapter: reads the disk.) */
export const saveVersion = async (path: string): Promise<string | undefined> => {
  try {
    return await ZipFile.with(path, async (zip) => {
      const entry = zip.find(LEVEL_INIT);
      if (entry === undefined) return undefined;
      const bytes = await zip.read(entry, LEVEL_INIT_BYTES_MAX);
      return gameVersionIn(bytes);
    });
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return undefined;
  }
};

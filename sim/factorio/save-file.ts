import { strToU8, unzipSync, zipSync } from "fflate";
import { GAME_VERSIONS, type GameLine } from "#sim/factorio/game-version";

/** The two texts of a save: the world, and every mod's storage (which points into the world). */
export interface SaveContent {
  readonly level: Uint8Array;
  readonly script: Uint8Array;
}

/** The file is not a save that this build opens. */
export class SaveError extends Error {
  override readonly name = "SaveError";
}

const versionBytes = (line: GameLine): Uint8Array => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  for (const [i, part] of [...GAME_VERSIONS[line].split("."), "0"].entries()) view.setUint16(i * 2, Number(part), true);
  return bytes;
};

/** One zip with one folder, laid out as the game's: NAME/level.dat0, level-init.dat, script.dat, control.lua. */
export const packSave = (
  { level, script }: SaveContent,
  { name, line }: { name: string; line: GameLine },
): Uint8Array =>
  zipSync(
    {
      [`${name}/level-init.dat`]: versionBytes(line),
      [`${name}/level.dat0`]: level,
      [`${name}/script.dat`]: script,
      [`${name}/control.lua`]: strToU8('require("__base__/script/freeplay/control.lua")\n'),
    },
    { level: 1, mtime: new Date("2000-01-01T00:00:00Z") },
  );

/** A save of an older line is opened, one of a newer line is not. */
export const unpackSave = (bytes: Uint8Array, line: GameLine): SaveContent => {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw new SaveError(`not a zip: ${error instanceof Error ? error.message : error}`);
  }
  const find = (suffix: string): Uint8Array => {
    const found = Object.entries(files).find(([path]) => path.endsWith(`/${suffix}`));
    if (!found) throw new SaveError(`${suffix} is missing in the save`);
    return found[1];
  };
  const made = new DataView(find("level-init.dat").slice().buffer);
  const [major = 0, minor = 0] = line.split(".").map(Number);
  if (made.getUint16(0, true) !== major || made.getUint16(2, true) > minor) {
    throw new SaveError(`the save was made by version ${made.getUint16(0, true)}.${made.getUint16(2, true)}`);
  }
  return { level: find("level.dat0"), script: find("script.dat") };
};

import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { badInput, unavailable } from "#core/errors";
import { lineOfVersion } from "#core/game-version";

export interface FactorioFolder {
  readonly command: string;
  /** The game's `read-data`. */
  readonly readData: string;
  /** "2.0.28" */
  readonly version: string;
  /** "2.0" or "2.1". */
  readonly line: string;
}

/** The game lines that the mod is built for (lua-mod/scripts/games.mjs). */
const LINES = ["2.0", "2.1"];

const versionOf = (info: string): { version: string; line: string } => {
  const version = String((JSON.parse(readFileSync(info, "utf8")) as { version?: unknown }).version);
  const line = lineOfVersion(version);
  if (LINES.includes(line)) return { version, line };
  throw badInput(`this is Factorio ${version}: the mod is built for ${LINES.join(" and ")}`);
};

/** @throws ClusterioError `unavailable` when the folder holds no Factorio that may be executed, `bad-input` when it is too old or too new. */
export const factorioIn = (folder: string): FactorioFolder => {
  const command = join(folder, "bin/x64/factorio");
  const readData = join(folder, "data");
  try {
    accessSync(command, constants.X_OK);
    accessSync(join(readData, "base/info.json"), constants.R_OK);
  } catch (error) {
    const what = "a headless server has bin/x64/factorio and data/base/info.json in it";
    throw unavailable(`there is no Factorio that can be run in ${folder}: ${what}`, error);
  }
  return { command, readData, ...versionOf(join(readData, "base/info.json")) };
};

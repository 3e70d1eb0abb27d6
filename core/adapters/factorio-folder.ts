import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { unavailable } from "#core/errors";

export interface FactorioFolder {
  readonly command: string;
  /** The game's `read-data`. */
  readonly readData: string;
}

/** @throws ClusterioError `unavailable` when the folder holds no Factorio that may be executed. */
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
  return { command, readData };
};

import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#bridge/game/adapters/package-root";
import type { Install } from "#bridge/install";
import { unavailable } from "#core/errors";

/** Finds the game to run (an adapter: looks at the disk). */

/** @throws ClusterioError `unavailable` when the folder holds no Factorio that may be executed. */
export const factorioInstall = (folder: string): Install => {
  const command = join(folder, "bin/x64/factorio");
  const readData = join(folder, "data");
  try {
    accessSync(command, constants.X_OK);
    accessSync(join(readData, "base/info.json"), constants.R_OK);
  } catch (error) {
    const what = "a headless server has bin/x64/factorio and data/base/info.json in it";
    throw unavailable(`there is no Factorio that can be run in ${folder}: ${what}`, error);
  }
  return { name: `Factorio in ${folder}`, command, args: [], readData };
};

/** @throws ClusterioError `unavailable` when it is not built. */
export const standInInstall = (speed: number): Install => {
  const root = packageRoot();
  const main = join(root, "dist/sim/factorio/main.js");
  if (!existsSync(main)) throw unavailable(`${main} is not there: run "npm run build" first`);
  return {
    name: "the stand-in (no real Factorio: give --factorio DIR for that)",
    command: process.execPath,
    args: [main, ...(speed === 1 ? [] : ["--speed", String(speed)])],
    readData: join(root, "sim/factorio/lua"),
  };
};

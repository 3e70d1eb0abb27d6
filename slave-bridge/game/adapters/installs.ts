import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Install } from "#bridge/install";
import { factorioIn } from "#core/adapters/factorio-folder";
import { packageRoot } from "#core/adapters/package-root";
import { unavailable } from "#core/errors";

/** Finds the game to run (an adapter: looks at the disk). */

/** @throws ClusterioError `unavailable` when the folder holds no Factorio that may be executed. */
export const factorioInstall = (folder: string): Install => ({
  name: `Factorio in ${folder}`,
  ...factorioIn(folder),
  args: [],
});

/** @throws ClusterioError `unavailable` when it is not built. */
export const standInInstall = (speed: number, line = "2.1"): Install => {
  const root = packageRoot();
  const main = join(root, "dist/sim/factorio/main.js");
  if (!existsSync(main)) throw unavailable(`${main} is not there: run "npm run build" first`);
  return {
    name: "the stand-in (no real Factorio: give --factorio DIR for that)",
    command: process.execPath,
    args: [main, "--game-line", line, ...(speed === 1 ? [] : ["--speed", String(speed)])],
    readData: join(root, "sim/factorio/lua"),
    version: STAND_IN_VERSIONS[line] ?? `${line}.0`,
    line,
  };
};

/** As sim/factorio says them: which version each of its lines is taken from. */
const STAND_IN_VERSIONS: Readonly<Record<string, string>> = { "2.0": "2.0.77", "2.1": "2.1.9" };

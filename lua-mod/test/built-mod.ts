// Where the tests find the mod: built once, before them, for each game line.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LINE, type GameLine } from "../../sim/factorio/game-version";

/** The game that these tests play: line-2-0.lua.test.ts runs them all once more for 2.0. */
export const testedLine = (): GameLine => (process.env.CLUSTERIO_TESTED_LINE as GameLine | undefined) ?? DEFAULT_LINE;

export const distFolder = (line: GameLine = testedLine()): string => join(__dirname, "..", "dist", line);

export function zipName(line: GameLine = testedLine()): string {
  const name = existsSync(distFolder(line)) && readdirSync(distFolder(line)).find((each) => each.endsWith(".zip"));
  if (!name) throw new Error("the mod is not built: run `npm run build -w lua-mod` and then the tests again");
  return name;
}

/** The built mod's version. */
export const builtVersion = (line: GameLine = testedLine()): string => zipName(line).replace(/^clusterio_|\.zip$/g, "");

/** The built mod's folder. */
export function builtMod(line: GameLine = testedLine()): string {
  zipName(line);
  return join(distFolder(line), "clusterio");
}

// Where the tests find the mod: built once, before them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

export const distFolder = join(root, "dist");

export function zipName(): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return `clusterio_${version}.zip`;
}

/** The built mod's folder. */
export function builtMod(): string {
  const folder = join(distFolder, "clusterio");
  if (!existsSync(join(folder, "control.lua")) || !existsSync(join(distFolder, zipName()))) {
    throw new Error("the mod is not built: run `npm run build -w lua-mod` and then the tests again");
  }
  return folder;
}

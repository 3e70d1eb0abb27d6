import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const RUNTIME = "sim/factorio/lua";

/** The folder of the stand-in's Lua files: beside the sources, also when this code runs compiled from dist/. */
const runtimeFolder = (): string => {
  for (let folder = __dirname; ; folder = join(folder, "..")) {
    const candidate = join(folder, RUNTIME);
    if (existsSync(join(candidate, "boot.lua"))) return candidate;
    if (folder === join(folder, ".."))
      throw new Error(`${RUNTIME}/boot.lua is not above ${__dirname}: is the package whole?`);
  }
};

/** The absolute path of something in this package, like "lua-mod/dist/clusterio". */
export const packagePath = (path: string): string => join(runtimeFolder(), "../../..", path);

let cached: ReadonlyMap<string, string> | undefined;

/** Every Lua file of the stand-in by its path below the runtime folder, without ".lua". */
export const runtimeFiles = (): ReadonlyMap<string, string> => {
  if (cached) return cached;
  const folder = runtimeFolder();
  const files = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (path.endsWith(".lua")) files.set(path.slice(0, -".lua".length), readFileSync(join(folder, path), "utf8"));
  }
  cached = files;
  return files;
};

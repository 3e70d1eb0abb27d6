import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package (sources or dist): the nearest one above with a package.json. */
export const packageRoot = (): string => {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${__dirname}`);
  }
};

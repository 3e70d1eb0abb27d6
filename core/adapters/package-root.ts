import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unavailable } from "#core/errors";

const PACKAGE = /"name":\s*"clusterio-jetstream"/;

/** The folder of this package, from the sources as well as from dist/ (an adapter: looks at the disk). */
export const packageRoot = (): string => {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && PACKAGE.test(readFileSync(manifest, "utf8"))) return folder;
    if (folder === dirname(folder)) throw unavailable(`${__dirname} is not within the package clusterio-jetstream`);
  }
};

// `npm run build -w lua-mod`: dist/clusterio/ (the mod's folder) and dist/clusterio_<version>.zip (what is released).
// `node scripts/build.mjs FOLDER` puts the two there instead.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { thumbnail } from "./thumbnail.mjs";
import { zipMod } from "./zip.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = process.argv[2] ?? join(root, "dist");
/** Built beside its place and moved there whole, so that a test that reads the old one meanwhile sees no half. */
const building = join(dist, ".building");
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const info = {
  name: "clusterio",
  version,
  title: "Clusterio on JetStream",
  author: "The Clusterio on JetStream developers",
  description: "Chests that exchange items with the other servers of a cluster.",
  factorio_version: "2.1",
  dependencies: ["base >= 2.1.9"],
};

const tstl = join(dirname(require.resolve("typescript-to-lua/package.json")), "dist", "tstl.js");

rmSync(building, { recursive: true, force: true });
mkdirSync(building, { recursive: true });
execFileSync(process.execPath, [tstl, "--project", join(root, "tsconfig.json"), "--outDir", building], {
  stdio: "inherit",
});
if (readdirSync(building).includes("lualib_bundle.lua")) {
  throw new Error(
    "the sources use a feature that needs TypeScriptToLua's runtime library: write it with Lua's own means",
  );
}
cpSync(join(root, "static"), building, { recursive: true });
writeFileSync(join(building, "info.json"), `${JSON.stringify(info, null, 2)}\n`);
writeFileSync(join(building, "thumbnail.png"), thumbnail());

for (const old of readdirSync(dist).filter((name) => name.endsWith(".zip"))) rmSync(join(dist, old));
writeFileSync(join(dist, `clusterio_${version}.zip`), zipMod(building, `clusterio_${version}`));
rmSync(join(dist, "clusterio"), { recursive: true, force: true });
renameSync(building, join(dist, "clusterio"));

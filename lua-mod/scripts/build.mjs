// `npm run build -w lua-mod`: for each game line (games.mjs) dist/<line>/clusterio/ (the mod's folder) and
// dist/<line>/clusterio_<version>.zip (what is released). `node scripts/build.mjs FOLDER` puts them there instead.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { games, modVersion } from "./games.mjs";
import { thumbnail } from "./thumbnail.mjs";
import { zipMod } from "./zip.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = process.argv[2] ?? join(root, "dist");
const require = createRequire(import.meta.url);
const project = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const tstl = join(dirname(require.resolve("typescript-to-lua/package.json")), "dist", "tstl.js");
const run = promisify(execFile);

const infoOf = (game, version) => ({
  name: "clusterio",
  version,
  title: "Clusterio on JetStream",
  author: "The Clusterio on JetStream developers",
  description: "Exchanges items, fluids and energy with the other servers of a cluster.",
  factorio_version: game.line,
  dependencies: [`base >= ${game.base}`],
});

/** The project's versions in the changelog are this build's. */
const changelogOf = (game) =>
  readFileSync(join(root, "static", "changelog.txt"), "utf8").replace(
    /^Version: (.+)$/gm,
    (_, version) => `Version: ${modVersion(version, game)}`,
  );

async function build(game) {
  const folder = join(dist, game.line);
  const version = modVersion(project.version, game);
  /** Built beside its place and moved there whole, so that a test that reads the old one meanwhile sees no half. */
  const building = join(folder, ".building");
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  try {
    await run(process.execPath, [tstl, "--project", join(root, game.project), "--outDir", building]);
  } catch (error) {
    throw new Error(`the mod for ${game.line} does not compile:\n${error.stdout}${error.stderr}`);
  }
  if (readdirSync(building).includes("lualib_bundle.lua")) {
    throw new Error(
      "the sources use a feature that needs TypeScriptToLua's runtime library: write it with Lua's own means",
    );
  }
  cpSync(join(root, "static"), building, { recursive: true });
  writeFileSync(join(building, "changelog.txt"), changelogOf(game));
  writeFileSync(join(building, "info.json"), `${JSON.stringify(infoOf(game, version), null, 2)}\n`);
  writeFileSync(join(building, "thumbnail.png"), thumbnail());

  for (const old of readdirSync(folder).filter((name) => name.endsWith(".zip"))) rmSync(join(folder, old));
  writeFileSync(join(folder, `clusterio_${version}.zip`), zipMod(building, `clusterio_${version}`));
  rmSync(join(folder, "clusterio"), { recursive: true, force: true });
  renameSync(building, join(folder, "clusterio"));
}

// What an earlier layout left there.
rmSync(join(dist, "clusterio"), { recursive: true, force: true });
await Promise.all(games.map(build));

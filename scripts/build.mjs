// `npm run build`: the programs into dist/, the game's mod into lua-mod/dist/. `--if-stale` does only what sources changed for.
// Says on standard error what it does; standard output belongs to what is started afterwards.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const stampFile = join(root, "dist", ".build.json");
const ifStale = process.argv.includes("--if-stale");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { include: programFolders } = JSON.parse(readFileSync(join(root, "tsconfig.build.json"), "utf8"));
/** Started as programs, not only imported. */
const executables = [...Object.values(manifest.bin), "dist/sim/factorio/main.js"];

/** All files below a folder, or the file itself. */
const filesIn = (path, wanted) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted(entry.name) && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

const hashOf = (paths, wanted) => {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesIn(join(root, path), wanted))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
};

const run = (name, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${name} failed:\n${output}`));
    });
  });

/** What was compiled from a source that is gone could still be imported. */
const removeOrphans = () => {
  for (const folder of programFolders) {
    for (const file of filesIn(join(root, "dist", folder), (name) => /\.js(\.map)?$/.test(name))) {
      const source = relative(join(root, "dist"), file).replace(/\.js(\.map)?$/, ".ts");
      if (!existsSync(join(root, source))) rmSync(file);
    }
  }
};

const hasPrograms = () => executables.every((file) => existsSync(join(root, file)));

const buildPrograms = async () => {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  removeOrphans();
  // The compiler looks at sources only: what somebody removed from dist/ would not be made again.
  if (!hasPrograms()) rmSync(join(root, "dist", ".build.tsbuildinfo"), { force: true });
  await run("tsc", [tsc, "-p", "tsconfig.build.json"]);
  for (const file of executables) if (existsSync(join(root, file))) chmodSync(join(root, file), 0o755);
};

const targets = [
  {
    name: "programs",
    hash: hashOf([...programFolders, "tsconfig.json", "tsconfig.build.json", "package-lock.json"], (name) =>
      name.endsWith(".ts"),
    ),
    built: hasPrograms,
    build: buildPrograms,
  },
  {
    name: "mod",
    hash: hashOf(
      [
        "lua-mod/src",
        "lua-mod/static",
        "lua-mod/scripts",
        "lua-mod/package.json",
        "lua-mod/tsconfig.json",
        "lua-mod/tsconfig.2.0.json",
      ],
      () => true,
    ),
    built: () => filesIn(join(root, "lua-mod/dist"), (name) => name.endsWith(".zip")).length > 1,
    build: () => run("the mod's build", [join(root, "lua-mod/scripts/build.mjs")]),
  },
];

const stamps = () => {
  try {
    return JSON.parse(readFileSync(stampFile, "utf8"));
  } catch {
    return {};
  }
};

const before = stamps();
const stale = targets.filter(({ name, hash, built }) => !ifStale || before[name] !== hash || !built());
if (stale.length > 0) {
  const started = performance.now();
  process.stderr.write(`building ${stale.map(({ name }) => name).join(" and ")}…\n`);
  const results = await Promise.allSettled(stale.map(({ build }) => build()));
  const now = { ...before };
  for (const [index, { name, hash }] of stale.entries()) {
    if (results[index].status === "fulfilled") now[name] = hash;
    else {
      delete now[name];
      process.stderr.write(`${results[index].reason.message}\n`);
      process.exitCode = 1;
    }
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(now)}\n`);
  if (process.exitCode !== 1) process.stderr.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

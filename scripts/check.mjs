// `npm run check`: format, lint, types, and the pure tests (the layering test is one of them). Everything is looked at, also
// when something before it failed. `--no-tests` leaves the tests out.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const bin = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);

/** Colours are for people. */
const plain = process.stdout.isTTY ? [] : ["--colors=off"];

const steps = [
  ["format and lint", [bin("@biomejs/biome", "bin/biome"), "ci", "--error-on-warnings", ...plain, "."]],
  ["types", [bin("typescript", "bin/tsc"), "--noEmit", "-p", "."]],
  ...["tsconfig.json", "tsconfig.2.0.json"].map((project) => [
    `the mod's types (${project})`,
    [join(root, "lua-mod/node_modules/typescript/bin/tsc"), "--noEmit", "-p", join("lua-mod", project)],
  ]),
  ...(process.argv.includes("--no-tests")
    ? []
    : [["pure tests", [bin("jest", "bin/jest.js"), "--selectProjects", "pure", "--maxWorkers", "2"]]]),
];

const failed = [];
for (const [name, argv] of steps) {
  const started = performance.now();
  const code = await new Promise((resolve) => {
    spawn(process.execPath, argv, { cwd: root, stdio: "inherit" }).once("close", resolve);
  });
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}

// `npm run bench`: builds what is stale, then measures (bench/, docs/benchmarks.md). Arguments go on to it; --help lists them.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const run = (file, args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, file), ...args], { cwd: root, stdio: "inherit" });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    child.once("close", (code) => resolve(code ?? 1));
  });

process.exitCode =
  (await run("scripts/build.mjs", ["--if-stale"])) || (await run("dist/bench/main.js", process.argv.slice(2)));

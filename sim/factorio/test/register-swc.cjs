// Lets a child process run the TypeScript sources as they are: `node --conditions=source -r register-swc.cjs main.ts`.
// What was transpiled once is kept by its content in the system's temporary folder: starts are many.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const cache = join(tmpdir(), "factorio-stand-in-transpiled");

const transpile = (filename, source) => {
  const options = { jsc: { parser: { syntax: "typescript" }, target: "es2023" }, module: { type: "commonjs" } };
  return require("@swc/core").transformSync(source, { filename, ...options }).code;
};

const cached = (filename, source) => {
  const file = join(cache, `${createHash("sha256").update(source).digest("hex")}.js`);
  try {
    return readFileSync(file, "utf8");
  } catch {
    const code = transpile(filename, source);
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
    return code;
  }
};

require.extensions[".ts"] = (module, filename) =>
  module._compile(cached(filename, readFileSync(filename, "utf8")), filename);

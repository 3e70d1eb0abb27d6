import Module, { createRequire } from "node:module";
import { join, relative } from "node:path";

/** The modules of this thread, mutated: what stands on disk stays as it is. */

type Loader = (module: { _compile(code: string, filename: string): void }, filename: string) => void;
// Node's own table of loaders, which its types do not name.
const extensions = (Module as unknown as { readonly _extensions: Record<string, Loader> })._extensions;

/** From now on this thread loads what is mutated instead of what was compiled of the same file. */
export const install = (root: string, files: ReadonlyMap<string, string>): void => {
  const load = extensions[".js"];
  if (load === undefined) throw new Error("this Node.js has no loader for .js");
  extensions[".js"] = (module, filename) => {
    const source = relative(join(root, "dist"), filename).replace(/\.js$/, ".ts");
    const code = files.get(source);
    if (code === undefined) load(module, filename);
    else module._compile(code, filename);
  };
};

export const requireIn = createRequire(__filename);

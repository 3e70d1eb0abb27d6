import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "@swc/core";
import { edited, editsOf, type Mutation } from "#sim/cluster/mutations/mutation";

const compiled = (file: string, source: string): string =>
  transformSync(source, {
    filename: file,
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
    module: { type: "commonjs" },
  }).code;

/**
 * The mutated files as JavaScript, by their path: what stands on disk stays as it is. In the main thread: the compiler's
 * native part does not survive the end of another.
 * @throws Error when an edit does not fit its file.
 */
export const mutatedFiles = (root: string, mutation: Mutation): ReadonlyMap<string, string> => {
  const sources = new Map<string, string>();
  for (const edit of editsOf(mutation)) {
    const source = sources.get(edit.file) ?? readFileSync(join(root, edit.file), "utf8");
    sources.set(edit.file, edited(mutation.name, source, edit));
  }
  return new Map([...sources].map(([file, source]) => [file, compiled(file, source)]));
};

import { below, listLines } from "#core/terminal/complaint";
import type { Look } from "#core/terminal/look";
import { painted } from "#core/terminal/look";
import type { CommandSpec } from "#core/terminal/spec";

/** What everybody begins with. */
const FIRST = "Cluster";

/** All commands of a program or of a group of it: a line each, by category. */
export const overviewLines = (
  { name, label, version }: { readonly name: string; readonly label: string; readonly version: string },
  {
    specs,
    words,
    look,
  }: { readonly specs: readonly CommandSpec[]; readonly words: readonly string[]; readonly look: Look },
): string[] => {
  const shown = below(specs, words);
  const categories = [...new Set(shown.map(({ category }) => category))];
  categories.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || (a < b ? -1 : 1));
  const lines = listLines(shown, name);
  const of = new Map(shown.map((spec, at) => [spec, lines[at]!]));
  return [
    ...(words.length === 0 ? [painted(`${label} ${version}`, "bold", look), ""] : []),
    ...categories.flatMap((category) => [
      painted(category, "bold", look),
      ...shown.filter((spec) => spec.category === category).map((spec) => of.get(spec)!),
      "",
    ]),
    `${[name, ...words].join(" ")} ${words.length === 0 ? "COMMAND" : "..."} --help says more about each.`,
  ].map((line) =>
    look.columns !== undefined && line.length > look.columns ? `${line.slice(0, look.columns - 1)}…` : line,
  );
};

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export const ROOT = join(__dirname, "../..");

export interface Page {
  /** From the root. */
  readonly path: string;
  readonly text: string;
}

/** Folders that have pages of their own; the rest stands at the root. */
const FOLDERS = ["docs", "sim"];

/** Everything that is written for people, but for the page that the programs make of themselves. */
export const pages = (): Page[] => {
  const at = (folder: string, recursive: boolean) =>
    readdirSync(join(ROOT, folder), { recursive, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
  return [...at("", false), ...FOLDERS.flatMap((folder) => at(folder, true))]
    .filter((path) => path !== "docs/commands.md")
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
};

export const FENCED = /^```.*\n([\s\S]*?)^```/gm;

/** What stands in a page as code: spans, and the lines of blocks, fenced or indented, without their comments. */
export const codeIn = (text: string): string[] => {
  const fenced = [...text.matchAll(FENCED)].flatMap(([, block = ""]) => block.split("\n"));
  const lines = [
    ...fenced,
    ...text
      .replace(FENCED, "")
      .split("\n")
      .filter((line) => line.startsWith("    ")),
  ];
  const spans = [...text.replace(FENCED, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replace(/\s+/g, " "));
  return [...spans, ...lines.map((line) => line.replace(/\s#\s.*$/, ""))].map((code) => code.trim());
};

/** Words as a shell would split them. */
export const shellWords = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+/g)].map(([word]) => word.replace(/^["']|["']$/g, ""));

/** `a b|c d` is `a b d` and `a c d`. */
export const alternatives = (words: readonly string[]): string[][] =>
  words.reduce<string[][]>(
    (all, word) => {
      const each = /^[a-z][a-z-]*(?:\|[a-z][a-z-]*)+$/.test(word) ? word.split("|") : [word];
      return each.flatMap((one) => all.map((before) => [...before, one]));
    },
    [[]],
  );

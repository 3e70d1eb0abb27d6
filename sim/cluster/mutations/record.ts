import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HINTS, type Hint } from "#sim/cluster/mutations/hints";
import type { Finding } from "#sim/cluster/mutations/hunt";
import { MUTATIONS } from "#sim/cluster/mutations/table";

/** What is kept of a measurement: hints for the next one, and the table for people. */

const HINTS_FILE = "sim/cluster/mutations/hints.ts";
export const TABLE_FILE = "docs/simulation.md";
const [BEGIN, END] = ["<!-- table of mutations: npm run mutations -- --write -->", "<!-- end of the table -->"];

/** The old hints, and what was found elsewhere now. */
const hintsAfter = (findings: readonly Finding[]): ReadonlyMap<string, Hint> => {
  const hints = new Map<string, Hint>();
  for (const { name } of MUTATIONS) {
    const finding = findings.find(({ mutation }) => mutation.name === name);
    const { lot, promise } = finding ?? {};
    const known = HINTS[name];
    if (lot !== undefined && promise !== undefined) hints.set(name, { seed: lot.seed, steps: lot.steps, by: promise });
    else if (known !== undefined) hints.set(name, known);
  }
  return hints;
};

export const tableOf = (hints: ReadonlyMap<string, Hint>): string => {
  const rows = MUTATIONS.map(({ name, breaks }) => {
    const hint = hints.get(name);
    return `| ${name} | ${breaks} | ${hint === undefined ? "" : `${hint.by}, seed ${hint.seed} of ${hint.steps}`} |`;
  });
  return ["| defect | breaks | found by, in |", "|---|---|---|", ...rows].join("\n");
};

/** The document with the table in its place. @throws Error when it has no place for it. */
export const withTable = (document: string, table: string): string => {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${TABLE_FILE} has no place for the table: ${BEGIN}`);
  return `${before}${BEGIN}\n${table}\n${END}${after}`;
};

export const writeDown = async (root: string, findings: readonly Finding[]): Promise<void> => {
  const hints = hintsAfter(findings);
  const hintsFile = join(root, HINTS_FILE);
  const source = readFileSync(hintsFile, "utf8");
  const head = source.slice(0, source.indexOf("> = {") + "> = {".length);
  const lines = [...hints].map(
    ([name, { seed, steps, by }]) => `  ${JSON.stringify(name)}: { seed: ${seed}, steps: ${steps}, by: "${by}" },`,
  );
  writeFileSync(hintsFile, `${head}\n${lines.join("\n")}\n};\n`);
  const tableFile = join(root, TABLE_FILE);
  writeFileSync(tableFile, withTable(readFileSync(tableFile, "utf8"), tableOf(hints)));
};

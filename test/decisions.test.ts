import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** docs/adr: each decision has its parts, and stands in the index under its own title. */
const FOLDER = join(__dirname, "..", "docs", "adr");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const names = readdirSync(FOLDER)
  .filter((name) => /^\d{4}-.*\.md$/.test(name))
  .sort();

test("every decision says its status, context, decision, consequences and what was not chosen, in this order", () => {
  const parts = [/^# \d{4} /, /^Status: /, /^## Context$/, /^## Decision$/, /^## Consequences$/, /^## Not chosen$/];
  const isWhole = (name: string) => {
    const lines = read(name).split("\n");
    const places = parts.map((part) => lines.findIndex((line) => part.test(line)));
    return places.every((place, index) => place > (places[index - 1] ?? -1));
  };
  expect(names.filter((name) => !isWhole(name))).toEqual([]);
});

test("the index has every decision under its title, in order, and nothing else", () => {
  const rows = [...read("README.md").matchAll(/^\| \[(\d{4})\]\((.+)\) \| (.+) \|$/gm)];
  const titled = names.map((name) => [name, read(name).split("\n")[0]]);
  expect(rows.map(([, number, file, title]) => [file, `# ${number} ${title}`])).toEqual(titled);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { changelogProblems } from "./changelog-grammar";

const root = join(__dirname, "..");
const shipped = readFileSync(join(root, "static", "changelog.txt"), "utf8");

test("the shipped changelog is in the game's grammar", () => {
  expect(changelogProblems(shipped)).toEqual([]);
});

test("its newest version is the mod's", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(shipped.split("\n")[1]).toBe(`Version: ${version}`);
});

test.each([
  ["a short line of dashes", shipped.replace("-".repeat(99), "-".repeat(98))],
  ["a tab", shipped.replace("    - ", "\t- ")],
  ["a space at the end of a line", shipped.replace("Features:", "Features: ")],
  ["a category that is not indented", shipped.replace("  Features:", "Features:")],
  ["an entry with three spaces", shipped.replace("    - ", "   - ")],
  ["an entry without a category", shipped.replace("  Features:\n", "")],
  ["a version that is none", shipped.replace(/Version: .*/, "Version: 0.1")],
  ["an empty line", shipped.replace("\n  Features", "\n\n  Features")],
  ["no end of the last line", shipped.trimEnd()],
])("%s is found", (_, broken) => {
  expect(broken).not.toBe(shipped);
  expect(changelogProblems(broken)).not.toEqual([]);
});

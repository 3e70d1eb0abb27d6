import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

/** `[section]` and `key=text` as `section.key`. */
function keysOf(language: string): string[] {
  const text = readFileSync(join(root, "static", "locale", language, "clusterio.cfg"), "utf8");
  const keys: string[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    const header = /^\[([a-z-]+)\]$/.exec(line);
    const key = /^([a-z-]+)=\S/.exec(line);
    if (header) section = header[1] ?? "";
    else if (key) keys.push(`${section}.${key[1]}`);
    else expect(line).toBe("");
  }
  return keys;
}

test("both languages have the same keys", () => {
  expect(keysOf("de")).toEqual(keysOf("en"));
});

test("every reason of refusal has a text", () => {
  const rules = readFileSync(join(root, "src", "runtime", "rules.ts"), "utf8");
  const union = /export type Refusal = ([^;]*);/.exec(rules)?.[1] ?? "";
  const reasons = [...union.matchAll(/"([a-z]+)"/g)].map((match) => match[1]);
  expect(reasons.length).toBeGreaterThan(4);
  expect(keysOf("en")).toEqual(expect.arrayContaining(reasons.map((reason) => `clusterio-status.refused-${reason}`)));
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeFact } from "#core/events/fact-decoder";
import { published, releasedLine, releaseProblems, schemaText } from "./generate";

/** The checked-in schemas are those of the code, their examples are true, and a released one never changes. */
const here = __dirname;
const textAt = (name: string) => (existsSync(join(here, name)) ? readFileSync(join(here, name), "utf8") : undefined);

test.each(published.map((one) => [one.path, one] as const))(
  "%s is checked in as generated (else: npm run schemas)",
  (path, one) => {
    expect(textAt(`${path}.schema.json`)).toBe(schemaText(one));
  },
);

test.each(published.map((one) => [one.path, one] as const))(
  "%s has an example that its schema accepts",
  (path, { schema }) => {
    expect(schema.safeParse(JSON.parse(textAt(`${path}.example.json`) ?? "null"))).toMatchObject({ success: true });
  },
);

test("every example of a fact is read by the decoder that the projector uses", () => {
  for (const { path } of published.filter((one) => one.path.startsWith("facts/"))) {
    const example = textAt(`${path}.example.json`)!;
    const { type, source } = JSON.parse(example) as { type: string; source: string };
    const subject = `clusterio.v1.event.${source.replace("/", ".")}.${type}`;
    expect(decodeFact(subject, new TextEncoder().encode(example))).toMatchObject({ kind: "fact", fact: { type } });
  }
});

test("nothing lies in the folder that is not published", () => {
  const known = new Set(published.flatMap(({ path }) => [`${path}.schema.json`, `${path}.example.json`]));
  const found = ["", "facts/", "ledger/"].flatMap((folder) =>
    readdirSync(join(here, folder))
      .filter((name) => name.endsWith(".json"))
      .map((name) => `${folder}${name}`),
  );
  expect(found.filter((name) => !known.has(name))).toEqual([]);
});

test("a released schema still is what it was", () => {
  expect(releaseProblems(textAt("RELEASED")!, textAt)).toEqual([]);
});

test("the check of released schemas finds a changed one and a missing one", () => {
  const line = releasedLine("facts/x.v1", "old\n");
  expect(releaseProblems(`# head\n${line}\n`, () => "old\n")).toEqual([]);
  expect(releaseProblems(line, () => "new\n")).toEqual([expect.stringContaining("has changed")]);
  expect(releaseProblems(line, () => undefined)).toEqual([expect.stringContaining("is gone")]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BRIDGE } from "#bridge/program";
import { commandsFor, type Program } from "#core/cli";
import { shapeText, strayIn } from "#core/terminal/printed";
import { specOf } from "#core/terminal/spec";
import { CLUSTERIO } from "#ctl/program";
import { PROJECTOR } from "#projector/program";
import { jsonPageNow, PRINTED_BY, strayOutput } from "#test/kit/json-page";

test("docs/json.md is of the shapes as they are: `npm run docs:json` brings it up to date", () => {
  const page = readFileSync(join(__dirname, "../docs/json.md"), "utf8").split("\n");
  const wanted = jsonPageNow().split("\n");
  const at = wanted.findIndex((line, index) => line !== page[index]);
  expect({ line: at, is: page[at] ?? "", of: page.length }).toEqual({ line: -1, is: "", of: wanted.length });
});

const wordsOf = async (program: Program): Promise<string[]> =>
  (await commandsFor(program, undefined))
    .map(specOf)
    .filter(({ options }) => options.some(({ names }) => names.includes("--json")))
    .map(({ paths }) => (paths[0] ?? []).join(" "));

test.each([CLUSTERIO, BRIDGE, PROJECTOR])(
  "every command of $name that has -o json has a shape, and no other has one",
  async (program) => {
    expect(Object.keys(PRINTED_BY[program.name] ?? {}).sort()).toEqual((await wordsOf(program)).sort());
  },
);

/** Tables of rows that have another form for programs, which the line before prints. */
const FOR_PEOPLE = ["instance/list.ts", "instance/config.ts", "backup/command.ts"];

/** Each call that prints something for programs, to its closing bracket. */
const printing = (text: string): string[] =>
  [...text.matchAll(/\b(?:output\.json|this\.show|this\.list)\(/g)].map(({ index }) => {
    let depth = 0;
    for (let at = text.indexOf("(", index); at < text.length; at++) {
      depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
      if (depth === 0) return text.slice(index, at + 1);
    }
    return text.slice(index);
  });

test("whatever a command prints for programs satisfies its shape where it stands, as the compiler sees it", () => {
  const ctl = join(__dirname, "../ctl");
  const files = readdirSync(ctl, { recursive: true, encoding: "utf8" }).filter(
    (file) =>
      /\.ts$/.test(file) &&
      !/\.test\.ts$|^audit\/(?:base-command|output)\.ts$|^top\/live\.ts$|^instance\/rcon\.ts$/.test(file),
  );
  const calls = files.flatMap((file) =>
    printing(readFileSync(join(ctl, file), "utf8")).map((call) => ({ file, call })),
  );
  expect(calls.length).toBeGreaterThan(90);
  const untold = calls.filter(
    ({ file, call }) => !call.includes(" satisfies ") && !(call.startsWith("this.list(") && FOR_PEOPLE.includes(file)),
  );
  expect(untold).toEqual([]);
});

describe("what a test's run of a command printed is read by its shape", () => {
  const stray = (out: unknown, ...args: string[]) => strayOutput("clusterio", args, `${JSON.stringify(out)}\n`);
  const renamed = { instance: "north", name: "North" };

  test("all of it and nothing else; without -o json it is for people", () => {
    expect(stray(renamed, "instance", "rename", "north", "North", "--json")).toBeUndefined();
    expect(stray(renamed, "instance", "rename", "north", "North", "-o", "json")).toBeUndefined();
    expect(stray({ ...renamed, more: 1 }, "instance", "rename", "north", "North", "--json")).toMatch(
      /instance rename -o json: .*more/,
    );
    expect(stray({ instance: "north" }, "instance", "rename", "north", "North", "-o", "json")).toMatch(/name/);
    expect(strayOutput("clusterio", ["instance", "rename", "--json"], "north is called North\n")).toMatch(
      /instance rename/,
    );
    expect(strayOutput("clusterio", ["instance", "rename"], "north is called North\n")).toBeUndefined();
    expect(stray({}, "no", "such", "--json")).toMatch(/not among those/);
  });

  test("a field too many deep inside shapes that others have, too, is found", () => {
    const shape = z.object({ a: z.array(z.object({ b: z.number().optional() })) });
    expect(strayIn(shape, { a: [{ b: 1 }, {}] })).toBeUndefined();
    expect(strayIn(shape, { a: [{ b: 1 }, { c: 2 }] })).toBe("a.1.c has no place in it");
  });
});

test.each([CLUSTERIO, BRIDGE])("the help of $name knows the same shapes", async ({ name, printed }) => {
  expect(await printed?.()).toBe(PRINTED_BY[name]);
});

test("a shape is written as people read it", () => {
  const shape = z.union([
    z.object({ file: z.string(), of: z.enum(["a", "b"]).array().optional(), by: z.record(z.string(), z.number()) }),
    z.object({ at: z.number().int().nullable().describe("when") }).describe("with --at"),
  ]);
  expect(shapeText(shape).split("\n")).toEqual([
    '{ file: string, of?: ("a" | "b")[], by: { [key]: number } }',
    "// with --at",
    "{",
    "  at: number | null  // when",
    "}",
  ]);
});

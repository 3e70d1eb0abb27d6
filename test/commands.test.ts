import { BRIDGE } from "#bridge/program";
import { commandsFor, type Program } from "#core/cli";
import { ShowingCommand } from "#core/terminal/results";
import { type CommandSpec, longName, specOf } from "#core/terminal/spec";
import { CLUSTERIO } from "#ctl/program";
import { PROJECTOR } from "#projector/program";
import { alternatives, codeIn, pages, shellWords } from "#test/kit/pages";

/** What every command has, so that nobody has to look twice: a new one that lacks something fails here. */

/** Those that show no result of their own; each with what stands on its standard output instead. */
const WITHOUT_RESULTS: Readonly<Record<string, string>> = {
  "clusterio completion": "a script",
  "clusterio-bridge run": "a daemon",
  "clusterio-projector run": "a daemon",
};

const specs: (readonly [string, CommandSpec, Program])[] = [];
for (const program of [CLUSTERIO, BRIDGE, PROJECTOR]) {
  beforeAll(async () => {
    for (const command of await commandsFor(program, undefined)) {
      const spec = specOf(command);
      specs.push([[program.name, ...(spec.paths[0] ?? [])].join(" "), spec, program]);
    }
  });
}
const shown = () => specs.filter(([, { hidden }]) => !hidden);

/** The names of those that are not as the rule says. */
const breaking = (rule: (spec: CommandSpec, name: string, program: Program) => boolean): string[] =>
  shown()
    .filter(([name, spec, program]) => !rule(spec, name, program))
    .map(([name]) => name);

test("there are commands of three programs, and no two have one name", () => {
  expect(specs.length).toBeGreaterThan(50);
  const names = specs.flatMap(([, { paths }, { name }]) => paths.map((path) => [name, ...path].join(" ")));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test("each has a category, and says what it does in half a line without a full stop", () => {
  expect(breaking(({ category }) => category !== "")).toEqual([]);
  expect(breaking(({ description }) => description.length >= 8 && description.length <= 110)).toEqual([]);
  expect(breaking(({ description }) => !description.endsWith(".") && !/^[A-Z][a-z]/.test(description))).toEqual([]);
});

test("each says its exit codes", () => {
  expect(breaking(({ details }) => details.some((text) => /\bExit codes: 0\b/.test(text)))).toEqual([]);
});

test("each option and argument says what it is", () => {
  expect(breaking(({ options }) => options.every(({ description }) => /\S{2}/.test(description)))).toEqual([]);
  expect(breaking((spec) => spec.arguments.every(({ name }) => /^[A-Za-z][A-Za-z|-]+$/.test(name)))).toEqual([]);
});

test("each that shows something has -o table|json, and --json", () => {
  expect(
    breaking(({ command }, name) => name in WITHOUT_RESULTS || command.prototype instanceof ShowingCommand),
  ).toEqual([]);
  expect(Object.keys(WITHOUT_RESULTS).filter((name) => !specs.some(([known]) => known === name))).toEqual([]);
  const has = ({ options }: CommandSpec, wanted: string) => options.some(({ names }) => names.includes(wanted));
  expect(breaking((spec, name) => name in WITHOUT_RESULTS || (has(spec, "-o") && has(spec, "--json")))).toEqual([]);
});

test("each has an example, whose command and options there are", () => {
  expect(breaking(({ examples }) => examples.length > 0)).toEqual([]);
  const wrong = shown().flatMap(([name, spec, program]) =>
    spec.examples.flatMap(([, example]) => {
      const [binary, ...words] = shellWords(example.split(/ [|<>] /)[0] ?? "");
      if (binary !== "$0") return [`${name}: an example begins with $0: ${example}`];
      const path = spec.paths.find((one) => one.every((word, at) => words[at] === word));
      if (path === undefined) return [`${name}: the example is of another command: ${example}`];
      const known = new Set(spec.options.flatMap(({ names }) => names));
      const unknown = words.filter((word) => word.startsWith("-") && !known.has(word.split("=")[0] ?? ""));
      const required = spec.options
        .filter(({ required }) => required)
        .filter(({ names }) => !names.some((one) => words.includes(one)));
      return [
        ...unknown.map((word) => `${name}: the example's ${word} is no option of it`),
        ...required.map((option) => `${name}: the example lacks ${longName(option)}: ${example}`),
        ...(program.name === "clusterio" || program.name.startsWith("clusterio-") ? [] : [name]),
      ];
    }),
  );
  expect(wrong).toEqual([]);
});

/** What is wrong with a command as a page has it; undefined when it may be typed so, or names a group of commands. */
const problemOf = (program: string, words: readonly string[]): string | undefined => {
  const known = specs.filter(([, , { name }]) => name === program).map(([, spec]) => spec);
  const fits = (path: readonly string[]) => path.every((word, at) => words[at] === word);
  const [found] = known
    .flatMap((spec) => spec.paths.map((path) => ({ spec, path })))
    .filter(({ path }) => fits(path))
    .sort((a, b) => b.path.length - a.path.length);
  const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
  const named = end < 0 ? words : words.slice(0, end);
  if (found === undefined || (found.path.length === 0 && named.length > 0)) {
    const isGroup = known.some(({ paths }) => paths.some((path) => named.every((word, at) => path[at] === word)));
    return isGroup ? undefined : "there is no such command";
  }
  const options = new Set(found.spec.options.flatMap(({ names }) => names).concat("--help", "--version"));
  const unknown = words.find((word) => /^--?[a-zA-Z]/.test(word) && !options.has(word.split("=")[0] ?? ""));
  return unknown === undefined ? undefined : `there is no option ${unknown}`;
};

test("every command that a page has is there, with its options", () => {
  const programs = new Set(specs.map(([, , { name }]) => name));
  const wrong = pages().flatMap(({ path, text }) =>
    codeIn(text)
      .flatMap((code) => code.split(/ (?:&&|\||\\\||<|>) /))
      .flatMap((code) => {
        const [program = "", ...words] = shellWords(code.replace(/^.*?(?=\bclusterio)/, "").replace(/[[\]…,]/g, " "));
        if (!programs.has(program)) return [];
        const problems = alternatives(words).map((one) => problemOf(program, one));
        return problems.flatMap((problem) => (problem === undefined ? [] : [`${path}: ${code}: ${problem}`]));
      }),
  );
  expect([...new Set(wrong)]).toEqual([]);
});

test("a group is loaded by the first words of its commands, and by no others", async () => {
  for (const { groups } of [CLUSTERIO, BRIDGE, PROJECTOR]) {
    for (const { words, load } of groups) {
      const first = new Set((await load()).flatMap((command) => specOf(command).paths.map(([word]) => word)));
      if (words.length > 0) expect([...first].sort()).toEqual([...words].sort());
    }
  }
});

test("an option means the same thing wherever it is", () => {
  const takes = new Map<string, Set<boolean>>();
  for (const [, { options }] of shown())
    for (const { names, takesValue } of options)
      for (const name of names) takes.set(name, (takes.get(name) ?? new Set()).add(takesValue));
  expect([...takes].filter(([, kinds]) => kinds.size > 1).map(([name]) => name)).toEqual([]);
});

test("what deletes or gives up for ever asks first: it has --yes for where nobody can be asked", () => {
  const ends = new Set(["delete", "retire"]);
  const has = ({ options }: CommandSpec) => options.some(({ names }) => names.includes("--yes"));
  expect(breaking((spec, name) => !ends.has(name.split(" ").at(-1) ?? "") || has(spec))).toEqual([]);
});

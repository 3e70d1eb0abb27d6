import { EXIT_CODES, EXIT_MEANINGS } from "#core/errors";
import { type CommandSpec, longName, type OptionSpec, optionText, usageText, type Values } from "#core/terminal/spec";

/** The page of all commands, docs/commands.md, as the programs themselves have it. */

/** An option that so many commands have is told once. */
const COMMON_MIN = 12;

export interface PageProgram {
  readonly name: string;
  readonly label: string;
  readonly specs: readonly CommandSpec[];
  readonly values: Values;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

const optionRows = (options: readonly OptionSpec[], values: Values): string[] => [
  "| option | |",
  "|---|---|",
  ...options.map((option) => `| \`${cell(optionText(option, values))}\` | ${cell(option.description)} |`),
];

const keyOf = ({ names, description }: OptionSpec): string => `${names.join(",")} ${description}`;

/** Options that many commands have with the same words. */
const commonOf = (specs: readonly CommandSpec[]): OptionSpec[] => {
  const seen = new Map<string, { readonly option: OptionSpec; count: number }>();
  for (const option of specs.flatMap(({ options }) => options)) {
    const known = seen.get(keyOf(option));
    if (known === undefined) seen.set(keyOf(option), { option, count: 1 });
    else known.count += 1;
  }
  return [...seen.values()].filter(({ count }) => count >= COMMON_MIN).map(({ option }) => option);
};

const shell = (spec: CommandSpec, program: string): string[] => {
  if (spec.examples.length === 0) return [];
  const lines = spec.examples.flatMap(([label, line]) => [
    ...(label === "" ? [] : [`# ${label}`]),
    line.replaceAll("$0", program),
  ]);
  return ["```", ...lines, "```", ""];
};

const section = (spec: CommandSpec, { name, values }: PageProgram, common: ReadonlySet<string>): string[] => {
  const own = spec.options.filter((option) => !common.has(keyOf(option)));
  const others = spec.options.filter((option) => common.has(keyOf(option))).map((option) => `\`${longName(option)}\``);
  return [
    `### \`${name} ${usageText(spec, values)}\``,
    "",
    `${spec.description.charAt(0).toUpperCase()}${spec.description.slice(1)}.`,
    "",
    ...spec.details.flatMap((text) => [text, ""]),
    ...(own.length === 0 ? [] : [...optionRows(own, { ...values, ...spec.values }), ""]),
    ...(others.length === 0 ? [] : [`[Common options](#common-options): ${others.join(", ")}.`, ""]),
    ...shell(spec, name),
  ];
};

const byCategory = (specs: readonly CommandSpec[]): (readonly [string, CommandSpec[]])[] => {
  const categories = [...new Set(specs.map(({ category }) => category))].sort();
  return categories.map((category) => [category, specs.filter((spec) => spec.category === category)] as const);
};

const EXITS = [
  "| exit code | code in an answer | meaning |",
  "|---|---|---|",
  "| 0 | | done, or stopped as asked |",
  "| 1 | | failed, or what was looked for is not as it should be; a bug, if there is a stack |",
  ...Object.entries(EXIT_CODES)
    .sort(([, a], [, b]) => a - b)
    .map(([code, exit]) => `| ${exit} | \`${code}\` | ${EXIT_MEANINGS[code as keyof typeof EXIT_MEANINGS]} |`),
];

const HEAD = (count: number): string[] => [
  "# Commands",
  "",
  `What the programs say of themselves, ${count} commands in all: this page is made by \`npm run docs:commands\`, and a test holds that it is`,
  "current. Every command says the same with `--help`; `clusterio completion bash|zsh|fish` makes a shell know them.",
  "",
  "## What all of them have in common",
  "",
  "Results are on standard output, everything else on standard error. `-o table` (the default) is for people: it fits the terminal, has colours",
  "only there and not where `NO_COLOR` is set, and may change with any version. `-o json` (or `--json`) is for programs: one JSON object a line,",
  "whose fields keep their names and meaning within a major version; new ones may come. A list without entries has no lines. The fields of each",
  "command: [json.md](json.md).",
  "",
  ...EXITS,
  "",
  "A command that destroys asks for the name of what is lost; `--yes` does it without a question, and where nobody can be asked it is needed.",
  "",
];

export const commandsPage = (programs: readonly PageProgram[]): string => {
  const shown = programs.map((program) => ({ ...program, specs: program.specs.filter(({ hidden }) => !hidden) }));
  const all = shown.flatMap(({ specs }) => specs);
  const common = commonOf(all);
  const keys = new Set(common.map(keyOf));
  const lines = [
    ...HEAD(all.length),
    "## Common options",
    "",
    ...optionRows(common, {}),
    "",
    ...shown.flatMap((program) => [
      `# ${program.name}`,
      "",
      ...byCategory(program.specs).flatMap(([category, specs]) => [
        `## ${category}`,
        "",
        ...specs.flatMap((spec) => section(spec, program, keys)),
      ]),
    ]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
};

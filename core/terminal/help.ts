import { type Look, painted } from "#core/terminal/look";
import { type CommandSpec, type OptionSpec, optionText, usageText, type Values } from "#core/terminal/spec";

/** What `--help` says of one command: what it does, how it is typed, its own options before those that all have, examples. */

/** Longer lines are hard to read, however wide the terminal is. */
const WIDTH_MAX = 100;
const WIDTH_PLAIN = 80;

/** Where a cluster is, and how results are shown: the same for very many commands. */
const COMMON: ReadonlySet<string> = new Set([
  ...["--format", "--json", "--dir", "--context", "--nats-url", "--creds", "--core-creds", "--ca", "--timeout"],
]);

const isCommon = ({ names }: OptionSpec): boolean => names.some((name) => COMMON.has(name));

/** A text in lines of at most so many characters; a longer word has a line of its own. */
export const wrapped = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
};

const optionLines = (options: readonly OptionSpec[], values: Values, width: number): string[] => {
  const texts = options.map((option) => optionText(option, values));
  const left = Math.max(...texts.map((text) => text.length)) + 4;
  return options.flatMap(({ description }, at) => {
    const lines = wrapped(description, Math.max(20, width - left));
    return lines.map((line, n) => `${(n === 0 ? `  ${texts[at]}` : "").padEnd(left)}${line}`);
  });
};

export interface Helped {
  readonly program: string;
  readonly spec: CommandSpec;
  readonly values: Values;
  /** What it prints with -o json, in lines. */
  readonly prints?: readonly string[];
}

/** A shape of more lines is read on its page. */
const PRINTS_LINES_MAX = 40;

const printsLines = (prints: readonly string[]): string[] =>
  (prints.length <= PRINTS_LINES_MAX
    ? prints
    : [...prints.slice(0, PRINTS_LINES_MAX), "…", "the rest of it: docs/json.md"]
  ).map((line) => `  ${line}`);

export const helpLines = ({ program, spec, values: all, prints = [] }: Helped, look: Look): string[] => {
  const values = { ...all, ...spec.values };
  const width = Math.min(look.columns ?? WIDTH_PLAIN, WIDTH_MAX);
  const head = (text: string): string => painted(text, "bold", look);
  const common = spec.options.filter(isCommon);
  // A command with few options has them in one list.
  const apart = spec.options.length - common.length > 0 && common.length > 3;
  const own = apart ? spec.options.filter((option) => !isCommon(option)) : spec.options;
  const sentence = `${spec.description.charAt(0).toUpperCase()}${spec.description.slice(1)}.`;
  return [
    ...wrapped(sentence, width),
    "",
    `${head("Usage:")} ${program} ${usageText(spec, values)}`,
    "",
    ...spec.details.flatMap((text) => [...wrapped(text, width), ""]),
    ...(own.length === 0 ? [] : [head("Options:"), ...optionLines(own, values, width), ""]),
    ...(apart ? [head("Options of all such commands:"), ...optionLines(common, values, width), ""] : []),
    ...(prints.length === 0 ? [] : [head("A line of -o json:"), ...printsLines(prints), ""]),
    ...(spec.examples.length === 0
      ? []
      : [
          head("Examples:"),
          ...spec.examples.flatMap(([label, line]) => [
            ...(label === "" ? [] : [`  ${painted(`# ${label}`, "dim", look)}`]),
            `  ${line.replaceAll("$0", program)}`,
          ]),
        ]),
  ];
};

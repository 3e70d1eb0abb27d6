import { didYouMean, nearest } from "#core/terminal/near";
import { type CommandSpec, longName, usageText, type Values, valueName } from "#core/terminal/spec";

/** What is wrong with a command line, said so that whoever typed it can go on: the nearest that there is, and where more stands. */

export interface Typed {
  readonly program: string;
  readonly argv: readonly string[];
  readonly specs: readonly CommandSpec[];
  readonly values: Values;
}

const isOption = (token: string): boolean => token.length > 1 && token.startsWith("-");
export const begins = (path: readonly string[], words: readonly string[]): boolean =>
  words.every((word, at) => path[at] === word);

/** The words before the first option. */
export const wordsOf = (argv: readonly string[]): string[] => {
  const end = argv.findIndex(isOption);
  return end < 0 ? [...argv] : argv.slice(0, end);
};

/** Commands whose names begin with these words. */
export const below = (specs: readonly CommandSpec[], words: readonly string[]): CommandSpec[] =>
  specs.filter(({ hidden, paths }) => !hidden && paths.some((path) => path.length > 0 && begins(path, words)));

/** The command that was named, and how many words name it. */
export const commandIn = (
  specs: readonly CommandSpec[],
  words: readonly string[],
): { readonly spec: CommandSpec; readonly depth: number } | undefined => {
  let best: { readonly spec: CommandSpec; readonly depth: number } | undefined;
  for (const spec of specs) {
    for (const path of spec.paths)
      if (begins(words, path) && path.length >= (best?.depth ?? 0)) best = { spec, depth: path.length };
  }
  return best;
};

/** How many of the words name a group or a command. */
const depthOf = (specs: readonly CommandSpec[], words: readonly string[]): number => {
  let depth = 0;
  while (depth < words.length && below(specs, words.slice(0, depth + 1)).length > 0) depth += 1;
  return depth;
};

/** One line a command: its words and what it does. */
export const listLines = (specs: readonly CommandSpec[], program: string): string[] => {
  const named = specs.map((spec) => [[program, ...(spec.paths[0] ?? [])].join(" "), spec.description] as const);
  const width = Math.max(...named.map(([name]) => name.length));
  return named.map(([name, does]) => `  ${name.padEnd(width)}  ${does}`);
};

const firstWords = (specs: readonly CommandSpec[]): string[] => [
  ...new Set(specs.filter(({ hidden }) => !hidden).flatMap(({ paths }) => paths.flatMap(([first]) => first ?? []))),
];

/** A group with more commands than that is named by their words alone. */
const LISTED_MAX = 12;

const unknownCommand = ({ program, specs }: Typed, words: readonly string[]): string => {
  const depth = depthOf(specs, words);
  const group = words.slice(0, depth);
  const typed = words[depth] ?? "";
  const there = below(specs, group);
  const next = [
    ...new Set(
      there.flatMap(({ paths }) => paths.filter((path) => begins(path, group)).flatMap((path) => path[depth] ?? [])),
    ),
  ];
  const name = [program, ...group].join(" ");
  const near = nearest(typed, next);
  const meant =
    near !== undefined
      ? `; did you mean "${[...group, near].join(" ")}"?`
      : // `clusterio start` for `clusterio instance start`.
        elsewhere(specs, typed);
  const said = `${name}: there is no command "${[...group, typed].join(" ").slice(0, 100)}"${meant}`;
  if (group.length > 0 && there.length <= LISTED_MAX) return [said, "", ...listLines(there, program)].join("\n");
  if (group.length > 0)
    return [said, `commands: ${next.join(", ")}`, `\`${name} --help\` says what each does`].join("\n");
  return [said, `commands: ${firstWords(specs).sort().join(", ")}`, `\`${program} --help\` says what each does`].join(
    "\n",
  );
};

/** Commands of other groups whose last word was typed. */
const elsewhere = (specs: readonly CommandSpec[], typed: string): string => {
  const found = specs.filter(({ hidden, paths }) => !hidden && paths.some((path) => path.at(-1) === typed));
  const names = found.slice(0, 3).map(({ paths }) => `"${paths[0]?.join(" ")}"`);
  return names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
};

interface Read {
  readonly wrong: string | undefined;
  readonly given: ReadonlySet<string>;
  readonly count: number;
}

/** Goes through options and arguments as the parser does, up to the first that it cannot take. */
const read = ({ options, values: own }: CommandSpec, rest: readonly string[], program: Values): Read => {
  const values = { ...program, ...own };
  const known = new Map(options.flatMap((option) => option.names.map((name) => [name, option] as const)));
  const given = new Set<string>();
  let count = 0;
  for (let at = 0; at < rest.length; at++) {
    const token = rest[at]!;
    if (token === "--") return { wrong: undefined, given, count: count + rest.length - at - 1 };
    if (!isOption(token)) {
      count += 1;
      continue;
    }
    const [flag = token] = token.split("=", 1);
    const option = known.get(flag);
    if (option === undefined) {
      const batch = /^-[A-Za-z]{2,}$/.test(token) && [...token.slice(1)].every((letter) => known.has(`-${letter}`));
      if (batch || flag === "-h" || flag === "--help") continue;
      return { wrong: `there is no option "${flag}"${didYouMean(flag, known.keys())}`, given, count };
    }
    given.add(longName(option));
    if (!option.takesValue) {
      if (token.includes("="))
        return { wrong: `${flag} takes no value: leave "${token.slice(flag.length)}" out`, given, count };
      continue;
    }
    if (token.includes("=")) continue;
    const value = rest[++at];
    if (value === undefined || isOption(value))
      return { wrong: `${flag} needs a value: ${flag} ${valueName(longName(option), values)}`, given, count };
  }
  return { wrong: undefined, given, count };
};

const wrongWith = (spec: CommandSpec, rest: readonly string[], program: Values): string | undefined => {
  const values = { ...program, ...spec.values };
  const { wrong, given, count } = read(spec, rest, values);
  if (wrong !== undefined) return wrong;
  const required = spec.arguments.filter(({ kind }) => kind === "required");
  if (count < required.length) return `${required[count]?.name.toUpperCase()} is missing`;
  const most = spec.arguments.some(({ kind }) => kind === "rest") ? Number.POSITIVE_INFINITY : spec.arguments.length;
  if (count > most) {
    const extra = rest.filter((token) => !isOption(token)).at(-1) ?? "";
    return `"${extra.slice(0, 100)}" is one argument too many: put a name with spaces into quotes`;
  }
  const missing = spec.options.filter((option) => option.required && !given.has(longName(option)));
  if (missing.length === 0) return undefined;
  return `say ${missing.map((option) => `${longName(option)} ${valueName(longName(option), values)}`).join(" and ")}`;
};

/** What the parser could not take. `fallback`: what it said itself, for what is not known here. */
export const complaint = (typed: Typed, fallback: string): string => {
  const { program, argv, specs, values } = typed;
  const words = wordsOf(argv);
  const found = commandIn(specs, words);
  const named = found !== undefined && (found.depth > 0 || words.length === 0) ? found : undefined;
  if (named === undefined) {
    if (words.length > depthOf(specs, words)) return unknownCommand(typed, words);
    const flag = argv.find(isOption);
    const said = flag === undefined ? fallback : `there is no option "${flag}" without a command`;
    return `${[program, ...words].join(" ")}: ${said}\n\`${[program, ...words, "--help"].join(" ")}\` says what there is`;
  }
  const { spec, depth } = named;
  const name = [program, ...(spec.paths[0] ?? [])].join(" ");
  const said = wrongWith(spec, argv.slice(depth), values) ?? fallback;
  return [
    `${name}: ${said}`,
    `usage: ${program} ${usageText(spec, values)}`,
    `\`${name} --help\` says what each is`,
  ].join("\n");
};

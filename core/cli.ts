import { Builtins, Cli, type Command, type CommandClass } from "clipanion";
import { armFailpoints } from "#core/adapters/node-failpoints";
import { CommandLine } from "#core/command-line";
import { EXIT_CODES, exitCodeOf, messageOf } from "#core/errors";
import { platformProblem } from "#core/platform";
import { below, commandIn, complaint, wordsOf } from "#core/terminal/complaint";
import { helpLines } from "#core/terminal/help";
import { ownLook } from "#core/terminal/look";
import { overviewLines } from "#core/terminal/overview";
import type { Printed } from "#core/terminal/printed";
import { type CommandSpec, specOf, type Values } from "#core/terminal/spec";
import { VERSION } from "#core/version";

/** Commands that begin with the same word, loaded when it is typed: a program starts faster that reads only what it runs. */
export interface CommandGroup {
  /** Their first words; [] is loaded whatever is typed. */
  readonly words: readonly string[];
  readonly load: () => Promise<readonly CommandClass[]>;
}

/** One program: what `--help` and `--version` call it, and what it can do. */
export interface Program {
  readonly name: string;
  readonly label: string;
  readonly groups: readonly CommandGroup[];
  /** What each command prints with -o json, by its words: help says it. */
  readonly printed?: () => Promise<Printed>;
  /** What its help calls the value of an option, where another program means something else by it. */
  readonly values?: Values;
}

/** For a program whose commands are few. */
export const always = (commands: readonly CommandClass[]): readonly CommandGroup[] => [
  { words: [], load: async () => commands },
];

/** The commands that a first word may name: those of its groups, or all of them when there is no such word. */
export const commandsFor = async (
  { groups }: Pick<Program, "groups">,
  word: string | undefined,
): Promise<readonly CommandClass[]> => {
  const known = groups.some(({ words }) => word !== undefined && words.includes(word));
  const wanted = groups.filter(({ words }) => !known || words.length === 0 || words.includes(word!));
  return (await Promise.all(wanted.map(({ load }) => load()))).flat();
};

/** What was typed cannot be understood: clipanion marks all its complaints, whatever their class, with a member of its name. */
const isUsage = (error: unknown): error is Error => error instanceof Error && "clipanion" in error;

const HELP = new Set(["-h", "--help"]);
const VERSIONS = new Set(["-v", "--version"]);

/** `clusterio help storage` is `clusterio storage --help`. */
const asTyped = (argv: readonly string[]): readonly string[] =>
  argv[0] === "help" ? [...argv.slice(1).filter((arg) => !HELP.has(arg)), "--help"] : argv;

/** A program or a group by itself, or with --help: undefined when a command was named. */
const groupOf = (argv: readonly string[], specs: readonly CommandSpec[]): readonly string[] | undefined => {
  const words = wordsOf(argv);
  if (!argv.slice(words.length).every((arg) => HELP.has(arg))) return undefined;
  if (words.length === 0 && argv.length === 0 && commandIn(specs, []) !== undefined) return undefined;
  return commandIn(specs, words)?.depth === words.length && words.length > 0
    ? undefined
    : below(specs, words).length > 0
      ? words
      : undefined;
};

/** The lines of what a command prints for programs. */
const printsOf = async ({ printed }: Program, { paths }: CommandSpec): Promise<readonly string[]> => {
  const shape = (await printed?.())?.[(paths[0] ?? []).join(" ")];
  // Schemas are read by whoever asks for help, and by nobody else.
  return shape === undefined ? [] : (await import("#core/terminal/printed")).shapeText(shape).split("\n");
};

/**
 * The same for every program: refuses a machine that it does not run on in one line, tells bad arguments on standard error
 * without colours and ends with 2; the command's own exit code otherwise.
 */
export const runCli = async (program: Program, given = process.argv.slice(2)): Promise<void> => {
  const problem = platformProblem(process.platform, process.arch);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = EXIT_CODES.unavailable;
    return;
  }
  try {
    armFailpoints(process.env);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
    return;
  }
  const { name, label, values = {} } = program;
  const argv = asTyped(given);
  if (argv.length === 1 && VERSIONS.has(argv[0]!)) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const look = ownLook();
  const commands = await commandsFor(program, argv[0]);
  const specs = commands.map(specOf);
  const group = groupOf(argv, specs);
  if (group !== undefined) {
    const lines = overviewLines({ name, label, version: VERSION }, { specs, words: group, look });
    process.stdout.write(`${lines.join("\n")}\n`);
    return;
  }
  const named = argv.some((arg) => HELP.has(arg)) ? commandIn(specs, wordsOf(argv)) : undefined;
  if (named !== undefined && named.depth > 0 && !named.spec.hidden) {
    const prints = await printsOf(program, named.spec);
    process.stdout.write(`${helpLines({ program: name, spec: named.spec, values, prints }, look).join("\n")}\n`);
    return;
  }
  const { colours: enableColors } = look;
  const cli = new CommandLine({ binaryName: name, binaryLabel: label, binaryVersion: VERSION, enableColors }, values);
  for (const command of [...commands, Builtins.HelpCommand]) cli.register(command);
  let command: Command;
  try {
    command = cli.process([...argv], Cli.defaultContext);
  } catch (error) {
    if (!isUsage(error)) throw error;
    const [first = ""] = error.message.split("\n", 1);
    process.stderr.write(`${complaint({ program: name, argv, specs, values }, first)}\n`);
    process.exitCode = EXIT_CODES["bad-input"];
    return;
  }
  process.exitCode = await cli.run(command, Cli.defaultContext);
};

import { Builtins, Cli, type Command, type CommandClass } from "clipanion";
import { armFailpoints } from "#core/adapters/node-failpoints";
import { CommandLine } from "#core/command-line";
import { EXIT_CODES, exitCodeOf, messageOf } from "#core/errors";
import { platformProblem } from "#core/platform";
import { VERSION } from "#core/version";

/** One program: what `--help` and `--version` call it, and what it can do. */
export interface Program {
  readonly name: string;
  readonly label: string;
  readonly commands: readonly CommandClass[];
  /** What its help calls the value of an option, where another program means something else by it. */
  readonly values?: Readonly<Record<string, string>>;
}

/** What was typed cannot be understood: clipanion marks all its complaints, whatever their class, with a member of its name. */
const isUsage = (error: unknown): error is Error => error instanceof Error && "clipanion" in error;

/**
 * The same for every program: refuses a machine that it does not run on in one line, tells bad arguments on standard error
 * without colours and ends with 2; the command's own exit code otherwise.
 */
export const runCli = async (
  { name, label, commands, values }: Program,
  argv = process.argv.slice(2),
): Promise<void> => {
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
  const enableColors = process.stdout.isTTY === true;
  const cli = new CommandLine({ binaryName: name, binaryLabel: label, binaryVersion: VERSION, enableColors }, values);
  for (const command of [...commands, Builtins.HelpCommand, Builtins.VersionCommand]) cli.register(command);
  let command: Command;
  try {
    command = cli.process(argv, Cli.defaultContext);
  } catch (error) {
    if (!isUsage(error)) throw error;
    process.stderr.write(cli.error(error, { colored: false }));
    process.exitCode = EXIT_CODES["bad-input"];
    return;
  }
  process.exitCode = await cli.run(command, Cli.defaultContext);
};

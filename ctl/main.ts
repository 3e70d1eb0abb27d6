#!/usr/bin/env node
import { Builtins, Cli, type Command } from "clipanion";
import { CommandLine } from "#core/command-line";
import { EXIT_CODES } from "#core/errors";
import { VERSION } from "#core/version";
import { AUDIT_COMMANDS } from "#ctl/audit/command";
import { platformProblem } from "#ctl/platform";
import { UpCommand } from "#ctl/up/command";

const BAD_ARGUMENTS = EXIT_CODES["bad-input"];

const newCli = (): Cli => {
  const cli = new CommandLine({
    binaryLabel: "Clusterio on JetStream",
    binaryName: "clusterio",
    binaryVersion: VERSION,
    enableColors: process.stdout.isTTY === true,
  });
  for (const command of [UpCommand, ...AUDIT_COMMANDS, Builtins.HelpCommand, Builtins.VersionCommand])
    cli.register(command);
  return cli;
};

/** What was typed cannot be understood: clipanion marks all its complaints, whatever their class, with a member of its name. */
const isUsage = (error: unknown): error is Error => error instanceof Error && "clipanion" in error;

const main = async (argv: string[]): Promise<number> => {
  const problem = platformProblem(process.platform, process.arch);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    return EXIT_CODES.unavailable;
  }
  const cli = newCli();
  let command: Command;
  try {
    command = cli.process(argv, Cli.defaultContext);
  } catch (error) {
    if (!isUsage(error)) throw error;
    process.stderr.write(cli.error(error, { colored: false }));
    return BAD_ARGUMENTS;
  }
  return cli.run(command, Cli.defaultContext);
};

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

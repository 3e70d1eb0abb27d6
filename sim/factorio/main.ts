#!/usr/bin/env node
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { armFailpoints } from "#core/adapters/node-failpoints";
import { readPaths } from "#sim/factorio/config";
import { type Console, openConsole } from "#sim/factorio/console";
import { createMap } from "#sim/factorio/create-map";
import { FlagError, type Flags, parseFlags, parseLists } from "#sim/factorio/flags";
import type { ListFiles } from "#sim/factorio/lists";
import { lockWriteData } from "#sim/factorio/lock";
import { serve } from "#sim/factorio/serve";
import { printHeader, versionLines } from "#sim/factorio/startup";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where nothing is said, the game has its lists in write-data. */
const listFiles = (argv: readonly string[], writeData: string): ListFiles => {
  const { admins, bans, whitelist, useWhitelist } = parseLists(argv);
  return {
    admins: admins ?? join(writeData, "server-adminlist.json"),
    bans: bans ?? join(writeData, "server-banlist.json"),
    whitelist: whitelist ?? join(writeData, "server-whitelist.json"),
    useWhitelist,
  };
};

/** Runs what the flags ask for under the lock of write-data; resolves with the exit code. */
const run = async (flags: Flags, argv: readonly string[]): Promise<number> => {
  const paths = readPaths(flags.config, flags.modDirectory);
  mkdirSync(paths.writeData, { recursive: true });
  mkdirSync(paths.mods, { recursive: true });
  const unlock = lockWriteData(paths.writeData);
  const console: Console = openConsole(paths.writeData, { rotate: !flags.noLogRotation, consoleLog: flags.consoleLog });
  try {
    printHeader(console, { paths, argv, line: flags.gameLine });
    if (flags.create !== undefined) createMap(flags, paths, console);
    else return await serve(flags, paths, console, listFiles(argv, paths.writeData));
    return 0;
  } catch (error) {
    console.error("Main.cpp:1045", messageOf(error));
    console.info(
      "ServerMultiplayerManager.cpp:808",
      "updateTick(0) changing state from(CreatingGame) to(InitializationFailed)",
    );
    return 1;
  } finally {
    unlock();
    console.line("Goodbye");
  }
};

const main = async (argv: readonly string[]): Promise<number> => {
  let flags: Flags;
  try {
    armFailpoints(process.env);
    flags = parseFlags(argv);
    if (flags.version) {
      process.stdout.write(`${versionLines(flags.gameLine).join("\n")}\n`);
      return 0;
    }
    if (flags.create === undefined && flags.startServer === undefined && !flags.startServerLoadLatest) {
      throw new FlagError("one of --create, --start-server, --start-server-load-latest is needed");
    }
  } catch (error) {
    process.stdout.write(`Error: ${messageOf(error)}\n`);
    return 1;
  }
  try {
    return await run(flags, argv);
  } catch (error) {
    process.stdout.write(`Error: ${messageOf(error)}\n`);
    return 1;
  }
};

// Standard input may be open for ever: leaving is said, not waited for.
main(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));

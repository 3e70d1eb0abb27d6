import { randomInt } from "node:crypto";
import type { Paths } from "#sim/factorio/config";
import { checkMapSettings, readMapGenSettings } from "#sim/factorio/config";
import type { Console } from "#sim/factorio/console";
import type { Flags } from "#sim/factorio/flags";
import { Game } from "#sim/factorio/game";
import { saveFile, writeSave } from "#sim/factorio/saves";
import { carryOut } from "#sim/factorio/script-output";
import { printMods, printScripts } from "#sim/factorio/startup";

const SEED_MAX = 4294967295;

/** `--create FILE`: makes a map, saves it, and is done. */
export const createMap = (flags: Flags, paths: Paths, console: Console): void => {
  const file = saveFile(flags.create ?? "");
  const game = Game.prepare({ modDirectory: paths.mods, line: flags.gameLine });
  printMods(console, game);
  console.line(`Creating new map ${file}`);
  const { seed, settings } = readMapGenSettings(flags.mapGenSettings);
  checkMapSettings(flags.mapSettings);
  game.startMap(flags.mapGenSeed ?? seed ?? randomInt(SEED_MAX), settings);
  printScripts(console, game);
  // What on_init and tick 0 wrote; nothing else can be asked of a process that ends.
  carryOut(game.drain(), paths.scriptOutput, console);
  console.info("MainLoop.cpp:437", `Saving map as ${file}`);
  writeSave(file, (name) => game.save(name));
  console.info("MainLoop.cpp:448", "Saving progress: 100.000000%");
  game.close();
};

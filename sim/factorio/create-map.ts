import { randomInt } from "node:crypto";
import type { Paths } from "#sim/factorio/config";
import { readSeed } from "#sim/factorio/config";
import type { Console } from "#sim/factorio/console";
import type { Flags } from "#sim/factorio/flags";
import { Game } from "#sim/factorio/game";
import { saveFile, writeSave } from "#sim/factorio/saves";
import { printMods, printScripts } from "#sim/factorio/startup";

const SEED_MAX = 4294967295;

/** `--create FILE`: makes a map, saves it, and is done. */
export const createMap = (flags: Flags, paths: Paths, console: Console): void => {
  const file = saveFile(flags.create ?? "");
  const game = Game.prepare({ modDirectory: paths.mods, line: flags.gameLine });
  printMods(console, game);
  console.line(`Creating new map ${file}`);
  game.startMap(flags.mapGenSeed ?? readSeed(flags.mapGenSettings) ?? randomInt(SEED_MAX));
  printScripts(console, game);
  console.info("MainLoop.cpp:437", `Saving map as ${file}`);
  writeSave(file, (name) => game.save(name));
  console.info("MainLoop.cpp:448", "Saving progress: 100.000000%");
  game.close();
};

import { createHash } from "node:crypto";
import type { Paths } from "#sim/factorio/config";
import type { Console } from "#sim/factorio/console";
import { startedAt } from "#sim/factorio/console";
import type { Game } from "#sim/factorio/game";
import { GAME_VERSIONS, type GameLine } from "#sim/factorio/game-version";

const banner = (line: GameLine): string => `${GAME_VERSIONS[line]} (build 84539, linux64, headless, stand-in)`;

/** What `--version` prints. */
export const versionLines = (line: GameLine): string[] => [
  `Version: ${banner(line)}`,
  "Binary version: 64",
  "Map input version: 1.0.0-0",
  `Map output version: ${GAME_VERSIONS[line]}-0`,
];

/** The game hides the password in the arguments that it logs, and so do we. */
const shownArguments = (argv: readonly string[]): string =>
  argv.map((argument, i) => (argv[i - 1] === "--rcon-password" ? '"<private>"' : `"${argument}"`)).join(" ");

/** What the game prints before it looks at its mods. */
export const printHeader = (console: Console, run: { paths: Paths; argv: readonly string[]; line: GameLine }): void => {
  const { paths, argv, line } = run;
  console.line(`${startedAt}; Factorio ${banner(line)}`);
  console.line("Operating system: Linux");
  console.line(`Program arguments: "factorio" ${shownArguments(argv)}`);
  console.line(`Write data path: ${paths.writeData}`);
  console.line("System info: [CPU: stand-in, RAM: 1 MB]");
};

const checksum = (text: string): number => createHash("sha256").update(text).digest().readUInt32BE(0);

const STAGES = [
  "settings.lua",
  "settings-updates.lua",
  "settings-final-fixes.lua",
  "data.lua",
  "data-updates.lua",
  "data-final-fixes.lua",
];

/** One line for each mod and stage, checksums, and the line that ends the start. */
export const printMods = (console: Console, game: Game): void => {
  for (const stage of STAGES) {
    for (const mod of game.mods) {
      if (!mod.files.has(stage)) continue;
      const what = stage.startsWith("settings") ? "Loading mod settings" : "Loading mod";
      console.line(`${what} ${mod.name} ${mod.version} (${stage})`);
    }
  }
  for (const mod of game.mods) console.line(`Checksum for ${mod.name}: ${checksum([...mod.files.values()].join(""))}`);
  console.line("Factorio initialised");
};

export const printScripts = (console: Console, game: Game): void => {
  console.line("Checksum for script __level__/control.lua: 2722821277");
  for (const mod of game.mods) {
    const script = mod.files.get("control.lua");
    if (script !== undefined) console.line(`Checksum for script __${mod.name}__/control.lua: ${checksum(script)}`);
  }
};

import { createSocket } from "node:dgram";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Paths, readServerSettings } from "#sim/factorio/config";
import type { Console } from "#sim/factorio/console";
import type { Flags } from "#sim/factorio/flags";
import { Game } from "#sim/factorio/game";
import { type ListFiles, Lists } from "#sim/factorio/lists";
import { RconServer } from "#sim/factorio/rcon-server";
import { existingSave, latestSave } from "#sim/factorio/saves";
import { Server } from "#sim/factorio/server";
import { printMods, printScripts } from "#sim/factorio/startup";

/** An empty table would be an object. */
const ONLINE = `local names = {} for _, player in ipairs(game.connected_players) do names[#names + 1] = player.name end
  return #names == 0 and "[]" or names`;
const LOADING = "18446744073709551615"; // what the game calls the tick before there is a map

const state = (console: Console, tick: number | string, from: string, to: string) =>
  console.info("ServerMultiplayerManager.cpp:808", `updateTick(${tick}) changing state from(${from}) to(${to})`);

/** A start that can't go on; the line is what the game prints. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** The game port is UDP; nobody plays here, but two servers can't have the same one. */
const bindGamePort = (port: number, host: string): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      reject(new StartError("MultiplayerManager failed: Host address is already in use."));
    });
    socket.bind(port, host, () => resolve(() => socket.close()));
  });

const checkLists = (files: readonly string[]): void => {
  for (const file of files) {
    if (!existsSync(file)) continue;
    const parsed = z.array(z.unknown()).safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (!parsed.success) throw new StartError(`${file}: a JSON array was expected`);
  }
};

const findSave = (flags: Flags, paths: Paths): string => {
  const file = flags.startServerLoadLatest
    ? latestSave(paths.saves)
    : existingSave(flags.startServer ?? "", paths.saves);
  if (file === undefined) throw new StartError(`File ${flags.startServer ?? paths.saves} does not exist`);
  return file;
};

/** The game rewrites mod-list.json from memory when it ends. */
const writeModList = (paths: Paths, game: Game): void => {
  const file = join(paths.mods, "mod-list.json");
  const listed = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { mods: { name: string }[] }).mods : [];
  const loaded = game.mods.filter((mod) => mod.name !== "core").map((mod) => ({ name: mod.name, enabled: true }));
  const others = listed.filter((entry) => !loaded.some((mod) => mod.name === entry.name));
  writeFileSync(file, `${JSON.stringify({ mods: [...loaded, ...others] }, undefined, 2)}\n`);
};

const openMap = (flags: Flags, paths: Paths, console: Console) => {
  const game = Game.prepare({ modDirectory: paths.mods, line: flags.gameLine });
  printMods(console, game);
  const file = findSave(flags, paths);
  state(console, LOADING, "Ready", "PreparedToHostGame");
  state(console, LOADING, "PreparedToHostGame", "CreatingGame");
  console.line(`Loading map ${file}: ${statSync(file).size} bytes.`);
  game.openSave(readFileSync(file));
  printScripts(console, game);
  game.eval("for _, player in ipairs(game.connected_players) do test.leave(player.name) end");
  if (flags.players > 0) game.eval(`for i = 1, ${flags.players} do test.join("player-" .. i) end`);
  return { game, file };
};

/** Lines on standard input are commands; their replies are printed bare. Its end does not end the server. */
const readInput = (server: Server, console: Console): void => {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("error", () => {});
  process.stdin.on("end", () => console.error("Util.cpp:95", "Can't read from standard input any more."));
  process.stdin.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") server.enqueue({ line, reply: (text) => text !== "" && console.bare(text.trimEnd()) });
    }
  });
};

/** Takes signals from the start on; one that comes too early to save for is acted on as soon as there is a server. */
const takeSignals = (console: Console) => {
  let received = false;
  let act = () => {};
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      console.line(`Received ${signal}, shutting down`);
      received = true;
      act();
    });
  }
  return {
    attach: (stop: () => void) => {
      act = stop;
      if (received) stop();
    },
  };
};

/** `--start-server`: loads a save and runs it until it is told to stop. Resolves with the exit code. */
export const serve = async (flags: Flags, paths: Paths, console: Console, files: ListFiles): Promise<number> => {
  const signals = takeSignals(console);
  const settings = readServerSettings(flags.serverSettings);
  checkLists(flags.lists);
  const { game, file } = openMap(flags, paths, console);
  const closeGamePort = await bindGamePort(flags.port, flags.bind);
  console.line(`Hosting game at IP ADDR:({${flags.bind}:${flags.port}})`);
  state(console, game.now(), "CreatingGame", "InGame");
  const lists = new Lists(files, console, {
    online: () => z.array(z.string()).parse(JSON.parse(game.eval(ONLINE))),
    leave: (name) => void game.eval(`test.leave(${JSON.stringify(name)})`),
  });
  const server = new Server({ game, console, flags, paths, settings, file, lists });
  const rcon = new RconServer(flags.rconPassword, (command) => server.enqueue(command));
  if (flags.rcon) {
    const { host, port } = flags.rcon;
    const bound = await rcon.listen(host, port).catch(() => {
      throw new StartError("Can't bind socket: Address already in use");
    });
    console.info("RemoteCommandProcessor.cpp:131", `Starting RCON interface at IP ADDR:({${host}:${bound}})`);
  }
  signals.attach(() => server.stop("signal"));
  readInput(server, console);
  const exitCode = await server.run();
  rcon.close();
  closeGamePort();
  writeModList(paths, game);
  game.close();
  return exitCode;
};

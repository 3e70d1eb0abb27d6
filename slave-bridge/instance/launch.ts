import { pinOf, saveProblem } from "#bridge/factorio/choose";
import type { ProcessId, SaveFile, SpawnOrder } from "#bridge/game/port";
import type { ChosenGame } from "#bridge/install";
import { type Paths, writeServer } from "#bridge/instance/folder";
import { choosePorts, type TakenPort } from "#bridge/instance/game-ports";
import {
  type Choice,
  chooseSave,
  GIVEN_SAVE,
  given,
  type Lineage,
  MADE_SAVE,
  NEXT_SAVE,
  startFileFor,
} from "#bridge/instance/lineage";
import { installMods } from "#bridge/instance/mods";
import { limitsOf } from "#bridge/instance/policy";
import type { InstanceRecord, ServerRecord } from "#bridge/instance/record";
import { secretsOf } from "#bridge/instance/secrets";
import { setTornAside } from "#bridge/instance/set-aside";
import { configIni, serverSettings } from "#bridge/instance/settings";
import { listArguments } from "#bridge/people/game-lists";
import type { BridgeContext, Ports } from "#bridge/ports";
import { messageOf } from "#core/errors";
import { failpoint } from "#core/failpoints";
import type { ListModes } from "#core/people/lists";
import { randomText } from "#core/ports/random";

/** Makes an instance's folder ready and starts the game in it. */

/** 32 characters of 36: 165 bits. */
const PASSWORD_CHARACTERS = 32;
const RCON_ADDRESS = "127.0.0.1";
/** What earlier starts printed, beside the present one's. */
const CONSOLE_BYTES_MAX_AT_START = 0;

const text = (content: string) => new TextEncoder().encode(content);

/** Everything but the save: settings, mods, the folders that the game or we expect. */
export const writeFiles = async (
  { settings, ports }: BridgeContext,
  paths: Paths,
  record: InstanceRecord,
  { install, mods }: ChosenGame,
): Promise<void> => {
  const { disk, game } = ports;
  const secrets = await secretsOf(disk, settings.dir, record.config);
  await disk.write(paths.config, text(configIni(install.readData, paths.folder)));
  await disk.write(paths.settings, text(serverSettings(record.config, secrets)));
  // The folder must be there to be watched before the game writes its first report.
  await disk.write(`${paths.reports}/clusterio/.bridge`, text("followed by clusterio-bridge\n"));
  await installMods({ disk, files: game }, paths, mods);
};

/** @throws ClusterioError `bad-input` when what is needed is not here (GV1, GV3). */
export const chosenGame = async (
  { games, settings, ports }: BridgeContext,
  paths: Paths,
  record: InstanceRecord,
): Promise<ChosenGame> => {
  const limits = limitsOf(record.config);
  if (games === undefined) return { install: settings.install, mods: settings.mods, limits };
  const pinned = pinOf(record.config);
  const save = pinned === undefined ? saveToCome(await ports.game.saves(paths.saves), record) : undefined;
  const madeBy = save === undefined ? undefined : await ports.game.saveVersion(`${paths.saves}/${save}`);
  const { install, mods } = await games.choose(pinned, madeBy);
  return { install, mods, limits };
};

/** The save that the next start takes, if it takes one. */
const saveToCome = (saves: readonly SaveFile[], { config, lineage, loaded }: InstanceRecord): string | undefined => {
  const opens = (wanted: string | undefined) => saves.some(({ name, opens }) => name === wanted && opens);
  if (opens(NEXT_SAVE)) return NEXT_SAVE;
  if (config.save !== loaded && opens(config.save)) return config.save;
  const choice = chooseSave(lineage, saves);
  return choice.kind === "start" ? choice.save : undefined;
};

/** GV2 */
const opened = async ({ game }: Ports, paths: Paths, { install }: ChosenGame, choice: Choice): Promise<Choice> => {
  if (choice.kind !== "start") return choice;
  const madeBy = await game.saveVersion(`${paths.saves}/${choice.save}`);
  const message = saveProblem(choice.save, madeBy, install);
  return message === undefined ? choice : { kind: "stuck", message };
};

export interface Prepared {
  readonly chosen: ChosenGame;
  readonly lineage: Lineage;
  readonly choice: Choice;
  /** Saves that were cut off while being written and are out of the way now: what to tell an operator. */
  readonly torn: string | undefined;
  /** The configuration's save, once it is taken. */
  readonly loaded?: string;
}

/** Takes an operator's save, if there is one, and says which save is to be started. */
export const prepare = async (context: BridgeContext, paths: Paths, record: InstanceRecord): Promise<Prepared> => {
  const chosen = await chosenGame(context, paths, record);
  await writeFiles(context, paths, record, chosen);
  const { choice, ...found } = await chooseSaveOf(context, paths, record);
  return { ...found, choice: await opened(context.ports, paths, chosen, choice), chosen };
};

/** An operator's save, or the one that this world wrote last. */
const chooseSaveOf = async (
  context: BridgeContext,
  paths: Paths,
  record: InstanceRecord,
): Promise<Omit<Prepared, "chosen">> => {
  const { game } = context.ports;
  const saves = await game.saves(paths.saves);
  const next = saves.find(({ name }) => name === NEXT_SAVE);
  if (next?.opens === true) {
    await game.copy(`${paths.saves}/${NEXT_SAVE}`, `${paths.saves}/${GIVEN_SAVE}`);
    await game.remove(`${paths.saves}/${NEXT_SAVE}`);
    return { lineage: given(record.lineage), choice: { kind: "start", save: GIVEN_SAVE, own: false }, torn: undefined };
  }
  if (next !== undefined) {
    const message = `saves/${NEXT_SAVE} does not open: choose a whole one with clusterio save restore, or remove it`;
    return { lineage: record.lineage, choice: { kind: "stuck", message }, torn: undefined };
  }
  const configured = await configuredSave(context, paths, record, saves);
  if (configured !== undefined) return configured;
  const torn = await setTornAside(context, paths, saves);
  const choice = chooseSave(record.lineage, saves);
  if (choice.kind === "create") await game.remove(`${paths.saves}/${MADE_SAVE}`);
  return { lineage: record.lineage, choice, torn };
};

/** The save that the configuration names: taken once, as one that an operator put there. */
const configuredSave = async (
  { ports: { game } }: BridgeContext,
  paths: Paths,
  { config, lineage, loaded }: InstanceRecord,
  saves: readonly SaveFile[],
): Promise<Omit<Prepared, "chosen"> | undefined> => {
  const { save } = config;
  if (save === undefined || save === loaded) return undefined;
  const found = saves.find(({ name }) => name === save);
  if (found?.opens !== true) {
    const what = found === undefined ? "is not there" : "does not open";
    const message = `saves/${save}, which the instance is to start from, ${what}: clusterio save list shows what there is; set save to another, or unset it`;
    return { lineage, choice: { kind: "stuck", message }, torn: undefined };
  }
  await game.copy(`${paths.saves}/${save}`, `${paths.saves}/${GIVEN_SAVE}`);
  const choice: Choice = { kind: "start", save: GIVEN_SAVE, own: false };
  return { lineage: given(lineage), choice, torn: undefined, loaded: save };
};

export const orderOf = ({ install, limits }: ChosenGame, paths: Paths, args: readonly string[]): SpawnOrder => ({
  command: install.command,
  args: [...install.args, "--config", paths.config, "--mod-directory", paths.mods, ...args],
  cwd: paths.folder,
  output: paths.console,
  ...(limits === undefined ? {} : { limits }),
});

/** Starts the process that makes the first save and ends. */
export const createSave = async (
  { ports: { game } }: BridgeContext,
  paths: Paths,
  record: InstanceRecord,
  chosen: ChosenGame,
): Promise<ProcessId> => {
  await game.bound(paths.console, CONSOLE_BYTES_MAX_AT_START);
  const seed = ["--map-gen-seed", String(record.config.seed)];
  return game.spawn(orderOf(chosen, paths, ["--create", `${paths.saves}/${MADE_SAVE}`, ...seed]));
};

/** The ports that it would get now. @throws ClusterioError when a fixed one cannot be had, or none of the slave's range. */
export const portsFor = (
  { settings, ports }: BridgeContext,
  { config }: InstanceRecord,
  { install }: ChosenGame,
  taken: readonly TakenPort[],
): Promise<{ game: number; rcon: number }> => {
  const { gameAddress, gamePorts: range } = settings;
  return choosePorts(ports.game, { gameAddress, range, config, taken, binary: install.command });
};

export interface StartOrder {
  readonly record: InstanceRecord;
  readonly save: string;
  readonly chosen: ChosenGame;
  /** Ports of the slave's other instances. */
  readonly taken: readonly TakenPort[];
  /** Which lists of players the cluster keeps. */
  readonly modes: ListModes;
}

/** Starts the server on a copy of the save (S9). Its record is on disk before it runs, and complete once its pid is known. */
export const startServer = async (
  context: BridgeContext,
  paths: Paths,
  { record, save, chosen, taken, modes }: StartOrder,
): Promise<ServerRecord> => {
  const { disk, game, journal, random } = context.ports;
  await game.bound(paths.console, CONSOLE_BYTES_MAX_AT_START);
  const file = startFileFor(save);
  await game.copy(`${paths.saves}/${save}`, `${paths.saves}/${file}`);
  const { game: gamePort, rcon: rconPort } = await portsFor(context, record, chosen, taken);
  const password = randomText(random, PASSWORD_CHARACTERS);
  const { version } = chosen.install;
  const draft: ServerRecord = { process: null, gamePort, rconPort, password, save, file, version };
  await writeServer(disk, paths, draft);
  failpoint("server.spawning");
  const process = await game.spawn(
    orderOf(chosen, paths, [
      ...listArguments(paths.folder, modes),
      ...["--start-server", `${paths.saves}/${file}`, "--server-settings", paths.settings],
      ...["--port", String(gamePort), "--bind", context.settings.gameAddress],
      ...["--rcon-bind", `${RCON_ADDRESS}:${rconPort}`, "--rcon-password", password],
    ]),
  );
  failpoint("server.spawned");
  const server = { ...draft, process };
  await writeServer(disk, paths, server).catch((error: unknown) => {
    // It runs, so it is there (S1), and the record without its number finds it as well.
    journal("error", `${record.instance}: the record of process ${process.pid} is not complete: ${messageOf(error)}`);
  });
  return server;
};

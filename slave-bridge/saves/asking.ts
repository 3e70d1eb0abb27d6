import type { ProcessExit, SpawnOrder } from "#bridge/game/port";
import type { ChosenGame } from "#bridge/install";
import { askingPaths, type Paths } from "#bridge/instance/folder";
import { orderOf } from "#bridge/instance/launch";
import { configIni, modList } from "#bridge/instance/settings";
import type { BridgeContext } from "#bridge/ports";
import { ANSWER_FILE, ASKING_MOD, askingMod } from "#bridge/saves/asking-mod";
import { type MapSettings, settingsIn } from "#bridge/saves/exchange-answer";
import type { Vault } from "#bridge/saves/vault";
import { refused, unavailable } from "#core/errors";
import { readExchangeString } from "#core/saves/exchange-string";
import { newerThan } from "#core/saves/zip";

/**
 * Asks an instance's own game what a map exchange string holds (docs/adr/0091): it makes a small map that nobody wants, with the
 * instance's mods and one of ours, which reads the string.
 *
 * EX1 it runs in a folder of its own with a configuration of its own: nothing of the instance's is written.
 * EX2 its folder and its process are gone when the answer is there, whatever the answer is. A bridge that ended in between: the
 *     next one ends the process and removes the folder before it does anything for the instance.
 * EX3 what cannot be carried over exactly is refused, never left out.
 */

/** As many as the mods' own settings for a hundred planets might need. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const LAST_LINES = 8;
/** Generated in no time, and as large as maps that are known to be made. */
const SMALL_MAP = { width: 64, height: 64 };

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export interface Question {
  readonly paths: Paths;
  /** Its mods are in the instance's folder already. */
  readonly chosen: ChosenGame;
  readonly exchangeString: string;
  readonly msMax: number;
}

/** @throws ClusterioError `bad-input` for a string that the game does not read, `refused` and `unavailable` when nobody answered. */
export const askGame = async (context: BridgeContext, vault: Vault, question: Question): Promise<MapSettings> => {
  const { install } = question.chosen;
  const { text, version } = readExchangeString(question.exchangeString);
  if (newerThan(version, install.version))
    throw refused(
      `this map exchange string was made by ${version}: the instance runs ${install.version}, which cannot read it`,
    );
  const at = askingPaths(question.paths);
  await vault.remove(at.folder);
  try {
    await writeQuestion(context, question, at, text);
    return settingsIn(await answered(context, vault, question, at), install.name);
  } finally {
    await vault.remove(at.folder);
  }
};

/** EX1 */
const writeQuestion = async (
  { ports: { disk, game } }: BridgeContext,
  { paths, chosen: { install } }: Question,
  at: Paths,
  text: string,
): Promise<void> => {
  await game.copy(paths.mods, at.mods);
  for (const [name, content] of askingMod(install.line, text))
    await disk.write(`${at.mods}/${ASKING_MOD}_1.0.0/${name}`, encode(content));
  const list = await disk.read(paths.modList);
  await disk.write(at.modList, encode(modList(list === undefined ? undefined : decode(list), [ASKING_MOD])));
  await disk.write(at.config, encode(configIni(install.readData, at.folder)));
  await disk.write(settingsFile(at), encode(JSON.stringify(SMALL_MAP)));
};

const settingsFile = (at: Paths): string => `${at.folder}/map-gen-settings.json`;

const answered = async (
  context: BridgeContext,
  vault: Vault,
  { chosen, msMax }: Question,
  at: Paths,
): Promise<string> => {
  const { disk, game } = context.ports;
  const args = ["--create", `${at.folder}/map.zip`, "--map-gen-settings", settingsFile(at), "--map-gen-seed", "1"];
  const exit = await runGame(context, orderOf(chosen, at, args), msMax);
  if (exit === "late")
    throw unavailable(
      `the game has not said within ${msMax / 1_000} s what the map exchange string holds: it was ended`,
    );
  const file = `${at.reports}/${ANSWER_FILE}`;
  const bytes = (await vault.stat(file))?.bytes;
  if (exit.code === 0 && bytes !== undefined && bytes <= ANSWER_BYTES_MAX)
    return decode((await disk.read(file)) ?? new Uint8Array());
  const lines = await game.lastLines(at.console, LAST_LINES);
  const said = lines.length === 0 ? "it printed nothing" : `its last lines:\n${lines.join("\n")}`;
  throw refused(
    `the game was asked what the map exchange string holds and ended with code ${exit.code ?? "?"}; ${said}`,
  );
};

/** A process of the game that ends by itself, or is ended. */
export const runGame = async (
  { ports }: BridgeContext,
  order: SpawnOrder,
  msMax: number,
): Promise<ProcessExit | "late"> => {
  const { clock, game } = ports;
  const process = await game.spawn(order);
  const ended = new Promise<ProcessExit>((resolve) => game.watch(process, resolve));
  let late = false;
  const cancel = clock.after(msMax, () => {
    late = true;
    game.signal(process, "SIGKILL");
  });
  const exit = await ended;
  cancel();
  return late ? "late" : exit;
};

import type { Paths } from "#bridge/instance/folder";
import { chosenGame, orderOf, writeFiles } from "#bridge/instance/launch";
import type { InstanceRecord } from "#bridge/instance/record";
import type { BridgeContext } from "#bridge/ports";
import { askGame, runGame } from "#bridge/saves/asking";
import type { Vault } from "#bridge/saves/vault";
import { badInput, refused, unavailable } from "#core/errors";
import type { MapOptions } from "#core/events/saves";

/** Has the game make a new map for a stopped instance. The caller keeps it from being started meanwhile (S1). */

/** Ten times what a rich preset takes on a slow machine; the same when the game is asked first what an exchange string holds. */
const MAKE_MS_MAX = 110_000;
/** A small map is made in seconds; loading many mods takes longer. */
const ASK_MS_MAX = MAKE_MS_MAX / 2;
const LAST_LINES = 8;

export interface MapOrder {
  readonly paths: Paths;
  readonly record: InstanceRecord;
  readonly map: MapOptions;
  /** Where the game writes it. */
  readonly file: string;
}

const jsonOf = (text: string, what: string): Uint8Array => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("no object");
  } catch (error) {
    throw badInput(`${what} are not a JSON object: give a file like the game's example`, error);
  }
  return new TextEncoder().encode(text);
};

/** @throws ClusterioError `refused` with the game's last lines when it made none. */
export const makeMap = async (context: BridgeContext, vault: Vault, order: MapOrder): Promise<void> => {
  const { paths, record, file } = order;
  const { clock, disk, game } = context.ports;
  const until = clock.now() + MAKE_MS_MAX;
  const folder = paths.incoming;
  const { exchangeString } = order.map;
  const chosen = await chosenGame(context, paths, record);
  await writeFiles(context, paths, record, chosen);
  const question = { paths, chosen, msMax: ASK_MS_MAX };
  const map =
    exchangeString === undefined
      ? order.map
      : { seed: order.map.seed, ...(await askGame(context, vault, { ...question, exchangeString })) };
  const args = ["--create", file];
  const given = [
    [map.mapGenSettings, "--map-gen-settings", "map-gen-settings.json", "the map generator's settings"],
    [map.mapSettings, "--map-settings", "map-settings.json", "the map's settings"],
  ] as const;
  for (const [text, flag, name, what] of given) {
    if (text === undefined) continue;
    await disk.write(`${folder}/${name}`, jsonOf(text, what));
    args.push(flag, `${folder}/${name}`);
  }
  // The settings may bring a seed of their own.
  const seed = map.seed ?? (map.mapGenSettings === undefined ? record.config.seed : undefined);
  if (seed !== undefined) args.push("--map-gen-seed", String(seed));
  if (map.preset !== undefined) args.push("--preset", map.preset);
  // The game makes the file, not the folder.
  await disk.write(`${folder}/.bridge`, new Uint8Array());
  await game.bound(paths.console, 0);
  const exit = await runGame(context, orderOf(chosen, paths, args), until - clock.now());
  const lines = await game.lastLines(paths.console, LAST_LINES);
  if (exit === "late") throw unavailable(`the game has not made a map within ${MAKE_MS_MAX / 1_000} s: it was ended`);
  if (exit.code !== 0 || (await vault.stat(file)) === undefined) {
    const said = lines.length === 0 ? "it printed nothing" : `its last lines:\n${lines.join("\n")}`;
    throw refused(`the game made no map (code ${exit.code ?? "?"}); ${said}`);
  }
};

import { z } from "zod";
import { badInput, unavailable } from "#core/errors";

/**
 * What a game said a map exchange string holds, as the two files that `--create` takes. Both have the API's own keys; what Lua
 * spells in another way than the files is put right here, and nothing else is touched. Pure.
 */

/** As text. */
export interface MapSettings {
  readonly mapGenSettings: string;
  readonly mapSettings: string;
}

const table = z.record(z.string(), z.unknown());
const answer = z.union([z.object({ problem: z.string() }), z.object({ map_gen_settings: table, map_settings: table })]);

/** Lists that may be empty: Lua has one empty table for both. */
const LISTS = [
  "map_gen_settings.starting_points",
  "map_gen_settings.territory_settings.units",
  "map_settings.path_finder.overload_levels",
  "map_settings.path_finder.overload_multipliers",
];

/** @throws ClusterioError `bad-input` when the game did not read the string, or it holds what no file can. */
export const settingsIn = (text: string, game: string): MapSettings => {
  const said = answer.safeParse(parsed(text));
  if (!said.success) throw unavailable(`${game} answered in another shape what the map exchange string holds`);
  if ("problem" in said.data)
    throw badInput(`${game} does not read this map exchange string: ${said.data.problem.slice(0, 500)}`);
  const { map_gen_settings, map_settings } = said.data;
  const gen = asFile("map_gen_settings", map_gen_settings) as Record<string, unknown>;
  // "Random for each map" is 0 in a string, and null in a file.
  if (gen.seed === 0) gen.seed = null;
  return { mapGenSettings: JSON.stringify(gen), mapSettings: JSON.stringify(asFile("map_settings", map_settings)) };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const asFile = (path: string, value: unknown): unknown => {
  if (value === null || (typeof value === "number" && !Number.isFinite(value)))
    throw badInput(`this map exchange string has no finite number for ${path}: no settings file can hold that`);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item, at) => asFile(`${path}[${at + 1}]`, item));
  const entries = Object.entries(value);
  if (entries.length === 0 && LISTS.includes(path)) return [];
  return Object.fromEntries(entries.map(([key, item]) => [key, asFile(`${path}.${key}`, item)]));
};

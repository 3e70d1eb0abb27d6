import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GameLine } from "#sim/factorio/game-version";
import { parseLocale } from "#sim/factorio/locale";
import { LuaState } from "#sim/factorio/lua-state";
import { gameIn, loadMods, type Mod } from "#sim/factorio/mods";

/** The names in `defines`, as nested tables of numbers. */
export interface Defines {
  readonly [name: string]: number | Defines;
}

export interface DataStageOptions {
  /** The `data/` folder of an installed game: core, base and what else was bought. */
  readonly dataDirectory: string;
  /** Folder with the mod. */
  readonly modDirectory: string;
  readonly line: GameLine;
  /** The whole interface's `defines`: a game's own data uses many. */
  readonly defines: Defines;
  /** Whose prototypes are looked at: those whose names begin so. */
  readonly prefix: string;
}

interface Found {
  readonly prototypes: readonly string[] | object;
  readonly paths: readonly { readonly path: string; readonly where: string }[] | object;
  readonly missing: readonly string[] | object;
}

/** `helpers.table_to_json` writes an empty list as {}. */
const list = <T>(value: readonly T[] | object): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : []);

/** Kinds of prototypes that players read the name of, and the locale section that it stands in. */
const NAMED: Readonly<Record<string, string>> = {
  item: "item-name",
  technology: "technology-name",
  recipe: "recipe-name",
  fluid: "fluid-name",
  "virtual-signal": "virtual-signal-name",
};
const ENTITY = /chest|container|tank|combinator|accumulator|interface/;

const fileOf = (path: string, mods: readonly Mod[]): string | undefined => {
  const [, name = "", rest = ""] = /^__([^/]+)__\/(.*)$/.exec(path) ?? [];
  const folder = mods.find((mod) => mod.name === name)?.folder;
  return folder === undefined ? undefined : join(folder, rest);
};

const textsOf = (mods: readonly Mod[]): ReadonlySet<string> =>
  new Set(
    mods.flatMap(({ files }) =>
      [...files].flatMap(([path, text]) =>
        /^locale\/en\/.*\.cfg$/.test(path) ? parseLocale(text).map(([key]) => key) : [],
      ),
    ),
  );

/** A recipe or item without a text of its own has that of what it makes or places. */
const hasName = (id: string, texts: ReadonlySet<string>): boolean => {
  const [type = "", name = ""] = id.split("/");
  const section = NAMED[type] ?? (ENTITY.test(type) ? "entity-name" : undefined);
  if (section === undefined) return true;
  const inherited =
    type === "recipe" ? ["item-name", "entity-name", "fluid-name"] : type === "item" ? ["entity-name"] : [];
  return [section, ...inherited].some((each) => texts.has(`${each}.${name}`));
};

/**
 * Runs the game's own data stage with a mod on top, in the same Lua, and looks whether everything that the mod's
 * prototypes name is there: other prototypes, files, English names. Returns the prototypes seen and what is missing.
 * @throws LuaError with the game's words when a stage fails, ModError when the mods cannot be loaded.
 */
export const checkDataStage = (options: DataStageOptions): { prototypes: readonly string[]; problems: string[] } => {
  const builtIn = gameIn(options.dataDirectory, options.line);
  const mods = loadMods(options.modDirectory, options.line, builtIn);
  const state = new LuaState();
  try {
    const { line, defines } = options;
    const version = builtIn.find(({ name }) => name === "base")?.version ?? line;
    const flags = { game_version: version, game_line: line, startup_settings: {}, global_settings: {} };
    state.call("options", JSON.stringify({ ...flags, server: true, defines, any_prototype: true }));
    for (const mod of mods)
      for (const [path, source] of mod.files)
        if (path.endsWith(".lua")) state.call("mod_file", `${mod.name}/${path}\n${source}`);
    const loaded = JSON.stringify(mods.map(({ name, version: v, title }) => ({ name, version: v, title })));
    const found = JSON.parse(state.call("data_stage", `${options.prefix}\n${loaded}`)) as Found;
    const texts = textsOf(mods);
    const prototypes = list<string>(found.prototypes);
    const lost = list<{ path: string; where: string }>(found.paths).filter(({ path }) => {
      const file = fileOf(path, mods);
      return file === undefined || !existsSync(file);
    });
    return {
      prototypes,
      problems: [
        ...list<string>(found.missing),
        ...lost.map(({ path, where }) => `${where}: there is no file ${path}`),
        ...prototypes.filter((id) => !hasName(id, texts)).map((id) => `${id}: it has no English name`),
      ],
    };
  } finally {
    state.close();
  }
};

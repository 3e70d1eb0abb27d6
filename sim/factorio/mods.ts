import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { z } from "zod";
import { compareVersions, type Dependency, loadOrder, parseDependency, problemsOf } from "#sim/factorio/dependencies";
import { GAME_VERSIONS, type GameLine } from "#sim/factorio/game-version";
import { runtimeFiles } from "#sim/factorio/package-files";

/** A mod as it is loaded: its Lua files and its English texts. */
export interface Mod {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly dependencies: readonly Dependency[];
  /** Path below the mod's folder -> source. */
  readonly files: ReadonlyMap<string, string>;
  /** Where its other files are, when it is a folder. */
  readonly folder?: string;
}

/** The mods can't be loaded; the message is what the game would print. */
export class ModError extends Error {
  override readonly name = "ModError";
}

const infoSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9_ -]{1,100}$/),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/),
  title: z.string(),
  author: z.string(),
  factorio_version: z.string().regex(/^\d\.\d$/),
  dependencies: z.array(z.string()).default(["base"]),
});

const modListSchema = z.object({
  mods: z.array(z.object({ name: z.string(), enabled: z.boolean(), version: z.string().optional() })),
});

const WANTED = /\.(lua|cfg)$|^info\.json$|^migrations\/[^/]+\.json$/;

const readFolder = (folder: string): Map<string, string> => {
  const files = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    if (WANTED.test(path)) files.set(path, readFileSync(join(folder, path), "utf8"));
  }
  return files;
};

const readZip = (file: string): Map<string, string> => {
  const files = new Map<string, string>();
  const roots = new Set<string>();
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(file)))) {
    const [root = "", ...rest] = path.split("/");
    roots.add(root);
    const below = rest.join("/");
    if (WANTED.test(below)) files.set(below, strFromU8(bytes));
  }
  if (roots.size !== 1) throw new ModError(`${file}: a mod's zip holds exactly one folder, this one has ${roots.size}`);
  return files;
};

const parseMod = (where: string, files: ReadonlyMap<string, string>, line: GameLine): Mod => {
  const text = files.get("info.json");
  if (text === undefined) throw new ModError(`${where}: info.json is missing`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModError(`${where}/info.json: ${error instanceof Error ? error.message : error}`);
  }
  const info = infoSchema.safeParse(json);
  if (!info.success) throw new ModError(`${where}/info.json: ${z.prettifyError(info.error)}`);
  const { name, version, title, factorio_version, dependencies } = info.data;
  if (factorio_version !== line)
    throw new ModError(`${name} ${version} is for Factorio ${factorio_version}, this is ${line}`);
  return {
    name,
    version,
    title,
    files,
    dependencies: dependencies.map((dependency) => {
      const parsed = parseDependency(dependency);
      if (!parsed) throw new ModError(`${where}/info.json: can't read the dependency "${dependency}"`);
      return parsed;
    }),
  };
};

const builtIn = (name: string, dependencies: readonly string[], line: GameLine): Mod => {
  const files = new Map<string, string>();
  for (const [path, source] of runtimeFiles()) {
    if (path.startsWith(`${name}/`)) files.set(`${path.slice(name.length + 1)}.lua`, source);
  }
  return {
    name,
    version: GAME_VERSIONS[line],
    title: name,
    files,
    dependencies: dependencies.flatMap((text) => parseDependency(text) ?? []),
  };
};

const givenInfo = z.object({ version: z.string().optional() });

/**
 * The base game, with quality, out of the `data/` folder of an installed game; its info.json say less than those of mods.
 * @throws ModError when it is not there.
 */
export const gameIn = (dataDirectory: string, line: GameLine): Mod[] =>
  miniature(line).flatMap((mod) => {
    const folder = join(dataDirectory, mod.name);
    if (!existsSync(join(folder, "info.json"))) {
      if (mod.name === "quality") return [];
      throw new ModError(`${folder}/info.json is not there: the data folder of a game has core and base in it`);
    }
    const files = readFolder(folder);
    const info = givenInfo.safeParse(JSON.parse(files.get("info.json") ?? "{}"));
    return [{ ...mod, files, folder, version: info.data?.version ?? mod.version }];
  });

/** Every mod in a folder, as folders or zips. */
const modsIn = (folder: string, line: GameLine): Mod[] =>
  readdirSync(folder)
    .sort()
    .flatMap((entry) => {
      const path = join(folder, entry);
      if (entry.endsWith(".zip")) return [parseMod(entry, readZip(path), line)];
      return statSync(path).isDirectory() && existsSync(join(path, "info.json"))
        ? [{ ...parseMod(entry, readFolder(path), line), folder: path }]
        : [];
    });

/** What mod-list.json switches off, and the versions that it pins. */
const readModList = (folder: string) => {
  const file = join(folder, "mod-list.json");
  if (!existsSync(file)) return [];
  const parsed = modListSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) throw new ModError(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data.mods;
};

const miniature = (line: GameLine): Mod[] => [
  builtIn("core", [], line),
  builtIn("base", ["core"], line),
  builtIn("quality", ["base"], line),
];

/**
 * The enabled mods of a mod directory in load order, the built-in ones first (the miniature game's unless others are given).
 * Of several versions the newest counts.
 */
export const loadMods = (folder: string, line: GameLine, given: readonly Mod[] = miniature(line)): Mod[] => {
  const listed = readModList(folder);
  const chosen = new Map<string, Mod>();
  for (const mod of modsIn(folder, line)) {
    const entry = listed.find((item) => item.name === mod.name);
    const pinned = entry?.version !== undefined && entry.version !== mod.version;
    const rival = chosen.get(mod.name);
    if (entry?.enabled === false || pinned || (rival && compareVersions(rival.version, mod.version) >= 0)) continue;
    chosen.set(mod.name, mod);
  }
  return inLoadOrder([...given, ...chosen.values()]);
};

/** The mod in one folder. */
export const readMod = (folder: string, line: GameLine): Mod => parseMod(folder, readFolder(folder), line);

/** These mods and the miniature game, in load order. */
export const withMiniature = (chosen: readonly Mod[], line: GameLine): Mod[] =>
  inLoadOrder([...miniature(line), ...chosen]);

/** @throws ModError when they can't run together. */
const inLoadOrder = (mods: readonly Mod[]): Mod[] => {
  const problems = problemsOf(mods);
  if (problems.length > 0) throw new ModError(`Failed to load mods: ${problems.join("; ")}`);
  return loadOrder(mods);
};

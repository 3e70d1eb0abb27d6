import { z } from "zod";
import { compareGameVersions, lineOfVersion, parseGameVersion } from "#core/game-version";
import type { ZipEntry } from "#core/saves/zip";

/** What a mod says about itself (info.json, FACTORIO.md), and whether mods can run together. Pure. */

export const modInfo = z.object({
  name: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_ -]{0,98}$/, "letters, digits, - and _"),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/, "a version like 1.2.3"),
  factorio_version: z
    .string()
    .regex(/^\d{1,5}\.\d{1,5}$/)
    .default("0.12"),
  dependencies: z.union([z.array(z.string().max(500)).max(500), z.object({})]).default([]),
});
export type ModInfo = z.infer<typeof modInfo>;

/** Mods that come with the game. */
export const BUILT_IN: readonly string[] = ["base", "core", "elevated-rails", "quality", "space-age", "recycler"];

/** A mod is one folder with an info.json in it. */
export const infoEntryOf = (entries: readonly ZipEntry[]): ZipEntry | string => {
  const folders = new Set(entries.map(({ name }) => name.split("/")[0]));
  if (folders.size !== 1) return "it is not a mod: a mod has one folder, with everything in it";
  const [folder] = folders;
  return entries.find(({ name }) => name === `${folder}/info.json`) ?? "it is not a mod: info.json is missing";
};

interface Dependency {
  readonly name: string;
  readonly kind: "required" | "optional" | "conflict";
  readonly operator?: string;
  readonly version?: string;
}

const DEPENDENCY = /^(!|\?|\(\?\)|~|\+)?\s*([\w-]+(?: [\w-]+)*?)\s*(?:(<=|>=|<|>|=)\s*(\d+(?:\.\d+){1,2}))?$/;

export const dependencyIn = (text: string): Dependency | undefined => {
  const [, prefix, name, operator, version] = DEPENDENCY.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const kind = prefix === "!" ? "conflict" : prefix === undefined || prefix === "~" ? "required" : "optional";
  return { name, kind, ...(operator === undefined || version === undefined ? {} : { operator, version }) };
};

const parts = (version: string) => {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return [major, minor, patch] as const;
};

const satisfies = (version: string, { operator, version: wanted }: Dependency): boolean => {
  if (operator === undefined || wanted === undefined) return true;
  const order = compareGameVersions(parts(version), parts(wanted));
  if (operator === "=") return order === 0;
  if (operator.startsWith("<")) return order < 0 || (operator === "<=" && order === 0);
  return order > 0 || (operator === ">=" && order === 0);
};

export interface PlacedMod {
  readonly info: ModInfo;
  readonly enabled: boolean;
}

/** By name: what will keep a mod, or the game, from starting. What comes with the game is not judged but `base`. */
export const modProblems = (mods: readonly PlacedMod[], game: string): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  const say = (name: string, what: string) => found.set(name, [...(found.get(name) ?? []), what]);
  const on = mods.filter(({ enabled }) => enabled);
  const versions = new Map<string, string[]>();
  for (const { info } of on) versions.set(info.name, [...(versions.get(info.name) ?? []), info.version]);
  for (const [name, all] of versions) if (all.length > 1) say(name, `is there ${all.length} times: ${all.join(", ")}`);
  for (const { info } of on) {
    if (parseGameVersion(game) !== undefined && info.factorio_version !== lineOfVersion(game))
      say(info.name, `is for Factorio ${info.factorio_version}, and this instance runs ${game}`);
    for (const text of Array.isArray(info.dependencies) ? info.dependencies : []) {
      const wanted = dependencyIn(text);
      if (wanted === undefined) {
        say(info.name, `names a dependency that nobody understands: ${text.slice(0, 80)}`);
        continue;
      }
      const there = wanted.name === "base" ? [game] : (versions.get(wanted.name) ?? []);
      if (wanted.kind === "conflict" && there.some((version) => satisfies(version, wanted)))
        say(info.name, `does not go together with ${wanted.name}`);
      if (wanted.kind !== "required" || (BUILT_IN.includes(wanted.name) && wanted.name !== "base")) continue;
      if (there.length === 0) say(info.name, `needs ${text.replace(/^~\s*/, "")}, which is not there or is disabled`);
      else if (!there.some((version) => satisfies(version, wanted)))
        say(info.name, `needs ${text.replace(/^~\s*/, "")}, and ${there.join(", ")} is there`);
    }
  }
  return found;
};

import { basename } from "node:path/posix";
import type { GameFiles, ModSource } from "#bridge/game/port";
import type { Paths } from "#bridge/instance/folder";
import { modList } from "#bridge/instance/settings";
import { listWith, wantedIn } from "#bridge/mods/mod-list";
import { unavailable } from "#core/errors";
import { BUILT_IN } from "#core/mods/info";
import type { Disk } from "#core/ports/disk";

export const OUR_MOD = "clusterio";

/** @throws ClusterioError `unavailable` when the mod's zip is not in the folder. */
export const ourMod = async (files: GameFiles, folder: string): Promise<ModSource> => {
  const found = await files.mods(folder).catch(() => []);
  const zips = found.filter(({ name, path }) => name === OUR_MOD && path.endsWith(".zip"));
  const newest = zips.at(-1);
  if (newest === undefined) {
    throw unavailable(
      `the mod clusterio_<version>.zip is not in ${folder}: run "npm run build", or give --mod-dist DIR`,
    );
  }
  return newest;
};

/** Puts exactly these versions of our mods into the instance's mod folder; what else is there stays. */
export const installMods = async (
  { disk, files }: { disk: Disk; files: GameFiles },
  paths: Paths,
  mods: readonly ModSource[],
): Promise<void> => {
  const wanted = new Map(mods.map((mod) => [mod.name, mod]));
  for (const there of await files.mods(paths.mods).catch(() => [])) {
    const mod = wanted.get(there.name);
    if (mod !== undefined && basename(there.path) !== fileNameOf(mod)) await files.remove(there.path);
  }
  for (const mod of mods) await files.copy(mod.path, `${paths.mods}/${fileNameOf(mod)}`);
  const before = await disk.read(paths.modList);
  const text = modList(before === undefined ? undefined : new TextDecoder().decode(before), [...wanted.keys()]);
  await disk.write(paths.modList, await withWanted({ disk, files }, paths, new TextEncoder().encode(text)));
  await disk.remove(paths.modsWanted);
};

/** What operators enabled, disabled or removed since the last start (MD1). */
const withWanted = async (
  { disk, files }: { disk: Disk; files: GameFiles },
  paths: Paths,
  list: Uint8Array,
): Promise<Uint8Array> => {
  const wanted = wantedIn(await disk.read(paths.modsWanted));
  if (wanted.size === 0) return list;
  const there = new Set((await files.mods(paths.mods).catch(() => [])).map(({ name }) => name));
  return listWith(list, wanted, (name) => wanted.get(name) === false && !there.has(name) && !BUILT_IN.includes(name));
};

const fileNameOf = (mod: ModSource): string => `${mod.name}_${mod.version}${mod.path.endsWith(".zip") ? ".zip" : ""}`;

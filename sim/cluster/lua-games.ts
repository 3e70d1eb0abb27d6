import { RESOURCES } from "#sim/cluster/world";
import { Game } from "#sim/factorio/game";
import { DEFAULT_LINE } from "#sim/factorio/game-version";
import { type Mod, readMod } from "#sim/factorio/mods";
import { packagePath } from "#sim/factorio/package-files";

/** What runs in a Lua state: with our mod or without, and which resources have no prototypes. */
export interface Cast {
  readonly mod: boolean;
  readonly without: ReadonlySet<string>;
  /** Tables are walked through in another order than by who has another number here. */
  readonly order?: number;
  /** A joined client: it answers nothing and writes no files. */
  readonly client?: boolean;
}

/** Each state has some megabytes; a history of six games with four sets of prototypes each is rare. */
const IDLE_STATES_MAX = 16;

/** The mod that has a resource's prototype. */
const MOD_OF: Readonly<Record<(typeof RESOURCES)[number], string>> = {
  "item:ore": "sim-ore",
  "item:plate": "sim-plate",
  "item:gear:rare": "sim-gear",
};

let folders: ReadonlyMap<string, Mod> | undefined;

const mods = (): ReadonlyMap<string, Mod> => {
  if (folders !== undefined) return folders;
  const here = ["sim-hands", ...Object.values(MOD_OF)].map((name) => packagePath(`sim/cluster/mods/${name}`));
  const read = [...here, packagePath(`lua-mod/dist/${DEFAULT_LINE}/clusterio`)].map((path) =>
    readMod(path, DEFAULT_LINE),
  );
  folders = new Map(read.map((mod) => [mod.name, mod]));
  return folders;
};

const modsOf = (cast: Cast): Mod[] => {
  const gone = new Set(RESOURCES.filter((key) => cast.without.has(key)).map((key) => MOD_OF[key]));
  if (!cast.mod) gone.add("clusterio");
  return [...mods().values()].filter(({ name }) => !gone.has(name));
};

const keyOf = ({ mod, without, order, client }: Cast): string =>
  JSON.stringify([mod, [...without].sort(), order, client]);

/** Lua states that are free for another map: making one costs more than everything that a short run does in it. */
const idle = new Map<string, Game[]>();

/** A game of these mods with no map open. */
export const takeGame = (cast: Cast): Game => {
  const free = idle.get(keyOf(cast))?.pop();
  if (free !== undefined) return free;
  const { order, client = false } = cast;
  return Game.prepare({
    mods: modsOf(cast),
    isServer: !client,
    ...(order === undefined ? {} : { shufflePairs: order }),
  });
};

/** What was open in it is gone. */
export const giveGame = (cast: Cast, game: Game): void => {
  const free = idle.get(keyOf(cast)) ?? [];
  const total = [...idle.values()].reduce((sum, { length }) => sum + length, 0);
  if (total >= IDLE_STATES_MAX) {
    game.close();
    return;
  }
  free.push(game);
  idle.set(keyOf(cast), free);
};

import type { Resource } from "#sim/cluster/world";
import { Game } from "#sim/factorio/game";
import { DEFAULT_LINE, type GameLine } from "#sim/factorio/game-version";
import { type Mod, readMod } from "#sim/factorio/mods";
import { packagePath } from "#sim/factorio/package-files";

/** What runs in a Lua state: with our mod or without, and which resources have no prototypes. */
export interface Cast {
  readonly line: GameLine;
  readonly mod: boolean;
  readonly without: ReadonlySet<string>;
  /** What worlds of this kind trade, with or without prototypes. */
  readonly resources: readonly Resource[];
  /** Tables are walked through in another order than by who has another number here. */
  readonly order?: number;
  /** A joined client: it answers nothing and writes no files. */
  readonly client?: boolean;
}

/** Each state has some megabytes; a history of six games with four sets of prototypes each is rare. */
const IDLE_STATES_MAX = 16;

/** The mod that has a resource's prototype. Of energy there is none: this one has what a world keeps it in, and is never gone. */
const MOD_OF: Readonly<Record<Resource, string>> = {
  "item:ore": "sim-ore",
  "item:plate": "sim-plate",
  "item:gear:rare": "sim-gear",
  "fluid:brine:15": "sim-brine",
  energy: "sim-mixed",
};

const folders = new Map<GameLine, readonly Mod[]>();

/** The simulation's own mods are the same for both games, whatever their info.json says. */
const readMods = (line: GameLine): readonly Mod[] => {
  const known = folders.get(line);
  if (known !== undefined) return known;
  const own = ["sim-hands", ...Object.values(MOD_OF)].map((name) =>
    readMod(packagePath(`sim/cluster/mods/${name}`), DEFAULT_LINE),
  );
  const read = [...own, readMod(packagePath(`lua-mod/dist/${line}/clusterio`), line)];
  folders.set(line, read);
  return read;
};

const modsOf = (cast: Cast): Mod[] => {
  const there = new Set(cast.resources.filter((key) => !cast.without.has(key)).map((key) => MOD_OF[key]));
  return readMods(cast.line).filter(
    ({ name }) => name === "sim-hands" || (name === "clusterio" ? cast.mod : there.has(name)),
  );
};

const keyOf = ({ line, mod, without, resources, order, client }: Cast): string =>
  JSON.stringify([line, mod, [...without].sort(), resources, order, client]);

/** Lua states that are free for another map: making one costs more than everything that a short run does in it. */
const idle = new Map<string, Game[]>();

/** A game of these mods with no map open. */
export const takeGame = (cast: Cast): Game => {
  const free = idle.get(keyOf(cast))?.pop();
  if (free !== undefined) return free;
  const { order, client = false } = cast;
  return Game.prepare({
    line: cast.line,
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

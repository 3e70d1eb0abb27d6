import type { SaveFile } from "#bridge/game/port";
import type { WorldId } from "#core/ids";

/**
 * Which save an instance is started from. Pure.
 *
 * S7 a restart takes the newest save that *this world* wrote and that opens ◇. A save is known for the world's own by when it
 *    was written: while a run of this world was known to be this world's.
 * S8 a save that was written between the load of a foreign save and its adoption is never started ◇: until adoption, the
 *    original is started again.
 * S9 a game is always started from a copy: what it writes at its end never overwrites the only good save.
 */
export interface Lineage {
  /** The world that the next start goes on with; "" until the save that was started is known to be one. */
  readonly world: WorldId | "";
  /** The save that this world, or this not yet adopted run, began from. */
  readonly original: string;
  /** The bridge made the original itself: what is written before its adoption holds nothing of anybody else. */
  readonly made: boolean;
  /** When the present or last run was started. */
  readonly startedAt: number;
  /** When what the game wrote was that world's own, oldest first. */
  readonly periods: readonly Period[];
  /** A save that this world wrote did not load: it never goes back to its beginning by itself. */
  readonly fellBack?: true;
}

export interface Period {
  readonly world: WorldId | "";
  readonly from: number;
  readonly to?: number;
}

export const NO_LINEAGE: Lineage = { world: "", original: "", made: false, startedAt: 0, periods: [] };

/** Older ones name saves that are long overwritten. */
const PERIODS_MAX = 50;

/** Put there by an operator: the next start begins from it. */
export const NEXT_SAVE = "next.zip";
const CHOOSE = "choose the one to go on from (clusterio save list, clusterio save restore), then start it";
export const GIVEN_SAVE = "given.zip";
export const MADE_SAVE = "made.zip";
/** Below the saves: what is not started again unless somebody puts it back. */
export const SET_ASIDE = "set-aside";
/** The names that a server writes by itself or on the bridge's order; anything else in the folder is somebody's copy. */
const WRITTEN_BY_GAME = /^(?:world-[ab]|auto-[1-9]|_autosave.*)\.zip$/;

export type Choice =
  | { readonly kind: "start"; readonly save: string; readonly own: boolean }
  | { readonly kind: "create" }
  | { readonly kind: "stuck"; readonly message: string };

const newestFirst = (a: SaveFile, b: SaveFile) => b.writtenAt - a.writtenAt;

const isOwn = (lineage: Lineage, save: SaveFile): boolean =>
  WRITTEN_BY_GAME.test(save.name) &&
  lineage.periods.some(
    ({ world, from, to }) =>
      world === lineage.world && from <= save.writtenAt && save.writtenAt <= (to ?? save.writtenAt),
  );

export const chooseSave = (lineage: Lineage, saves: readonly SaveFile[]): Choice => {
  const opening = saves.filter((save) => save.opens).sort(newestFirst);
  if (lineage.world !== "" || lineage.made) {
    const own = opening.find((save) => isOwn(lineage, save));
    if (own !== undefined) return { kind: "start", save: own.name, own: true };
  }
  if (lineage.fellBack === true) {
    const message = `no save of ${lineage.world} that is left loads (see saves/${SET_ASIDE}): ${CHOOSE}`;
    return { kind: "stuck", message };
  }
  if (lineage.original !== "") {
    if (opening.some((save) => save.name === lineage.original)) {
      return { kind: "start", save: lineage.original, own: lineage.made };
    }
    const whose = lineage.world === "" ? "the save that was started last" : `a save of ${lineage.world}`;
    const message = `${whose} is not there or does not open: ${CHOOSE}`;
    return { kind: "stuck", message };
  }
  const given = opening[0];
  if (given !== undefined) return { kind: "start", save: given.name, own: false };
  // One that we were killed while making is made again.
  if (saves.every((save) => save.name === MADE_SAVE)) return { kind: "create" };
  const names = saves.map((save) => save.name).join(", ");
  return { kind: "stuck", message: `no save in saves/ opens (${names}): remove them to begin a new map` };
};

/** The file that the chosen save is copied to: never the one that it is copied from (S9). */
export const startFileFor = (save: string): string => (save === "world-a.zip" ? "world-b.zip" : "world-a.zip");

/** The next of the five rotating names: one that is not there, else the oldest. */
export const autosaveName = (saves: readonly SaveFile[]): string => {
  const names = [1, 2, 3, 4, 5].map((n) => `auto-${n}`);
  const writtenAt = new Map(saves.map((save) => [save.name, save.writtenAt]));
  const age = (name: string) => writtenAt.get(`${name}.zip`) ?? 0;
  return names.reduce((oldest, name) => (age(name) < age(oldest) ? name : oldest));
};

/** An operator's save takes the place of what was there. */
export const given = ({ fellBack: _, ...lineage }: Lineage): Lineage => ({
  ...lineage,
  world: "",
  original: GIVEN_SAVE,
  made: false,
});

export const made = ({ fellBack: _, ...lineage }: Lineage): Lineage => ({
  ...lineage,
  world: "",
  original: MADE_SAVE,
  made: true,
});

/** The chosen save did not load. */
export const fellBack = (lineage: Lineage, { own }: { readonly own: boolean }): Lineage =>
  own && lineage.world !== "" ? { ...lineage, fellBack: true } : lineage;

/** What the game, or the bridge's orders to it, wrote and did not finish: nobody else's copies are touched. */
export const tornSaves = (saves: readonly SaveFile[]): string[] =>
  saves.filter(({ name, opens }) => !opens && WRITTEN_BY_GAME.test(name)).map(({ name }) => name);

const close = (periods: readonly Period[], now: number): Period[] =>
  periods.map((period) => (period.to === undefined ? { ...period, to: now } : period));

const opened = (lineage: Lineage, from: number, now: number): Lineage => {
  const periods = [...close(lineage.periods, now), { world: lineage.world, from }];
  return { ...lineage, periods: periods.slice(-PERIODS_MAX) };
};

/** A run begins from the chosen save. To be on disk before the game is. */
export const started = (lineage: Lineage, choice: { save: string; own: boolean }, now: number): Lineage => {
  const known: Lineage = {
    ...lineage,
    startedAt: now,
    original: lineage.original === "" ? choice.save : lineage.original,
  };
  return choice.own ? opened(known, now, now) : { ...known, periods: close(known.periods, now) };
};

/** The mod said, or was told, which world this run is. */
export const belongs = (lineage: Lineage, world: WorldId, now: number): Lineage => {
  if (lineage.world === world && lineage.periods.at(-1)?.to === undefined && lineage.periods.length > 0) return lineage;
  const named: Lineage = { ...lineage, world };
  if (lineage.made) {
    const unnamed = lineage.periods.at(-1);
    if (unnamed?.to === undefined && unnamed?.world === "") {
      const periods = lineage.periods.map((period) => (period.world === "" ? { ...period, world } : period));
      return { ...named, periods, made: false };
    }
    // Its own world from the first tick on, and only now do we know.
    return { ...opened(named, lineage.startedAt, lineage.startedAt), made: false };
  }
  // From now, also when the mod said so by itself: it may have been told earlier in this run, in an answer that was lost.
  return opened(named, now, now);
};

/** The same on a machine whose clock differs by so many milliseconds: files' times are moved along. */
export const shiftLineage = (lineage: Lineage, ms: number): Lineage => ({
  ...lineage,
  startedAt: lineage.startedAt + ms,
  periods: lineage.periods.map((period) => ({
    ...period,
    from: period.from + ms,
    ...(period.to === undefined ? {} : { to: period.to + ms }),
  })),
});

/** The game is gone: what appears in the folder now is not its work. */
export const ended = (lineage: Lineage, now: number): Lineage => ({ ...lineage, periods: close(lineage.periods, now) });

/**
 * A world of the simulation: what a history does to one and sees of it, whatever runs inside. There are two kinds: plain
 * TypeScript that keeps the mod's contract (`plain-world`), and the real mod in real Lua (`lua-world`).
 */
export const RESOURCES = ["item:ore", "item:plate", "item:gear:rare"] as const;
/** The same where worlds have a tank and an accumulator each way: energy is never a mod's. */
export const MIXED_RESOURCES = ["item:ore", "fluid:brine:15", "energy"] as const;
export type Resource = (typeof RESOURCES)[number] | (typeof MIXED_RESOURCES)[number];
export type Amounts = Record<string, number>;

/** What stands in a save, running or on disk. Keys are resources; an absent one is 0. */
export interface Look {
  /** "" in a save without an id. */
  readonly instance: string;
  readonly world: string;
  /** The token of the session that the save holds. */
  readonly token: string;
  readonly tick: number;
  /** Of the map. */
  readonly seed: number;
  /** The mod's own totals. */
  readonly exported: Readonly<Amounts>;
  readonly received: Readonly<Amounts>;
  /** What import chests lack: their requests, less what lies there and in the mod's import buffer. */
  readonly wanted: Readonly<Amounts>;
  /** What lies there, counted piece by piece: machines, chests, the mod's import buffer. */
  readonly held: Readonly<Amounts>;
  /** What was made from nothing and what was used up since the map began, as those count it who did it. */
  readonly produced: Readonly<Amounts>;
  readonly consumed: Readonly<Amounts>;
}

/** A save file. It never changes, so that any number of folders may have it; only its own kind of games can open it. */
export interface Save extends Look {}

export interface Opening {
  /** Resources whose prototypes this game does not have: the engine throws such items away (they count as consumed). */
  readonly untakeable: ReadonlySet<string>;
  /** A line that the mod appends to a file in script-output. */
  readonly onLine: (file: string, line: string) => void;
}

/** A running game. Acts say how many items they moved. */
export interface World {
  look(): Look;
  save(): Save;
  /** A console command as RCON sends it, between two ticks; the mod's reply. */
  command(text: string): string;
  pass(ticks: number): void;
  /** Machines make items. */
  produce(resource: Resource, n: number): number;
  /** Inserters bring what machines made to the export chests. */
  collect(resource: Resource, n: number): number;
  /** Sets how many import chests ask for. */
  request(resource: Resource, level: number): void;
  /** Machines use what import chests hold. */
  consume(resource: Resource, n: number): number;
  /** Players carry what import chests hold over to the machines. */
  carry(resource: Resource, n: number): number;
  /** Players put what import chests hold beyond their requests into export chests. */
  giveBack(resource: Resource): number;
  /** A test of the checker: items from nowhere that nobody counts. */
  forge(resource: Resource, n: number): void;
  /** The process is gone: nothing was saved. */
  close(): void;
}

/** One kind of game. */
export interface Games {
  /** What its worlds make, use and trade. */
  readonly resources: readonly Resource[];
  /** A new map, saved at its first tick. */
  newSave(seed: number): Save;
  open(save: Save, opening: Opening): World;
  /** The mod was removed and added again: ids and totals are gone, and what lay in its chests. */
  forget(save: Save): Save;
  /** From now on this is another world's beginning: what it holds, it has made itself. */
  asOrigin(save: Save): Save;
}

export const amountIn = (amounts: Readonly<Amounts>, resource: string): number => amounts[resource] ?? 0;

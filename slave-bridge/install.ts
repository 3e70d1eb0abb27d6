import type { ModSource, ProcessLimits } from "#bridge/game/port";

/** Which game to run; game/adapters/installs.ts finds it. */
export interface Install {
  /** For people: what will run. */
  readonly name: string;
  readonly command: string;
  /** Before the game's own arguments. */
  readonly args: readonly string[];
  /** The game's `read-data`. */
  readonly readData: string;
  /** "2.0.28" */
  readonly version: string;
  /** "2.0" or "2.1": which build of our mod it can load. */
  readonly line: string;
}

/** A game, and our mods as that game can load them. */
export interface ChosenGame {
  /** What the system is to hold it to. */
  readonly limits?: ProcessLimits;
  readonly install: Install;
  /** Put into every instance: ours first. */
  readonly mods: readonly ModSource[];
}

/** The games of this machine, where there is more than the one that the bridge was given. */
export interface Games {
  /**
   * `madeBy`: the version that wrote the save which is to be started.
   * @throws ClusterioError `bad-input` when what is needed is not here.
   */
  choose(pinned: string | undefined, madeBy?: string): Promise<ChosenGame>;
}

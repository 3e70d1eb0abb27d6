/** Which game to run; game/adapters/installs.ts finds it. */
export interface Install {
  /** For people: what will run. */
  readonly name: string;
  readonly command: string;
  /** Before the game's own arguments. */
  readonly args: readonly string[];
  /** The game's `read-data`. */
  readonly readData: string;
  /** "2.0" or "2.1": which build of our mod it can load. */
  readonly line: string;
}

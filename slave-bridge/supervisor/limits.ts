/** How patient the supervisor is. Every limit in milliseconds unless its name says otherwise. */
export interface Limits {
  /** A big map with many mods loads for minutes; after this it is taken for hung. */
  readonly startMs: number;
  /** A game that is up but does not answer on RCON for this long is hung … */
  readonly silenceMs: number;
  /** … unless it said that it is saving: then this long, a slow disk may need it. */
  readonly saveMs: number;
  /** A game that answers but stands at one tick for this long is hung, unless it is paused. */
  readonly stillMs: number;
  /** An orderly stop saves the map first; after this the process is killed. */
  readonly stopMs: number;
  /** A killed process that is still there is killed again this often, with an alarm. */
  readonly killMs: number;
  /** The pause before a restart doubles from the first to the second of these. */
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
  /** A game that ran for less than this died quickly; `quickDeathsMax` of those in a row and nobody tries again. */
  readonly quickMs: number;
  readonly quickDeathsMax: number;
  /** Saves in a row that the game cannot load: more than that and something else is wrong. */
  readonly unloadableMax: number;
}

export const LIMITS: Limits = {
  startMs: 300_000,
  silenceMs: 60_000,
  saveMs: 600_000,
  stillMs: 120_000,
  stopMs: 120_000,
  killMs: 10_000,
  pauseMsMin: 1_000,
  pauseMsMax: 60_000,
  quickMs: 60_000,
  quickDeathsMax: 5,
  unloadableMax: 3,
};

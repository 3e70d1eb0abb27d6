/** The game lines that the stand-in plays, and the version of each that its interface is taken from (typed-factorio). */
export const GAME_VERSIONS = { "2.0": "2.0.77", "2.1": "2.1.9" } as const;

export type GameLine = keyof typeof GAME_VERSIONS;

export const DEFAULT_LINE: GameLine = "2.1";

export const GAME_LINES = Object.keys(GAME_VERSIONS) as readonly GameLine[];

export const isGameLine = (text: string): text is GameLine => Object.hasOwn(GAME_VERSIONS, text);

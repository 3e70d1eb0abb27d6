import { badInput } from "#core/errors";

/** Versions of the game, "2.0.28", and what an instance may ask for instead of one. */
export type GameVersion = readonly [major: number, minor: number, patch: number];

const VERSION = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})$/;
const LINE = /^(\d{1,5})\.(\d{1,5})$/;

export const parseGameVersion = (text: string): GameVersion | undefined => {
  const [, major, minor, patch] = VERSION.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
};

/** Below zero when `a` is older than `b`. */
export const compareGameVersions = (a: GameVersion, b: GameVersion): number =>
  a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

export const CHANNELS = ["stable", "experimental"] as const;
export type Channel = (typeof CHANNELS)[number];
export const isChannel = (text: string): text is Channel => (CHANNELS as readonly string[]).includes(text);

/** What a version may be called by: exactly, by its line, or by the channel that it is the newest of. */
export type Pin =
  | { readonly kind: "exact"; readonly version: string }
  | { readonly kind: "line"; readonly line: string }
  | { readonly kind: "channel"; readonly channel: Channel };

/** @throws ClusterioError `bad-input` */
export const parsePin = (text: string): Pin => {
  if (parseGameVersion(text) !== undefined) return { kind: "exact", version: text };
  if (LINE.test(text)) return { kind: "line", line: text };
  if (isChannel(text)) return { kind: "channel", channel: text };
  throw badInput(
    `"${text.slice(0, 40)}" is no version of Factorio: give one like 2.0.28 or 2.0, stable or experimental`,
  );
};

/** "2.0.28" → "2.0" */
export const lineOfVersion = (version: string): string => version.split(".").slice(0, 2).join(".");

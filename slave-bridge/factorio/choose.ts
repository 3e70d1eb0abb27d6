import type { Channels } from "#bridge/factorio/catalog";
import type { Install } from "#bridge/install";
import { badInput } from "#core/errors";
import { compareGameVersions, lineOfVersion, parseGameVersion, parsePin } from "#core/game-version";
import type { InstanceConfig } from "#core/instance-config";

/**
 * Which of a machine's installs an instance runs. Pure.
 *
 * GV1 a pin never runs another version than it names, and what it names is never fetched by itself.
 * GV2 a save is never started by a game that is older than what wrote it.
 * GV3 without a pin an instance stays in the line of its save (ADR 0097): an install of a newer line never takes it over by itself,
 *     since no game of the older one opens what it writes.
 */
export interface There {
  /** What the bridge was given (`--factorio`, or the stand-in): runs where nothing is pinned, unless it only stands in. */
  readonly given: Install;
  /** Given and standing in: an installed game comes before it. */
  readonly givenStandsIn: boolean;
  readonly installed: readonly Install[];
  /** What each channel was when it was last installed. */
  readonly channels: Channels;
}

const newest = (installs: readonly Install[]): Install | undefined =>
  [...installs].sort((a, b) => compareGameVersions(versionOf(b), versionOf(a)))[0];

const versionOf = ({ version }: Install) => parseGameVersion(version) ?? ([0, 0, 0] as const);

/**
 * `madeBy`: the version that wrote the save which is to be started, where there is one that tells.
 * @throws ClusterioError `bad-input` that says how to get what is needed.
 */
export const chooseInstall = (pinned: string | undefined, there: There, madeBy?: string): Install => {
  const { given, givenStandsIn, installed } = there;
  const real = givenStandsIn ? installed : [given, ...installed];
  // What the machine's own admin gave is his word; what somebody installed beside it is not.
  if (pinned === undefined) return givenStandsIn ? (inLine(madeBy, installed) ?? given) : given;
  const pin = parsePin(pinned);
  const fits = ({ version }: Install): boolean => {
    if (pin.kind === "exact") return version === pin.version;
    return pin.kind === "line" ? lineOfVersion(version) === pin.line : version === there.channels[pin.channel];
  };
  // What stands in for the game is taken only where no real one fits.
  const found = newest(real.filter(fits)) ?? (fits(given) ? given : undefined);
  if (found !== undefined) return found;
  const have = real.map(({ version }) => version).join(", ") || "none";
  throw badInput(
    `it is to run Factorio ${pinned}, which is not installed here (installed: ${have}): clusterio factorio install ${pinned} --slave ID, or set its version otherwise`,
  );
};

/** GV3. undefined where nothing is installed. */
const inLine = (madeBy: string | undefined, installed: readonly Install[]): Install | undefined => {
  const top = newest(installed);
  const saved = madeBy === undefined ? undefined : parseGameVersion(madeBy);
  if (top === undefined || madeBy === undefined || saved === undefined) return top;
  const line = lineOfVersion(madeBy);
  const found = newest(installed.filter(({ version }) => lineOfVersion(version) === line));
  // Older ones are told so by their save (GV2).
  if (found !== undefined || compareGameVersions(versionOf(top), saved) < 0) return found ?? top;
  const have = installed.map(({ version }) => version).join(", ");
  throw badInput(
    `its save was written by Factorio ${madeBy}, and no ${line} is installed here (installed: ${have}): clusterio factorio install ${line} --slave ID; or, for good, since ${line} opens no save of a newer one: clusterio instance config set INSTANCE game=${lineOfVersion(top.version)}`,
  );
};

/** Why a game must not open a save, or undefined. A save that does not tell is left to the game. */
export const saveProblem = (save: string, madeBy: string | undefined, game: Install): string | undefined => {
  const saved = madeBy === undefined ? undefined : parseGameVersion(madeBy);
  const runs = parseGameVersion(game.version);
  if (saved === undefined || runs === undefined || compareGameVersions(saved, runs) <= 0) return undefined;
  return `saves/${save} was written by Factorio ${madeBy}, and this instance runs ${game.version}, which cannot open it: install ${madeBy} and set the instance's version to it, or load an older save`;
};

/** What an instance's configuration pins. */
export const pinOf = (config: InstanceConfig): string | undefined => config.game;

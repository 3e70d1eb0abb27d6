/** What a nats-server must be, and which one is fetched. Nothing here reads or writes anything. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** Older servers ignore options that they do not know, silently. */
export const VERSION_MIN: Version = { major: 2, minor: 14, patch: 0 };
/** The release that is fetched where no server is found. */
export const VERSION_FETCHED = "2.15.1";

/** The version in the output of `nats-server --version`, or in a folder's name. */
export const parseVersion = (text: string): Version | undefined => {
  const match = /(?:^|[\sv])(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:[-+\s]|$)/.exec(text.trim());
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
};

export const compareVersions = (a: Version, b: Version): number =>
  a.major - b.major || a.minor - b.minor || a.patch - b.patch;

export const isNewEnough = (version: Version): boolean => compareVersions(version, VERSION_MIN) >= 0;

export const versionText = ({ major, minor, patch }: Version): string => `${major}.${minor}.${patch}`;

export const REQUIREMENT = `nats-server ${VERSION_MIN.major}.${VERSION_MIN.minor} or newer`;

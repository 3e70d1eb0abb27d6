import { z } from "zod";
import { unavailable } from "#core/errors";
import { CHANNELS, type Channel, type Pin, parseGameVersion } from "#core/game-version";

/** What the game's vendor says that there is (FACTORIO.md): addresses, newest versions, sums. Pure. */

export const OFFICIAL_FACTORIO = "https://www.factorio.com";

export const addressesOf = (base: string) => {
  const root = base.replace(/\/+$/, "");
  return {
    latest: `${root}/api/latest-releases`,
    sums: `${root}/download/sha256sums/`,
    archive: (version: string) => `${root}/get-download/${version}/headless/linux64`,
  };
};

/** `{"stable": {"headless": "2.0.28", …}, "experimental": {…}}`; a channel may be missing. */
const latestReleases = z.object({
  stable: z.object({ headless: z.string() }).partial().exactOptional(),
  experimental: z.object({ headless: z.string() }).partial().exactOptional(),
});

export type Channels = Readonly<Partial<Record<Channel, string>>>;

/** @throws ClusterioError `unavailable` when the text says nothing of the kind. */
export const channelsIn = (text: string, from: string): Channels => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unavailable(`${from} does not tell the newest versions: is it the right address?`);
  }
  const result = latestReleases.safeParse(value);
  if (!result.success) throw unavailable(`${from} does not tell the newest versions: is it the right address?`);
  const channels: Partial<Record<Channel, string>> = {};
  for (const channel of CHANNELS) {
    const version = result.data[channel]?.headless;
    if (version !== undefined && parseGameVersion(version) !== undefined) channels[channel] = version;
  }
  return channels;
};

const LISTED = /^([0-9a-f]{64})\s+\*?(\S+)$/;

/** The sum that the list names for the headless server of a version. */
export const sumOf = (list: string, version: string): string | undefined => {
  for (const line of list.split("\n")) {
    const [, sum, file = ""] = LISTED.exec(line.trim()) ?? [];
    if (sum !== undefined && /headless/.test(file) && file.endsWith(`_${version}.tar.xz`)) return sum;
  }
  return undefined;
};

/** The version that `--version` prints: `Version: 2.0.28 (build 80000, linux64, headless)`. */
export const versionPrinted = (output: string): string | undefined => {
  const version = /^Version: (\S+)/m.exec(output)?.[1];
  return version !== undefined && parseGameVersion(version) !== undefined ? version : undefined;
};

/** The exact version that a word of an operator names. @throws ClusterioError `unavailable` */
export const exactVersion = (pin: Pin, channels: () => Promise<Channels>): Promise<string> =>
  pin.kind === "exact" ? Promise.resolve(pin.version) : newestOf(pin, channels);

const newestOf = async (pin: Pin, channels: () => Promise<Channels>): Promise<string> => {
  const known = await channels();
  if (pin.kind === "channel") {
    const version = known[pin.channel];
    if (version === undefined) throw unavailable(`the vendor names no ${pin.channel} version of the headless server`);
    return version;
  }
  if (pin.kind === "exact") return pin.version;
  // Older versions of a line are on no list for programs: only the newest of a channel is.
  const ofLine = CHANNELS.flatMap((channel) => known[channel] ?? []).find((one) => one.startsWith(`${pin.line}.`));
  if (ofLine !== undefined) return ofLine;
  throw unavailable(`the newest version of ${pin.line} is not known: name one exactly, like ${pin.line}.28`);
};

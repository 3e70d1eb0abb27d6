import { isNewEnough, REQUIREMENT, type Version, versionText } from "#ctl/nats-server/version";

/** Where a nats-server was looked for: the user named it, it is on the PATH, it is in the project's cache. */
export type Place = "named" | "path" | "cache";

/** What is at one place. */
export type Found =
  | { readonly kind: "server"; readonly path: string; readonly version: Version }
  | { readonly kind: "broken"; readonly path: string; readonly reason: string }
  | { readonly kind: "nothing" };

export type Verdict =
  | { readonly kind: "use"; readonly path: string; readonly version: Version }
  /** Go on looking; the line, if any, tells why. */
  | { readonly kind: "skip"; readonly line?: string }
  /** The user named it, so nothing else is taken in its place. */
  | { readonly kind: "refuse"; readonly message: string };

const REMEDY = `name a ${REQUIREMENT} in CLUSTERIO_NATS_SERVER, or unset it to have one found or fetched`;

/** What to do with what is at one place. */
export const judge = (place: Place, found: Found): Verdict => {
  if (found.kind === "server" && isNewEnough(found.version)) {
    return { kind: "use", path: found.path, version: found.version };
  }
  if (found.kind === "nothing") return { kind: "skip" };
  const fault =
    found.kind === "broken"
      ? `${found.path} cannot be run as a nats-server (${found.reason})`
      : `${found.path} is nats-server ${versionText(found.version)}, too old (${REQUIREMENT} is needed)`;
  return place === "named"
    ? { kind: "refuse", message: `${fault}: ${REMEDY}` }
    : { kind: "skip", line: `${fault}: skipped` };
};

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: "amd64",
  arm64: "arm64",
  arm: "arm7",
  ia32: "386",
  riscv64: "riscv64",
  s390x: "s390x",
  ppc64: "ppc64le",
  loong64: "loong64",
};

/** The name of the release's archive for a machine, without ".tar.gz", or undefined when there is none. */
export const releaseName = (version: string, platform: string, arch: string): string | undefined => {
  const cpu = ARCHITECTURES[arch];
  const systems = ["linux", "darwin", "freebsd"];
  return cpu === undefined || !systems.includes(platform) ? undefined : `nats-server-v${version}-${platform}-${cpu}`;
};

/** The SHA-256 that a SHA256SUMS file states for a file, or undefined when it does not list it. */
export const listedHash = (sums: string, file: string): string | undefined => {
  for (const line of sums.split("\n")) {
    const match = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line.trim());
    if (match?.[2] === file) return match[1];
  }
  return undefined;
};

/** What a person is told when no place and no source gave one. */
export const nothingWorks = (failures: readonly string[]): string =>
  [
    `no ${REQUIREMENT} was found, and none could be fetched:`,
    ...failures.map((failure) => `  - ${failure}`),
    "Install one (github.com/nats-io/nats-server/releases, or your distribution's package) so that it is on the PATH,",
    "or point to one: CLUSTERIO_NATS_SERVER=/path/to/nats-server",
  ].join("\n");

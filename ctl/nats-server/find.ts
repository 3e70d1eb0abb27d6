import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { makeFolder } from "#core/adapters/make-folder";
import { packageRoot } from "#core/adapters/package-root";
import { badInput, messageOf, unavailable } from "#core/errors";
import { type Found, judge, nothingWorks, type Place, releaseName } from "#ctl/nats-server/decide";
import { fetchRelease, OFFICIAL_RELEASES } from "#ctl/nats-server/fetch-release";
import {
  compareVersions,
  isNewEnough,
  parseVersion,
  VERSION_FETCHED,
  type Version,
  versionText,
} from "#ctl/nats-server/version";

/**
 * Finds a nats-server: the one that the user named, one on the PATH, one in the cache; else fetches one into the cache,
 * from the project's releases or as the distribution's newer package.
 *
 * N1 what is in the cache is whole and was seen to run: it is put there by one rename, so two installs at once are safe.
 */
export interface FindOptions {
  /** Environment variables: CLUSTERIO_NATS_SERVER, PATH, XDG_CACHE_HOME. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Progress, a line at a time. */
  readonly report: (line: string) => void;
  /** Default: `clusterio/nats-server` in the user's cache folder. Holds `<version>/nats-server`. */
  readonly cacheFolder?: string;
  /** Where releases are; another one in tests. */
  readonly releases?: string;
  /** After so long without an answer a source counts as away (5 s). */
  readonly answerMs?: number;
  /** The script that gets the distribution's package; another one in tests. */
  readonly packageScript?: string;
}

export interface FoundServer {
  readonly path: string;
  readonly version: string;
  readonly from: Place | "release" | "package";
}

/** `nats-server --version` answers at once, unless it is something else. */
const VERSION_MS_MAX = 5_000;
/** A source that does not begin to answer within this time is away. */
const ANSWER_MS_MAX = 5_000;
/** The package's index and the package are 16 MB; each silent connection ends after 5 s by itself. */
const PACKAGE_MS_MAX = 180_000;
const BUSY_RETRIES_MAX = 40;
const BUSY_PAUSE_MS = 50;

/** @throws ClusterioError `bad-input` when the one that the user named cannot be used, `unavailable` when none works. */
export const findNatsServer = async (options: FindOptions): Promise<FoundServer> => {
  const cache = options.cacheFolder ?? defaultCache(options.env);
  const places: [Place, () => Promise<Found>][] = [
    ["named", () => lookNamed(options.env.CLUSTERIO_NATS_SERVER)],
    ["path", () => lookOnPath(options.env.PATH ?? "")],
    ["cache", () => lookInCache(cache)],
  ];
  for (const [place, look] of places) {
    const verdict = judge(place, await look());
    if (verdict.kind === "use") return { path: verdict.path, version: versionText(verdict.version), from: place };
    if (verdict.kind === "refuse") throw badInput(verdict.message);
    if (verdict.line !== undefined) options.report(verdict.line);
  }
  return fetchOne(options, cache);
};

const defaultCache = (env: FindOptions["env"]): string => {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache");
  return join(base, "clusterio", "nats-server");
};

const lookNamed = async (path: string | undefined): Promise<Found> =>
  path === undefined || path === "" ? { kind: "nothing" } : look(path);

const lookOnPath = async (path: string): Promise<Found> => {
  for (const folder of path.split(delimiter)) {
    if (folder !== "" && (await isExecutable(join(folder, "nats-server")))) return look(join(folder, "nats-server"));
  }
  return { kind: "nothing" };
};

/** The newest one that is new enough. */
const lookInCache = async (cache: string): Promise<Found> => {
  const names = await readdir(cache).catch(() => []);
  const versions = names
    .map((name) => ({ name, version: parseVersion(name) }))
    .filter(
      (entry): entry is { name: string; version: Version } => entry.version !== undefined && isNewEnough(entry.version),
    )
    .sort((a, b) => compareVersions(b.version, a.version));
  for (const { name } of versions) {
    const found = await look(join(cache, name, "nats-server"));
    if (found.kind === "server") return found;
  }
  return { kind: "nothing" };
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const look = async (path: string): Promise<Found> => {
  try {
    const version = parseVersion(await versionOutput(path));
    return version === undefined
      ? { kind: "broken", path, reason: "it does not tell its version" }
      : { kind: "server", path, version };
  } catch (error) {
    return { kind: "broken", path, reason: reasonOf(error) };
  }
};

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code?.toString() ?? messageOf(error);

/** A file that was just written may still be open for writing in a child of another thread: that passes. */
const versionOutput = async (path: string): Promise<string> => {
  for (let tries = 1; ; tries++) {
    try {
      return await new Promise<string>((resolve, reject) => {
        execFile(path, ["--version"], { timeout: VERSION_MS_MAX }, (error, out) =>
          error ? reject(error) : resolve(out),
        );
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ETXTBSY" || tries >= BUSY_RETRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
    }
  }
};

const fetchOne = async (options: FindOptions, cache: string): Promise<FoundServer> => {
  const failures: string[] = [];
  for (const from of ["release", "package"] as const) {
    try {
      await makeFolder(cache);
      const staging = join(cache, `.install-${randomBytes(6).toString("hex")}`);
      await mkdir(staging, { mode: 0o755 });
      try {
        if (from === "release") await stageRelease(options, staging);
        else await stagePackage(options, staging);
        return { ...(await install(staging, cache)), from };
      } finally {
        await rm(staging, { recursive: true, force: true });
      }
    } catch (error) {
      const failure = `${from === "release" ? "the official release" : "the distribution's package"}: ${messageOf(error)}`;
      options.report(failure);
      failures.push(failure);
    }
  }
  throw unavailable(nothingWorks(failures));
};

const stageRelease = async (options: FindOptions, staging: string): Promise<void> => {
  const name = releaseName(VERSION_FETCHED, process.platform, process.arch);
  if (name === undefined) throw unavailable(`there is none for ${process.platform} on ${process.arch}`);
  options.report(`fetching nats-server ${VERSION_FETCHED} (${name}.tar.gz)`);
  const base = options.releases ?? OFFICIAL_RELEASES;
  const binary = await fetchRelease({
    base,
    version: VERSION_FETCHED,
    name,
    answerMs: options.answerMs ?? ANSWER_MS_MAX,
  });
  await writeFile(join(staging, "nats-server"), binary);
};

const stagePackage = async (options: FindOptions, staging: string): Promise<void> => {
  const script = options.packageScript ?? join(packageRoot(), "scripts", "get-nats.sh");
  options.report("fetching the distribution's newer nats-server package (nothing is installed on the system)");
  const child = spawn("sh", [script, staging], {
    stdio: ["ignore", "ignore", "pipe"],
    env: process.env,
  });
  const timer = setTimeout(() => child.kill("SIGTERM"), PACKAGE_MS_MAX);
  let last = "";
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
    createInterface({ input: child.stderr }).on("line", (line) => {
      if (line.trim() === "") return;
      last = line;
      options.report(`  ${line}`);
    });
    const code = await ended;
    if (code !== 0) throw unavailable(`scripts/get-nats.sh ended with ${code ?? "a signal"}${last && `: ${last}`}`);
  } finally {
    clearTimeout(timer);
  }
};

/** N1 */
const install = async (staging: string, cache: string): Promise<{ path: string; version: string }> => {
  const staged = join(staging, "nats-server");
  await chmod(staged, 0o755);
  const found = await look(staged);
  if (found.kind !== "server")
    throw unavailable(`what was fetched cannot be run (${found.kind === "broken" ? found.reason : ""})`);
  const version = versionText(found.version);
  if (!isNewEnough(found.version)) throw unavailable(`what was fetched is nats-server ${version}, too old`);
  const path = join(cache, version, "nats-server");
  await makeFolder(join(cache, version));
  await rename(staged, path);
  return { path, version };
};

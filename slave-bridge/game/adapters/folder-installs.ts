import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { addressesOf, type Channels, channelsIn, exactVersion, sumOf } from "#bridge/factorio/catalog";
import type { ArchiveMust, FactorioInstalls, Installed, InstallProgress, OnProgress } from "#bridge/factorio/port";
import { factorioInstall } from "#bridge/game/adapters/installs";
import { sumOfFile, unpack, versionIn } from "#bridge/game/adapters/unpack";
import type { Install } from "#bridge/install";
import { downloadBytes, downloadFile } from "#core/adapters/download";
import { lockFolder } from "#core/adapters/folder-lock";
import { makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { syncFolder } from "#core/adapters/sync-folder";
import { badInput, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { ARCHIVE_BYTES_MAX } from "#core/events/command";
import { compareGameVersions, isChannel, type Pin, parseGameVersion, parsePin } from "#core/game-version";

/**
 * Installs of the game in a folder, one beside the other: `<folder>/<version>/bin/x64/factorio` (an adapter).
 *
 * GI1 what stands under a version's name is whole, was verified and said that version: it comes there by one rename.
 * GI2 what a killed install left behind is gone on with (the download) or removed (the rest), never used.
 */
export interface FolderInstallsOptions {
  readonly folder: string;
  /** Where the vendor's pages are. */
  readonly releases: string;
  /** A server that does not begin to answer within this time is away (10 s). */
  readonly answerMs?: number;
  /** Between two tries of a download that broke (1 s). */
  readonly againMs?: number;
}

const PAGE_BYTES_MAX = 4 * 1024 * 1024;
const ANSWER_MS_MAX = 10_000;
const STAGING = /^\.unpacking-/;

export const folderInstalls = (options: FolderInstallsOptions): FactorioInstalls => {
  const folder = resolve(options.folder);
  const channelsFile = join(folder, "channels.json");
  const addresses = addressesOf(options.releases);
  const limits = { answerMs: options.answerMs ?? ANSWER_MS_MAX, bytesMax: PAGE_BYTES_MAX };

  const page = async (url: string): Promise<string> => new TextDecoder().decode(await downloadBytes(url, limits));

  const channels = async (): Promise<Channels> => {
    const bytes = await nodeDisk.read(channelsFile);
    return bytes === undefined ? {} : (JSON.parse(new TextDecoder().decode(bytes)) as Channels);
  };

  const list = async (): Promise<readonly Install[]> => {
    const names = await readdir(folder).catch(() => []);
    const versions = names.flatMap((name) => {
      const version = parseGameVersion(name);
      return version === undefined ? [] : [{ name, version }];
    });
    versions.sort((a, b) => compareGameVersions(a.version, b.version));
    return versions.flatMap(({ name }) => {
      try {
        return [{ ...factorioInstall(join(folder, name)), name: `Factorio ${name}`, version: name }];
      } catch (error) {
        // A version that our mod is not built for, or that somebody took apart: not offered, and `remove` takes it away.
        if (!isClusterioError(error)) throw error;
        return [];
      }
    });
  };

  const exists = (path: string): Promise<boolean> =>
    stat(path).then(
      () => true,
      () => false,
    );

  /** GI1: unpacked beside its place, asked for its version, renamed. */
  const place = async (archive: string, wanted: string | undefined, signal?: AbortSignal): Promise<Installed> => {
    const staging = join(folder, `.unpacking-${randomBytes(6).toString("hex")}`);
    await mkdir(staging, { mode: 0o755 });
    try {
      await unpack(archive, staging, signal);
      const [only, ...others] = await readdir(staging);
      if (only === undefined || others.length > 0)
        throw badInput(`${archive} is no archive of the game: there is one folder in those`);
      const unpacked = join(staging, only);
      const version = await versionIn(unpacked);
      if (wanted !== undefined && version !== wanted)
        throw refused(`${archive} holds Factorio ${version}, not ${wanted}: it is not installed`);
      factorioInstall(unpacked);
      const at = join(folder, version);
      if (await exists(at)) return { version, there: true };
      await rename(unpacked, at);
      await syncFolder(folder);
      return { version, there: false };
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  };

  /** GI2, and one at a time: the daemon's and a person's install would clear away each other's. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    await ready();
    const unlock = await lockFolder(
      join(folder, "lock"),
      (owner) => `an install in ${folder} is held by ${owner}: wait for it`,
    );
    try {
      await clear();
      return await work();
    } finally {
      await unlock();
    }
  };

  const ready = async (): Promise<void> => {
    try {
      await makeFolder(folder);
    } catch (error) {
      throw unavailable(`the folder ${folder} cannot be used: ${messageOf(error)}`, error);
    }
  };

  const clear = async (): Promise<void> => {
    try {
      for (const name of await readdir(folder))
        if (STAGING.test(name)) await rm(join(folder, name), { recursive: true, force: true });
    } catch (error) {
      throw unavailable(`the folder ${folder} cannot be used: ${messageOf(error)}`, error);
    }
  };

  const download = async (
    version: string,
    on: (p: Omit<InstallProgress, "version">) => void,
    signal: AbortSignal | undefined,
  ) => {
    const wanted = sumOf(await page(addresses.sums), version);
    if (wanted === undefined)
      throw unavailable(`${addresses.sums} lists no headless server ${version}: it is not installed unverified`);
    const path = join(folder, `.download-${version}.part`);
    const url = addresses.archive(version);
    for (const last of [false, true]) {
      const before = await exists(path);
      await downloadFile(url, path, {
        answerMs: limits.answerMs,
        bytesMax: ARCHIVE_BYTES_MAX,
        onProgress: (done, total) => on({ phase: "downloading", done, ...(total === undefined ? {} : { total }) }),
        ...(options.againMs === undefined ? {} : { againMs: options.againMs }),
        ...(signal === undefined ? {} : { signal }),
      });
      on({ phase: "verifying", done: 0 });
      const sum = await sumOfFile(path);
      if (sum === wanted) return path;
      await rm(path, { force: true });
      // Two halves of two files: once more, from its beginning.
      if (!before || last) throw refused(`${url} is not what the vendor published (SHA-256 ${sum}): not installed`);
    }
    return path;
  };

  const installOne = async (
    wanted: string,
    pin: Pin,
    { onProgress, signal }: { onProgress: OnProgress; signal: AbortSignal | undefined },
  ): Promise<Installed> => {
    onProgress({ version: wanted, phase: "asking", done: 0 });
    const asked = async () => channelsIn(await page(addresses.latest), addresses.latest);
    const version = await exactVersion(pin, asked);
    const on = (progress: Omit<InstallProgress, "version">) => onProgress({ version, ...progress });
    let installed: Installed = { version, there: true };
    if (!(await exists(join(folder, version)))) {
      const archive = await download(version, on, signal);
      on({ phase: "unpacking", done: 0 });
      installed = await place(archive, version, signal);
      await rm(archive, { force: true });
    }
    if (isChannel(wanted)) {
      const known = { ...(await channels()), [wanted]: version };
      await nodeDisk.write(channelsFile, new TextEncoder().encode(`${JSON.stringify(known)}\n`));
    }
    return installed;
  };

  const installArchive = async (
    path: string,
    onProgress: OnProgress,
    { sum, version, signal }: ArchiveMust,
  ): Promise<Installed> => {
    onProgress({ version: "", phase: "verifying", done: 0 });
    const found = await sumOfFile(path);
    if (sum !== undefined && found !== sum.toLowerCase())
      throw refused(`${path} has the SHA-256 ${found}, not the one that was given: not installed`);
    onProgress({ version: "", phase: "unpacking", done: 0 });
    return place(path, version, signal);
  };

  const removeOne = async (version: string): Promise<void> => {
    const at = join(folder, version);
    if (parseGameVersion(version) === undefined || !(await exists(at)))
      throw badInput(`there is no install of Factorio ${version.slice(0, 40)} in ${folder}`);
    // Out of its name first: a removal that is killed leaves nothing that looks whole.
    const gone = join(folder, `.unpacking-${randomBytes(6).toString("hex")}`);
    await rename(at, gone);
    await rm(gone, { recursive: true, force: true });
  };

  return {
    list,
    channels,

    async install(wanted, onProgress, signal) {
      // Understood before anything is touched.
      const pin = parsePin(wanted);
      return alone(() => installOne(wanted, pin, { onProgress, signal }));
    },

    installFrom: (archive, onProgress, must = {}) => alone(() => installArchive(resolve(archive), onProgress, must)),

    remove: (version) => alone(() => removeOne(version)),
  };
};

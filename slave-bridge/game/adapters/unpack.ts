import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { versionPrinted } from "#bridge/factorio/catalog";
import { badInput, messageOf, refused, unavailable } from "#core/errors";

/** Opens archives of the game with the system's tar (ADR 0080), and asks what came out for its version. An adapter. */

/** A headless server unpacks to 250 MB, the full game to 4 GB. */
const UNPACKED_BYTES_MAX = 8 * 1024 ** 3;
const ENTRIES_MAX = 200_000;
const UNPACK_MS_MAX = 10 * 60_000;
/** A list of 200,000 names. */
const LIST_BYTES_MAX = 64 * 1024 * 1024;
/** It answers at once, unless it is something else. */
const VERSION_MS_MAX = 10_000;

const run = (
  command: string,
  args: readonly string[],
  options: { timeout: number; cwd?: string; signal?: AbortSignal },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: "C" };
    execFile(command, [...args], { ...options, env, maxBuffer: LIST_BYTES_MAX }, (error, out, said) => {
      if (error === null) return resolve(out);
      const cause = causeIn(said) ?? messageOf(error);
      reject((error as NodeJS.ErrnoException).code === "ENOENT" ? error : new Error(cause));
    });
  });

/** tar ends with lines that only say that there was an error. */
const causeIn = (said: string): string | undefined =>
  said.split("\n").find((line) => line.trim() !== "" && !/Child returned|not recoverable/.test(line));

/** `-rw-r--r-- 0/0 123 2024-01-01 00:00 factorio/data/x` */
const ENTRY = /^([-dlhcbps])\S+ +\S+ +(\d+) +\S+ +\S+ (.+)$/;

/** @throws ClusterioError `refused` for what leads out of the folder or grows without bounds. */
const refuseTraps = (listing: string): void => {
  let bytes = 0;
  let entries = 0;
  for (const line of listing.split("\n")) {
    if (line === "") continue;
    const [, type, size, path = ""] = ENTRY.exec(line) ?? [];
    if (type === undefined) throw refused(`the archive has an entry that cannot be understood: ${line.slice(0, 100)}`);
    const name = path.split(type === "h" ? " link to " : " -> ")[0] ?? "";
    if (name.startsWith("/") || name.split("/").includes(".."))
      throw refused(`the archive has a name that leads out of its folder: ${name.slice(0, 100)}`);
    const target = path.slice(name.length + (type === "h" ? 9 : 4));
    if (type === "l" && (target.startsWith("/") || target.split("/").includes("..")))
      throw refused(`the archive has a link that leads out of its folder: ${name.slice(0, 100)}`);
    if (!["-", "d", "l", "h"].includes(type)) throw refused(`the archive has a device in it: ${name.slice(0, 100)}`);
    bytes += Number(size);
    if (++entries > ENTRIES_MAX || bytes > UNPACKED_BYTES_MAX)
      throw refused(`the archive would unpack to more than ${UNPACKED_BYTES_MAX} bytes or ${ENTRIES_MAX} files`);
  }
};

/** @throws ClusterioError `bad-input` when it is no archive, `refused` for a trap, `unavailable` when it does not fit. */
export const unpack = async (archive: string, folder: string, signal?: AbortSignal): Promise<void> => {
  const options = { timeout: UNPACK_MS_MAX, ...(signal === undefined ? {} : { signal }) };
  let listing: string;
  try {
    listing = await run("tar", ["-tvf", archive], options);
  } catch (error) {
    if (signal?.aborted === true) throw unavailable(`unpacking ${archive} was stopped as asked`, error);
    throw notAnArchive(archive, error);
  }
  refuseTraps(listing);
  try {
    await run("tar", ["-xf", archive, "--no-same-owner", "--no-same-permissions", "-C", folder], options);
  } catch (error) {
    throw unavailable(`${archive} cannot be unpacked in ${folder}: ${messageOf(error)}`, error);
  }
};

const notAnArchive = (archive: string, error: unknown) => {
  if ((error as NodeJS.ErrnoException).code === "ENOENT")
    return unavailable("there is no tar on this machine: install it");
  const text = messageOf(error);
  if (/xz.*(?:Cannot exec|not found)/.test(text))
    return unavailable("tar needs xz to open this archive: install xz-utils");
  return badInput(`${archive} is no archive of the game (${text})`, error);
};

export const sumOfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (error) {
    throw unavailable(`${path} cannot be read: ${messageOf(error)}`, error);
  }
  return hash.digest("hex");
};

/** The version that the game in a folder says it is. @throws ClusterioError `bad-input` for anything but a Factorio. */
export const versionIn = async (folder: string): Promise<string> => {
  const command = join(folder, "bin/x64/factorio");
  const no = (why: string, error?: unknown) => badInput(`this is no Factorio that runs here: ${why}`, error);
  await access(command, constants.X_OK).catch((error) => {
    throw no("there is no bin/x64/factorio in it that may be executed", error);
  });
  const printed = await run(command, ["--version"], { timeout: VERSION_MS_MAX, cwd: folder }).catch((error) => {
    throw no(`bin/x64/factorio --version failed (${messageOf(error)})`, error);
  });
  const version = versionPrinted(printed);
  if (version === undefined) throw no("bin/x64/factorio --version does not tell a version");
  return version;
};

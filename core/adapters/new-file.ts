import { randomBytes } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { folderError, nearest } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { messageOf, refused, unavailable } from "#core/errors";

/**
 * The whole path of a file that is to be made: proved before anybody is asked for secrets that would then be lost.
 * @throws ClusterioError `refused` when it is there already, `unavailable` when none can be made there.
 */
export const newFile = async (path: string, remedy: string): Promise<string> => {
  const full = resolve(path);
  const there = await nodeDisk.read(full).catch((error: unknown) => {
    throw unavailable(`${full} cannot be used: ${messageOf(error)}`, error);
  });
  if (there !== undefined) throw refused(`${full} is there already: ${remedy}`);
  // Folders that are missing are made with the file: whoever is refused leaves nothing behind.
  const above = await nearest(dirname(full));
  if (!above.isFolder) throw await folderError(dirname(full), undefined);
  const probe = join(above.path, `.probe.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await (await open(probe, "wx", 0o600)).close();
  } catch (error) {
    throw unavailable(`${full} cannot be written: ${messageOf(error)}`, error);
  } finally {
    await rm(probe, { force: true });
  }
  return full;
};

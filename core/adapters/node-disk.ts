import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { orFull } from "#core/adapters/disk-full";
import { makeFolder } from "#core/adapters/make-folder";
import { syncFolder } from "#core/adapters/sync-folder";
import { failpoint } from "#core/failpoints";
import type { Disk } from "#core/ports/disk";

/** Names that a write leaves behind when it is killed half way: never listed, never read. */
const TEMPORARY = /^\..*\.[0-9a-f]{12}\.tmp$/;

const missing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
};

/** Files that everything else rests on have failpoints in their writing. */
const passing = (path: string, step: "writing" | "renaming" | "renamed"): void => {
  if (path.endsWith("/instance.json")) failpoint(`record.${step}`);
  else if (path.endsWith("/snapshot.json")) failpoint(`snapshot.${step}`);
};

/**
 * D1 a reader sees the old bytes or the new ones, never a mixture: written beside it, flushed, renamed.
 * D2 after `write` resolved, a power cut keeps the new bytes: the folder is flushed, too.
 * D3 the bytes are never readable by others, not even for a moment: the temporary file is made with its final mode.
 */
export const nodeDisk: Disk = {
  async read(path) {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  },
  async write(path, bytes, mode = 0o600) {
    const folder = dirname(path);
    await makeFolder(folder);
    const temporary = join(folder, `.${path.slice(folder.length + 1)}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      const file = await open(temporary, "wx", mode);
      try {
        passing(path, "writing");
        await file.writeFile(bytes);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
      passing(path, "renaming");
      await rename(temporary, path);
      passing(path, "renamed");
    } catch (error) {
      await rm(temporary, { force: true });
      throw orFull(folder, error);
    }
    await syncFolder(folder);
  },
  async list(path) {
    try {
      return (await readdir(path)).filter((name) => !TEMPORARY.test(name)).sort();
    } catch (error) {
      if (missing(error)) return [];
      throw error;
    }
  },
  async remove(path) {
    await rm(path, { force: true });
  },
};

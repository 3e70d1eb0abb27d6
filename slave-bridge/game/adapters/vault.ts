import { createHash } from "node:crypto";
import { open, readdir, rename, rm, stat, statfs, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Vault, VaultFile } from "#bridge/saves/vault";
import { orFull } from "#core/adapters/disk-full";
import { makeFolder } from "#core/adapters/make-folder";
import { checkSave } from "#core/adapters/save-check";
import { syncFolder } from "#core/adapters/sync-folder";

const DIGEST_BYTES = 1024 * 1024;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

/** An adapter: instances' files on a real disk. */
export const realVault: Vault = {
  async stat(path) {
    const found = await stat(path).catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    return found?.isFile() === true ? { bytes: found.size, writtenAt: Math.floor(found.mtimeMs) } : undefined;
  },

  files: (folder) => filesBelow(folder, ""),

  async read(path, offset, bytes) {
    const file = await open(path, "r");
    try {
      const buffer = new Uint8Array(bytes);
      const { bytesRead } = await file.read(buffer, 0, bytes, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  },

  async write(path, offset, bytes) {
    await makeFolder(dirname(path));
    const file = await open(path, offset === 0 ? "w" : "r+", 0o600);
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, offset + at);
        at += bytesWritten;
      }
      await file.truncate(offset + bytes.length);
    } catch (error) {
      // What was there before is whole: a later attempt goes on behind it.
      await file.truncate(offset).catch(() => {});
      throw orFull(dirname(path), error);
    } finally {
      await file.close();
    }
  },

  async digest(path) {
    const digest = createHash("sha256");
    const file = await open(path, "r");
    try {
      const buffer = Buffer.alloc(DIGEST_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) return digest.digest("hex");
        digest.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  },

  async freeBytes(folder) {
    await makeFolder(folder);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  },

  async place(from, to) {
    await makeFolder(dirname(to));
    const file = await open(from, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(from, to);
    await syncFolder(dirname(to));
  },

  async moveFolder(from, to) {
    await makeFolder(dirname(to));
    await rename(from, to);
    await syncFolder(dirname(to));
  },

  touch(path, writtenAt) {
    // Half a millisecond on: seconds as a float may lie a hair below, and be rounded down when they are read.
    const seconds = (writtenAt + 0.5) / 1_000;
    return utimes(path, seconds, seconds);
  },

  remove: (path) => rm(path, { recursive: true, force: true }),
  check: (path, shown) => checkSave(path, { shown }),

  async entries(folder) {
    const names = await readdir(folder).catch((error) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const found = await Promise.all(
      names.map(async (name) => {
        const { mtimeMs } = (await stat(join(folder, name)).catch(() => undefined)) ?? {};
        return mtimeMs === undefined ? [] : [{ name, writtenAt: Math.floor(mtimeMs) }];
      }),
    );
    return found.flat();
  },
};

const filesBelow = async (folder: string, prefix: string): Promise<VaultFile[]> => {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch((error) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith("."))
      .map(async (entry): Promise<VaultFile[]> => {
        const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
        if (entry.isDirectory()) return filesBelow(folder, path);
        const state = entry.isFile() ? await realVault.stat(join(folder, path)) : undefined;
        return state === undefined ? [] : [{ path, ...state }];
      }),
  );
  return found.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
};

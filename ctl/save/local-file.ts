import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";
import { syncFolder } from "#core/adapters/sync-folder";
import { badInput, corrupt, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import type { Source, Target } from "#core/transfer/relay";

/** Files of the machine that `clusterio` runs on, as ends of a transfer. */

export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  readonly writtenAt: number;
  readonly sha256: string;
}

const READ_BYTES = 1024 * 1024;

export const digestOf = async (path: string, signal?: AbortSignal): Promise<string> => {
  const digest = createHash("sha256");
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(READ_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return digest.digest("hex");
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
};

/** @throws ClusterioError `bad-input` when it cannot be read. */
export const openLocal = async (path: string, signal?: AbortSignal): Promise<LocalFile> => {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw badInput(`${path} is not a file`);
    return { path, bytes: found.size, writtenAt: Math.floor(found.mtimeMs), sha256: await digestOf(path, signal) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isClusterioError(error) || code === undefined || signal?.aborted === true) throw error;
    throw badInput(`cannot read ${path}: ${messageOf(error)}`, error);
  }
};

/** Refuses to go on with a file that was changed since it was opened. */
export const localSource = async ({
  path,
  bytes,
  writtenAt,
}: LocalFile): Promise<Source & { close(): Promise<void> }> => {
  const file = await open(path, "r");
  return {
    bytes,
    close: () => file.close(),
    read: async (offset, length) => {
      const now = await file.stat();
      if (now.size !== bytes || Math.floor(now.mtimeMs) !== writtenAt)
        throw refused(`${path} was changed while it was read: begin again`);
      const piece = new Uint8Array(length);
      const { bytesRead } = await file.read(piece, 0, length, offset);
      return piece.subarray(0, bytesRead);
    },
  };
};

/** Below the file's own name there is never half of it: what has come so far stands beside it, by its sum. */
export const localTarget = (
  path: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
): Target<string> => {
  const part = join(dirname(path), `.${basename(path)}.${sha256.slice(0, 16)}.part`);
  const sizeOf = async () => (await stat(part).catch(() => undefined))?.size ?? 0;
  const write = async (work: (file: FileHandle) => Promise<void>) => {
    const file = await open(part, "a+", 0o600).catch((error) => {
      throw badInput(`cannot write beside ${path}: ${messageOf(error)}`, error);
    });
    try {
      await work(file);
    } catch (error) {
      if (["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? ""))
        throw unavailable(`the disk of ${dirname(path)} is full; make room and repeat the command, it goes on`, error);
      throw error;
    } finally {
      await file.close();
    }
  };
  let turn: Promise<void> = Promise.resolve();
  return {
    begin: async () => {
      await makeFolder(dirname(path));
      const there = await sizeOf();
      if (there <= bytes) return there;
      await rm(part, { force: true });
      return 0;
    },
    put: (offset, piece) => {
      turn = turn
        .catch(() => {})
        .then(() =>
          write(async (file) => {
            const { size } = await file.stat();
            if (size !== offset) throw unavailable(`${size} bytes of ${path} are here, not ${offset}`);
            await file.appendFile(piece);
          }),
        );
      return turn;
    },
    finish: async () => {
      // An empty file has no piece.
      if (bytes === 0) await write(async () => {});
      if ((await digestOf(part)) !== sha256) {
        await rm(part, { force: true });
        throw corrupt(`what came for ${path} has another sum than it should: it was thrown away, begin again`);
      }
      await write((file) => file.sync());
      await rename(part, path);
      await syncFolder(dirname(path));
      return path;
    },
  };
};

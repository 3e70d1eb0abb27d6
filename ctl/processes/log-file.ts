import { closeSync, openSync } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** A log is moved aside at a start when it has grown beyond this: days of a busy cluster. */
const LOG_BYTES_MAX = 16 * 1024 * 1024;
/** Enough for the last lines. */
const TAIL_BYTES = 16 * 1024;

/** Opens a log for appending, runs `use` with its descriptor, and closes ours: the child has its own. */
export const withLog = async <T>(path: string, use: (descriptor: number) => T): Promise<T> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  const descriptor = openSync(path, "a", 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/** The last lines of a text file; [] when there is none. */
export const lastLines = async (path: string, count: number): Promise<string[]> => {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "").slice(-count);
  } finally {
    await file.close();
  }
};

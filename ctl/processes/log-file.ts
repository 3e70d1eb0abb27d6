import { closeSync, openSync } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";

/** A log is moved aside when it has grown beyond this: days of a busy cluster. */
export const LOG_BYTES_MAX = 16 * 1024 * 1024;

/** Opens a log for appending, runs `use` with its descriptor and its size, and closes ours: the child has its own. */
export const withLog = async <T>(path: string, use: (descriptor: number, size: number) => T): Promise<T> => {
  await makeFolder(dirname(path));
  const found = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const full = found > LOG_BYTES_MAX;
  if (full) await rename(path, `${path}.1`);
  const descriptor = openSync(path, "a", 0o600);
  try {
    return use(descriptor, full ? 0 : found);
  } finally {
    closeSync(descriptor);
  }
};

/** pino's numbers. */
const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

/** A line of a log as a person reads it: pino's JSON as `level: message`, any other line as it stands. */
export const readableLine = (line: string): string => {
  if (!line.startsWith('{"level":')) return line;
  try {
    const { level, msg } = JSON.parse(line) as { level: unknown; msg?: unknown };
    return typeof msg === "string" ? `${LEVELS[Number(level)] ?? level}: ${msg}` : line;
  } catch {
    // Cut off.
    return line;
  }
};

import { open } from "node:fs/promises";

/** Enough for the last lines of a start that failed. */
const TAIL_BYTES = 32 * 1024;

/** The last lines of a text file that are not blank, at most `count`, of what stands in it from byte `from` on; [] when there is none. */
export const lastLines = async (path: string, count: number, from = 0): Promise<string[]> => {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(size - from, TAIL_BYTES)));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString("utf8").split(/\r?\n/);
    return lines.filter((line) => line.trim() !== "").slice(-count);
  } finally {
    await file.close();
  }
};

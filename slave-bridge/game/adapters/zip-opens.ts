import { open } from "node:fs/promises";

/** An end record may be followed by a comment of at most 64 KiB. */
const TAIL_BYTES = 22 + 65_535;
/** A save has some dozens of files; a directory larger than this is not one of a save. */
const DIRECTORY_BYTES_MAX = 16 * 1024 * 1024;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const ENTRY_HEAD_BYTES = 46;
/** Where a zip64 archive has its real numbers. */
const ELSEWHERE = 0xffffffff;

/**
 * True when a zip's central directory is complete and lies where its end record says: a file that was cut off while being
 * written is not. (An adapter: reads the disk.)
 */
export const zipOpens = async (path: string): Promise<boolean> => {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const tailAt = Math.max(0, size - TAIL_BYTES);
    const tail = Buffer.alloc(size - tailAt);
    await file.read(tail, 0, tail.length, tailAt);
    const end = endRecordIn(tail);
    if (end === undefined) return false;
    const { entries, bytes, offset } = end;
    if (offset === ELSEWHERE || bytes === ELSEWHERE) return true;
    if (entries === 0 || bytes > DIRECTORY_BYTES_MAX || offset + bytes > tailAt + end.at) return false;
    const directory = Buffer.alloc(bytes);
    await file.read(directory, 0, bytes, offset);
    return countEntries(directory) === entries;
  } catch {
    return false;
  } finally {
    await file.close();
  }
};

const endRecordIn = (tail: Buffer): { at: number; entries: number; bytes: number; offset: number } | undefined => {
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    return {
      at,
      entries: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
  }
  return undefined;
};

const countEntries = (directory: Buffer): number => {
  let count = 0;
  for (let at = 0; at + ENTRY_HEAD_BYTES <= directory.length; count++) {
    if (directory.readUInt32LE(at) !== ENTRY) return -1;
    at +=
      ENTRY_HEAD_BYTES +
      directory.readUInt16LE(at + 28) +
      directory.readUInt16LE(at + 30) +
      directory.readUInt16LE(at + 32);
  }
  return count;
};

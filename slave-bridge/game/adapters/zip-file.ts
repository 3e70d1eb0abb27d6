import { type FileHandle, open } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";

/**
 * What is in a zip, without unpacking it: its directory, and single small files (an adapter: reads the disk).
 */
export interface ZipEntry {
  readonly name: string;
  /** Bytes in the file, and unpacked as the directory says. */
  readonly packed: number;
  readonly size: number;
  readonly method: number;
  /** Of its local header. */
  readonly offset: number;
}

/** An end record may be followed by a comment of at most 64 KiB. */
const TAIL_BYTES = 22 + 65_535;
/** A large mod has some thousand files; a directory larger than this is not one of a save or mod. */
const DIRECTORY_BYTES_MAX = 16 * 1024 * 1024;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const ENTRY_HEAD_BYTES = 46;
const LOCAL_HEAD_BYTES = 30;
/** Where a zip64 archive has its real numbers. */
const ELSEWHERE = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;

export class ZipFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    readonly entries: readonly ZipEntry[],
  ) {}

  /** Runs `use` with an open zip. @throws ClusterioError `unavailable` when it cannot be read, `bad-input` when it is no whole zip. */
  static async with<T>(path: string, use: (zip: ZipFile) => Promise<T>): Promise<T> {
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw unavailable(`${path} cannot be read: ${messageOf(error)}`, error);
    }
    try {
      return await use(new ZipFile(file, path, await entriesIn(file, path)));
    } catch (error) {
      if (isClusterioError(error)) throw error;
      throw badInput(`${path} is no whole zip: ${messageOf(error)}`, error);
    } finally {
      await file.close();
    }
  }

  /** The first entry with such a name. */
  find(pattern: RegExp): ZipEntry | undefined {
    return this.entries.find(({ name }) => pattern.test(name));
  }

  /** @throws ClusterioError `bad-input` when it is damaged or has more than `bytesMax`. */
  async read(entry: ZipEntry, bytesMax: number): Promise<Buffer> {
    const no = (why: string) => badInput(`${entry.name.slice(0, 100)} in ${this.path} ${why}`);
    if (entry.size > bytesMax || entry.packed > bytesMax) throw no(`has more than ${bytesMax} bytes`);
    const head = Buffer.alloc(LOCAL_HEAD_BYTES);
    await this.file.read(head, 0, head.length, entry.offset);
    if (head.readUInt32LE(0) !== LOCAL) throw no("is not where the zip says");
    const at = entry.offset + LOCAL_HEAD_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
    const packed = Buffer.alloc(entry.packed);
    const { bytesRead } = await this.file.read(packed, 0, packed.length, at);
    if (bytesRead < packed.length) throw no("is cut off");
    if (entry.method === STORED) return packed;
    if (entry.method !== DEFLATED) throw no("is packed in a way that is not known here");
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytesMax) });
    } catch (error) {
      throw badInput(`${entry.name.slice(0, 100)} in ${this.path} cannot be unpacked: ${messageOf(error)}`, error);
    }
  }
}

const entriesIn = async (file: FileHandle, path: string): Promise<ZipEntry[]> => {
  const no = () => badInput(`${path} is no whole zip`);
  const { size } = await file.stat();
  const tailAt = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - tailAt);
  await file.read(tail, 0, tail.length, tailAt);
  const end = endRecordIn(tail);
  if (end === undefined) throw no();
  const { count, bytes, offset } = end;
  if (offset === ELSEWHERE || bytes === ELSEWHERE) throw badInput(`${path} is a zip of more than 4 GB`);
  if (count === 0 || bytes > DIRECTORY_BYTES_MAX || offset + bytes > tailAt + end.at) throw no();
  const directory = Buffer.alloc(bytes);
  await file.read(directory, 0, bytes, offset);
  const entries = [...entriesOf(directory)];
  if (entries.length !== count || entries.some(({ name }) => name === "")) throw no();
  return entries;
};

const endRecordIn = (tail: Buffer): { at: number; count: number; bytes: number; offset: number } | undefined => {
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    return {
      at,
      count: tail.readUInt16LE(at + 10),
      bytes: tail.readUInt32LE(at + 12),
      offset: tail.readUInt32LE(at + 16),
    };
  }
  return undefined;
};

function* entriesOf(directory: Buffer): Generator<ZipEntry> {
  for (let at = 0; at + ENTRY_HEAD_BYTES <= directory.length; ) {
    if (directory.readUInt32LE(at) !== ENTRY) return;
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString("utf8", at + ENTRY_HEAD_BYTES, at + ENTRY_HEAD_BYTES + nameLength);
    yield {
      name,
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    at += ENTRY_HEAD_BYTES + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
}

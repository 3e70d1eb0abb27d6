import { type FileHandle, open } from "node:fs/promises";
import { inflateRawSync } from "node:zlib";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";
import { directoryIn, entriesIn, LOCAL, LOCAL_HEAD_BYTES, STORED, TAIL_BYTES, type ZipEntry } from "#core/saves/zip";

/** What is in a zip, without unpacking it: its directory, and single small files (an adapter: reads the disk). */
export class ZipFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    readonly entries: readonly ZipEntry[],
  ) {}

  /** Runs `use` with an open zip. @throws ClusterioError `unavailable` when it cannot be read, `bad-input` when it is no whole zip. */
  static async with<T>(path: string, use: (zip: ZipFile) => Promise<T>, shown = path): Promise<T> {
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw unavailable(`${shown} cannot be read: ${messageOf(error)}`, error);
    }
    try {
      return await use(new ZipFile(file, shown, await directoryOf(file, shown)));
    } catch (error) {
      if (isClusterioError(error)) throw error;
      throw badInput(`${shown} is no whole zip: ${messageOf(error)}`, error);
    } finally {
      await file.close();
    }
  }

  /** The first entry with such a name. */
  find(pattern: RegExp): ZipEntry | undefined {
    return this.entries.find(({ name }) => pattern.test(name));
  }

  /** @throws ClusterioError `bad-input` when it is damaged or has more than `bytesMax`. */
  async read({ name, method, packedBytes, bytes, headerAt }: ZipEntry, bytesMax: number): Promise<Buffer> {
    const no = (why: string) => badInput(`"${name.slice(0, 100)}" in ${this.path} ${why}`);
    if (bytes > bytesMax || packedBytes > bytesMax) throw no(`has more than ${bytesMax} bytes`);
    const head = await readAt(this.file, headerAt, LOCAL_HEAD_BYTES);
    if (head.length < LOCAL_HEAD_BYTES || head.readUInt32LE(0) !== LOCAL) throw no("is not where the zip says");
    const at = headerAt + LOCAL_HEAD_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
    const packed = await readAt(this.file, at, packedBytes);
    if (packed.length < packedBytes) throw no("is cut off");
    if (method === STORED) return packed;
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytesMax) });
    } catch (error) {
      throw badInput(`"${name.slice(0, 100)}" in ${this.path} cannot be unpacked: ${messageOf(error)}`, error);
    }
  }
}

const directoryOf = async (file: FileHandle, shown: string): Promise<ZipEntry[]> => {
  const proved = <T>(found: T | string): T => {
    if (typeof found === "string") throw badInput(`${shown} cannot be used: ${found}`);
    return found;
  };
  const { size } = await file.stat();
  const tailAt = Math.max(0, size - TAIL_BYTES);
  const { offset, bytes, entries } = proved(directoryIn(await readAt(file, tailAt, size - tailAt), tailAt));
  return proved(entriesIn(await readAt(file, offset, bytes), entries));
};

const readAt = async (file: FileHandle, offset: number, bytes: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
};

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import {
  type ArchiveHeader,
  type ArchiveIndex,
  HEADER_BYTES,
  indexIn,
  messagesIn,
  parseHeader,
} from "#core/archive/format";
import { badInput, corrupt, messageOf } from "#core/errors";
import type { StoredMessage } from "#core/ports/log";
import type { LedgerReader } from "#ctl/history/reader";

/** An index of a million messages has a thousand rows of 40 bytes; a thousandfold of that is damage. */
const INDEX_BYTES_MAX = 64 * 1024 * 1024;
const DIGEST_CHUNK_BYTES = 1024 * 1024;

/** One archive, read block by block: the one that was read last is kept. */
export class ArchiveFile implements LedgerReader {
  #index: ArchiveIndex | undefined;
  #block: { readonly at: number; readonly messages: readonly StoredMessage[] } | undefined;

  private constructor(
    readonly path: string,
    readonly header: ArchiveHeader,
    private readonly file: FileHandle,
  ) {}

  /** @throws ClusterioError `bad-input` when there is no archive of this version, `corrupt` when it is damaged. */
  static async open(path: string): Promise<ArchiveFile> {
    let file: FileHandle;
    try {
      file = await open(path, "r");
    } catch (error) {
      throw badInput(`cannot read the archive ${path}: ${messageOf(error)}`, error);
    }
    try {
      const bytes = await readAt(file, 0, HEADER_BYTES);
      return new ArchiveFile(path, parseHeader(bytes, path), file);
    } catch (error) {
      await file.close();
      if ((error as NodeJS.ErrnoException).code === "EISDIR") throw badInput(`${path} is a folder: name its archives`);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  get label(): string {
    return `the archive ${this.path}`;
  }

  range(): Promise<{ readonly firstSeq: number; readonly lastSeq: number }> {
    return Promise.resolve({ firstSeq: this.header.from, lastSeq: this.header.to });
  }

  async read(from: number, max: number): Promise<StoredMessage[]> {
    const { blocks } = await this.#readIndex();
    const read: StoredMessage[] = [];
    let at = Math.max(0, lastAtOrBelow(blocks, from));
    for (; at < blocks.length && read.length < max; at++) {
      for (const message of await this.#messages(at)) if (message.seq >= from && read.length < max) read.push(message);
    }
    return read;
  }

  /** The first sequence whose message the broker took at `ms` or later; one past the end when there is none. */
  async seqAtTime(ms: number): Promise<number> {
    const { blocks } = await this.#readIndex();
    const at = blocks.findLastIndex(([, , time]) => time < ms);
    if (at < 0) return this.header.from;
    const found = (await this.#messages(at)).find(({ time }) => time >= ms);
    return found?.seq ?? blocks[at + 1]?.[1] ?? this.header.to + 1;
  }

  /** What is wrong with the bytes after the header, or undefined. */
  async damage(onBytes: (done: number) => void = () => {}): Promise<string | undefined> {
    const { size } = await this.file.stat();
    const { bytes, sha256 } = this.header;
    if (size !== bytes) return `${size} bytes instead of ${bytes}`;
    const digest = createHash("sha256");
    for (let at = HEADER_BYTES; at < size; at += DIGEST_CHUNK_BYTES) {
      digest.update(await readAt(this.file, at, Math.min(DIGEST_CHUNK_BYTES, size - at)));
      onBytes(at);
    }
    const found = digest.digest("base64url");
    return found === sha256 ? undefined : `SHA-256 ${found} instead of ${sha256}`;
  }

  async #readIndex(): Promise<ArchiveIndex> {
    const { offset, bytes } = this.header.index;
    if (bytes > INDEX_BYTES_MAX) throw corrupt(`${this.path}: an index of ${bytes} bytes is none`);
    this.#index ??= indexIn(await this.#piece(offset, bytes), this.path);
    return this.#index;
  }

  async #messages(at: number): Promise<readonly StoredMessage[]> {
    if (this.#block?.at === at) return this.#block.messages;
    const { blocks } = await this.#readIndex();
    const start = blocks[at]![0];
    const end = blocks[at + 1]?.[0] ?? this.header.index.offset;
    const messages = messagesIn(await this.#piece(start, end - start), this.path);
    this.#block = { at, messages };
    return messages;
  }

  async #piece(offset: number, bytes: number): Promise<Uint8Array> {
    if (bytes < 0 || offset + bytes > this.header.bytes) throw corrupt(`${this.path}: its index points outside of it`);
    const piece = await readAt(this.file, offset, bytes);
    if (piece.length < bytes) throw corrupt(`${this.path} is shorter than its header says: it was cut`);
    return piece;
  }
}

const readAt = async (file: FileHandle, offset: number, bytes: number): Promise<Uint8Array> => {
  const buffer = new Uint8Array(bytes);
  let got = 0;
  while (got < bytes) {
    const { bytesRead } = await file.read(buffer, got, bytes - got, offset + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return got === bytes ? buffer : buffer.subarray(0, got);
};

/** The last block that begins at `seq` or before it. */
const lastAtOrBelow = (blocks: ArchiveIndex["blocks"], seq: number): number => {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle]![1] <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

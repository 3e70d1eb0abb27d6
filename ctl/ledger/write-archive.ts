import { createHash, type Hash, randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";
import { syncFolder } from "#core/adapters/sync-folder";
import {
  type ArchiveHeader,
  type ArchiveIndex,
  BLOCK_BYTES_MAX,
  BLOCK_MESSAGES_MAX,
  HEADER_BYTES,
  headerMember,
  indexMember,
  memberOf,
  messageLine,
} from "#core/archive/format";
import type { StoredMessage } from "#core/ports/log";

/** What the header says of the messages; the writer knows the rest. */
export type ArchiveOf = Omit<ArchiveHeader, "v" | "kind" | "messages" | "index" | "bytes" | "sha256">;

/**
 * Writes one archive beside its place, and puts it there whole or not at all.
 *
 * XW1 the header is written last, over blanks: a file that was not finished has none.
 * XW2 the file has its name only after its bytes, and what they say, were read back (`finish`), and the folder is flushed.
 */
export class ArchiveWriter {
  #lines: Uint8Array[] = [];
  #lineBytes = 0;
  #firstOfBlock: StoredMessage | undefined;
  #offset = HEADER_BYTES;
  #messages = 0;
  readonly #blocks: ArchiveIndex["blocks"] = [];
  readonly #digest: Hash = createHash("sha256");

  private constructor(
    readonly path: string,
    /** Where it is written until it is whole. */
    readonly temporary: string,
    private readonly file: FileHandle,
  ) {}

  /** `path` is absolute. @throws ClusterioError `unavailable` when its folder cannot be made. */
  static async create(path: string): Promise<ArchiveWriter> {
    const folder = dirname(path);
    await makeFolder(folder);
    const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
    const file = await open(temporary, "wx", 0o600);
    const writer = new ArchiveWriter(path, temporary, file);
    await file.write(new Uint8Array(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return writer;
  }

  async add(message: StoredMessage): Promise<void> {
    this.#firstOfBlock ??= message;
    const line = messageLine(message);
    this.#lines.push(line);
    this.#lineBytes += line.length;
    this.#messages++;
    if (this.#lines.length >= BLOCK_MESSAGES_MAX || this.#lineBytes >= BLOCK_BYTES_MAX) await this.#closeBlock();
  }

  async #closeBlock(): Promise<void> {
    const first = this.#firstOfBlock;
    if (first === undefined) return;
    this.#blocks.push([this.#offset, first.seq, first.time]);
    await this.#append(memberOf(Buffer.concat(this.#lines)));
    this.#lines = [];
    this.#lineBytes = 0;
    this.#firstOfBlock = undefined;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.file.write(bytes, 0, bytes.length, this.#offset);
    this.#digest.update(bytes);
    this.#offset += bytes.length;
  }

  /** Writes index and header, flushes, lets `verify` read the file back, and gives it its name. */
  async finish(of: ArchiveOf, verify: (temporary: string) => Promise<void>): Promise<ArchiveHeader> {
    await this.#closeBlock();
    const offset = this.#offset;
    await this.#append(indexMember({ blocks: this.#blocks }));
    const header: ArchiveHeader = {
      v: 1,
      kind: "clusterio-ledger-archive",
      ...of,
      messages: this.#messages,
      index: { offset, bytes: this.#offset - offset },
      bytes: this.#offset,
      sha256: this.#digest.digest("base64url"),
    };
    await this.file.write(headerMember(header), 0, HEADER_BYTES, 0);
    await this.file.sync();
    await this.file.close();
    await verify(this.temporary);
    await rename(this.temporary, this.path);
    await syncFolder(dirname(this.path));
    return header;
  }

  /** Leaves nothing behind; after `finish` it does nothing. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {});
    await rm(this.temporary, { force: true });
  }
}

import { type FileHandle, open } from "node:fs/promises";
import { crc32, createInflateRaw } from "node:zlib";
import { isClusterioError, refused } from "#core/errors";
import {
  directoryIn,
  entriesIn,
  entriesProblem,
  gameVersionIn,
  LOCAL,
  LOCAL_HEAD_BYTES,
  STORED,
  TAIL_BYTES,
  worldHinted,
  ZIP_LIMITS,
  type ZipEntry,
  type ZipLimits,
} from "#core/saves/zip";

/** What a save that opens says about itself. */
export interface SaveFacts {
  /** Of the game that wrote it, `2.1.9`. */
  readonly version?: string;
  /** A hint: the world that its script.dat names. */
  readonly world?: string;
}

const READ_BYTES = 256 * 1024;
/** What is looked at of script.dat for a hint. */
const SCRIPT_BYTES_MAX = 32 * 1024 * 1024;
const HINT_BYTES_MAX = 256 * 1024;

class NotASave extends Error {}

/**
 * Reads a save as a whole, in bounded memory: its directory, each file's bytes and their sums. Nothing is written. (An
 * adapter: reads the disk.)
 * @throws ClusterioError `refused` that says what is wrong with it.
 */
export const checkSave = async (
  path: string,
  { shown = path, limits = ZIP_LIMITS }: { readonly shown?: string; readonly limits?: ZipLimits } = {},
): Promise<SaveFacts> => {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    return await factsOf(file, limits);
  } catch (error) {
    if (isClusterioError(error)) throw error;
    if (!(error instanceof NotASave)) throw error;
    throw refused(`${shown} is not a save that can be used: ${error.message}`);
  } finally {
    await file?.close();
  }
};

const factsOf = async (file: FileHandle, limits: ZipLimits): Promise<SaveFacts> => {
  const { size } = await file.stat();
  const tailAt = Math.max(0, size - TAIL_BYTES);
  const directory = proved(directoryIn(await readAt(file, tailAt, size - tailAt), tailAt, limits));
  const entries = proved(entriesIn(await readAt(file, directory.offset, directory.bytes), directory.entries));
  const problem = entriesProblem(entries, limits);
  if (problem !== undefined) throw new NotASave(problem);
  const kept: { init?: Buffer; script?: Buffer } = {};
  for (const entry of entries) {
    if (entry.name.endsWith("/")) continue;
    const keep = entry.name.endsWith("/level-init.dat") ? 64 : entry.name.endsWith("/script.dat") ? HINT_BYTES_MAX : 0;
    const head = await readEntry(file, entry, { endsAt: directory.offset, keep });
    if (entry.name.endsWith("/level-init.dat")) kept.init = head;
    if (entry.name.endsWith("/script.dat") && entry.bytes <= SCRIPT_BYTES_MAX) kept.script = head;
  }
  const version = kept.init === undefined ? undefined : gameVersionIn(kept.init);
  const world = kept.script === undefined ? undefined : worldHinted(kept.script.toString("latin1"));
  return { ...(version === undefined ? {} : { version }), ...(world === undefined ? {} : { world }) };
};

const proved = <T>(found: T | string): T => {
  if (typeof found === "string") throw new NotASave(found);
  return found;
};

/** Unpacks one file to nowhere, never more than the directory promised; its beginning is handed back. */
const readEntry = async (
  file: FileHandle,
  entry: ZipEntry,
  { endsAt, keep }: { readonly endsAt: number; readonly keep: number },
): Promise<Buffer> => {
  const head = await readAt(file, entry.headerAt, LOCAL_HEAD_BYTES);
  if (head.length < LOCAL_HEAD_BYTES || head.readUInt32LE(0) !== LOCAL)
    throw new NotASave(`"${entry.name}" in it is not where its directory says`);
  const from = entry.headerAt + LOCAL_HEAD_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
  if (from + entry.packedBytes > endsAt) throw new NotASave(`"${entry.name}" in it is cut off`);
  let [sum, bytes] = [0, 0];
  const kept: Buffer[] = [];
  let keptBytes = 0;
  for await (const chunk of unpacked(file, entry, from)) {
    bytes += chunk.length;
    if (bytes > entry.bytes) throw new NotASave(`"${entry.name}" in it unpacks to more than its directory says`);
    sum = crc32(chunk, sum);
    if (keptBytes < keep) {
      kept.push(Buffer.from(chunk.subarray(0, keep - keptBytes)));
      keptBytes += chunk.length;
    }
  }
  if (bytes !== entry.bytes || sum !== entry.crc)
    throw new NotASave(`"${entry.name}" in it is damaged (its sum differs)`);
  return Buffer.concat(kept);
};

async function* unpacked(
  file: FileHandle,
  { name, method, packedBytes }: ZipEntry,
  from: number,
): AsyncGenerator<Buffer> {
  if (method === STORED) return yield* pieces(file, from, packedBytes);
  const inflate = createInflateRaw({ chunkSize: READ_BYTES });
  const fed = (async () => {
    for await (const piece of pieces(file, from, packedBytes)) {
      if (inflate.destroyed) return;
      if (!inflate.write(piece))
        await new Promise<void>((resolve) => inflate.once("drain", resolve).once("close", resolve));
    }
    inflate.end();
  })();
  fed.catch((error: Error) => inflate.destroy(error));
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
  } catch (error) {
    if (error instanceof NotASave || (error as NodeJS.ErrnoException).code?.startsWith("Z_") !== true) throw error;
    throw new NotASave(`"${name}" in it is damaged (it cannot be unpacked)`);
  } finally {
    inflate.destroy();
    await fed.catch(() => {});
  }
}

async function* pieces(file: FileHandle, from: number, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes; at += READ_BYTES) {
    const piece = await readAt(file, from + at, Math.min(READ_BYTES, bytes - at));
    if (piece.length === 0) return;
    yield piece;
  }
}

const readAt = async (file: FileHandle, offset: number, bytes: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.subarray(0, bytesRead);
};

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { z } from "zod";
import { corrupt, isClusterioError, messageOf, unavailable } from "#core/errors";
import { decodeJson, encodeText } from "#core/events/codec";
import type { Log, StoredMessage } from "#core/ports/log";
import type { BackupFile } from "#ctl/backup/manifest";
import { digestOf } from "#ctl/save/local-file";

/**
 * What a stream holds, in a file: gzipped JSON lines, so that `zcat` reads them without our code. Read and written piece by piece: a
 * stream may be larger than the memory.
 */
const BATCH = 1_000;
const NEWLINE = 0x0a;
/** A book of rights has half a megabyte, everything else is shorter. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;

export type Held = Pick<Log, "info" | "read">;

/** All that a stream holds, as far as it went when this began. */
export async function* heldBy(log: Held, signal: AbortSignal): AsyncGenerator<StoredMessage> {
  const { firstSeq, lastSeq } = await log.info();
  for (let from = firstSeq; from <= lastSeq; ) {
    signal.throwIfAborted();
    const batch = await log.read(from, BATCH);
    for (const message of batch) if (message.seq <= lastSeq) yield message;
    const last = batch.at(-1);
    if (last === undefined) return;
    from = last.seq + 1;
  }
}

const isOfSystem = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).code === "string";

/** `file`: its name in the manifest. Read back before it counts. */
export const writeLines = async (
  values: AsyncIterable<unknown>,
  { path, file }: { readonly path: string; readonly file: string },
): Promise<BackupFile> => {
  const digest = createHash("sha256");
  let bytes = 0;
  const lines = async function* () {
    for await (const value of values) yield encodeText(`${JSON.stringify(value)}\n`);
  };
  const summed = async function* (packed: AsyncIterable<Buffer>) {
    for await (const piece of packed) {
      digest.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  try {
    const to = createWriteStream(path, { mode: 0o600, flush: true });
    await pipeline(Readable.from(lines()), createGzip(), summed, to);
  } catch (error) {
    if (isClusterioError(error) || !isOfSystem(error)) throw error;
    throw unavailable(`${path} cannot be written: ${messageOf(error)}`, error);
  }
  const sha256 = digest.digest("hex");
  if ((await digestOf(path)) !== sha256) throw corrupt(`${path} does not hold what was written to it`);
  return { path: file, bytes, sha256 };
};

/** @throws ClusterioError `corrupt` when it cannot be unpacked, or a line is something else. */
export async function* readLines<T>(path: string, shape: z.ZodType<T>): AsyncGenerator<T> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  const file = createReadStream(path);
  const unpacked = file.pipe(createGunzip());
  file.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const piece of unpacked) {
      const text: Buffer = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let start = 0;
      for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, start)) {
        yield decodeJson(shape, text.subarray(start, end), `line ${++number}`);
        start = end + 1;
      }
      rest = text.subarray(start);
      if (rest.length > LINE_BYTES_MAX) throw corrupt("a line of it does not end");
    }
    if (rest.length > 0) throw corrupt("its last line does not end");
  } catch (error) {
    if (!isClusterioError(error) && !isOfSystem(error)) throw error;
    throw corrupt(`${path} is damaged: ${messageOf(error)}`);
  } finally {
    file.destroy();
  }
}

/** The one line of a file that has one. */
export const onlyLine = async <T>(path: string, shape: z.ZodType<T>): Promise<T> => {
  const all: T[] = [];
  for await (const one of readLines(path, shape)) if (all.push(one) > 1) break;
  const [only] = all;
  if (only === undefined || all.length > 1) throw corrupt(`${path} is damaged: it does not have one line`);
  return only;
};

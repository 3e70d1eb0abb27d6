import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { makeFolder } from "#core/adapters/make-folder";
import { syncFolder } from "#core/adapters/sync-folder";
import { corrupt, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import type { Log, StoredMessage } from "#core/ports/log";
import { batches } from "#ctl/audit/ledger";

/** The old ledger as it was, in a file: gzipped JSON lines, `data` in base64, since it may be anything. */
const lineOf = ({ seq, time, subject, data }: StoredMessage): string =>
  `${JSON.stringify({ seq, time, subject, data: Buffer.from(data).toString("base64") })}\n`;

/**
 * Writes every message of the stream, reads the file back and compares. Only then it has its name, and the folder is flushed.
 * `readFile` is another one for a test whose disk lies.
 * @throws ClusterioError `refused` when a file of that name is there, `unavailable` when it cannot be written, `corrupt` when
 *   what was read back is something else.
 */
export const keepLedger = async (
  log: Log,
  path: string,
  { signal, readFile = createReadStream }: { readonly signal: AbortSignal; readonly readFile?: ReadFile },
): Promise<{ messages: number }> => {
  if ((await stat(path).catch(() => undefined)) !== undefined)
    throw refused(`${path} is there already: nothing was changed; name another file for the old ledger with --keep`);
  const part = `${path}.part`;
  try {
    await makeFolder(dirname(path));
    const { messages, digest } = await writePart(log, part, signal);
    if ((await digestOf(readFile(part))) !== digest) throw corrupt(`${part} does not hold what was written to it`);
    await rename(part, path);
    await syncFolder(dirname(path));
    return { messages };
  } catch (error) {
    if (signal.aborted || isClusterioError(error, "corrupt")) throw error;
    throw unavailable(`the old ledger cannot be kept in ${path}: ${messageOf(error)}`, error);
  }
};
type ReadFile = (path: string) => Readable;

const writePart = async (
  log: Log,
  part: string,
  signal: AbortSignal,
): Promise<{ readonly messages: number; readonly digest: string }> => {
  const { firstSeq, lastSeq } = await log.info();
  const written = createHash("sha256");
  let messages = 0;
  const lines = async function* () {
    for await (const batch of batches(log, { from: firstSeq, to: lastSeq }, signal)) {
      for (const stored of batch) {
        const line = lineOf(stored);
        written.update(line);
        messages++;
        yield line;
      }
    }
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
  return { messages, digest: written.digest("hex") };
};

/** Of what the file unpacks to; undefined when it cannot be unpacked. */
const digestOf = async (file: Readable): Promise<string | undefined> => {
  const read = createHash("sha256");
  try {
    await pipeline(file, createGunzip(), async (unpacked) => {
      for await (const bytes of unpacked) read.update(bytes);
    });
  } catch {
    return undefined;
  }
  return read.digest("hex");
};

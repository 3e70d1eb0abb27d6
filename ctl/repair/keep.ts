import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { corrupt, messageOf, unavailable } from "#core/errors";
import type { Log, StoredMessage } from "#core/ports/log";
import { batches } from "#ctl/audit/ledger";

/** The old ledger as it was, in a file: gzipped JSON lines, `data` in base64, since it may be anything. */
const lineOf = ({ seq, time, subject, data }: StoredMessage): string =>
  `${JSON.stringify({ seq, time, subject, data: Buffer.from(data).toString("base64") })}\n`;

/**
 * Writes every message of the stream, reads the file back and compares. Only then it has its name.
 * @throws ClusterioError `unavailable` when it cannot be written, `corrupt` when what was read back is something else.
 */
export const keepLedger = async (log: Log, path: string, signal: AbortSignal): Promise<{ messages: number }> => {
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
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
  } catch (error) {
    throw unavailable(`the old ledger cannot be kept in ${path}: ${messageOf(error)}`, error);
  }
  const read = createHash("sha256");
  const again = createInterface({ input: createReadStream(part).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of again) read.update(`${line}\n`);
  if (read.digest("hex") !== written.digest("hex")) throw corrupt(`${part} does not hold what was written to it`);
  await rename(part, path);
  return { messages };
};

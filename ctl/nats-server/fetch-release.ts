import { createHash } from "node:crypto";
import { messageOf, unavailable } from "#core/errors";
import { listedHash } from "#ctl/nats-server/decide";
import { fileFromTarGz } from "#ctl/nats-server/tar";

/** Once the server answers, so long without a byte. */
const STALL_MS_MAX = 15_000;
const ARCHIVE_BYTES_MAX = 64 * 1024 * 1024;

export const OFFICIAL_RELEASES = "https://github.com/nats-io/nats-server/releases/download";

export interface Release {
  /** Everything before `/v<version>/<file>`. */
  readonly base: string;
  readonly version: string;
  /** The archive's name without ".tar.gz". */
  readonly name: string;
  /** A server that does not begin to answer within this time is away. */
  readonly answerMs: number;
}

/**
 * The binary out of a release archive whose hash is the one that the release publishes.
 * @throws ClusterioError `unavailable` when it cannot be had, is another one, or has no such file.
 */
export const fetchRelease = async ({ base, version, name, answerMs }: Release): Promise<Uint8Array> => {
  const file = `${name}.tar.gz`;
  const folder = `${base}/v${version}`;
  const sums = new TextDecoder().decode(await download(`${folder}/SHA256SUMS`, answerMs));
  const wanted = listedHash(sums, file);
  if (wanted === undefined) throw unavailable(`the release ${version} lists no ${file}`);
  const archive = await download(`${folder}/${file}`, answerMs);
  const hash = createHash("sha256").update(archive).digest("hex");
  if (hash !== wanted)
    throw unavailable(`${folder}/${file} is not what the release published (SHA-256 ${hash}): refused`);
  const binary = fileFromTarGz(archive, "nats-server");
  if (binary === undefined) throw unavailable(`${file} holds no nats-server`);
  return binary;
};

const download = async (url: string, answerMs: number): Promise<Uint8Array> => {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error(`no answer within ${answerMs / 1000} s`)), answerMs);
  try {
    const response = await fetch(url, { signal: abort.signal, redirect: "follow" });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(new Error(`silent for ${STALL_MS_MAX / 1000} s`)), STALL_MS_MAX);
      size += chunk.length;
      if (size > ARCHIVE_BYTES_MAX) throw new Error(`more than ${ARCHIVE_BYTES_MAX} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : "";
    throw unavailable(`${url}: ${messageOf(error)}${cause}`, error);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
};

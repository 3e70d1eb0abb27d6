import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { ClusterioError, messageOf, unavailable } from "#core/errors";

/**
 * Downloads over HTTP (an adapter: sockets, files, timers).
 *
 * DL1 a connection that stays silent ends: before its answer after `answerMs`, within it after STALL_MS_MAX.
 * DL2 a file that broke off is gone on with where it ended (Range), also by a later process; what another server would put
 *    behind it is found out by whoever compares the sum.
 * DL3 nothing grows beyond `bytesMax`.
 */

/** Once the server answers, so long without a byte. */
const STALL_MS_MAX = 15_000;
/** A connection that breaks without having brought anything is tried again so often in a row. */
const TRIES_MAX = 4;
const TRY_AGAIN_MS = 1_000;

export interface DownloadLimits {
  /** A server that does not begin to answer within this time is away. */
  readonly answerMs: number;
  readonly bytesMax: number;
  readonly signal?: AbortSignal;
}

export interface FileDownload extends DownloadLimits {
  /** How much is there, and how much there will be where the server says so. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Between two tries (1 s). */
  readonly againMs?: number;
}

const because = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${messageOf(error)} (${messageOf(error.cause)})`
    : messageOf(error);

const named = (url: string, error: unknown): ClusterioError =>
  error instanceof ClusterioError ? error : unavailable(`${url}: ${because(error)}`, error);

interface Opened {
  readonly response: Response;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly close: () => void;
}

/** DL1 */
const get = async (url: string, headers: Record<string, string>, limits: DownloadLimits): Promise<Opened> => {
  const abort = new AbortController();
  const give = (ms: number, why: string) => setTimeout(() => abort.abort(new Error(why)), ms);
  let timer = give(limits.answerMs, `no answer within ${limits.answerMs / 1000} s`);
  const onAsked = () => abort.abort(new Error("stopped as asked"));
  limits.signal?.addEventListener("abort", onAsked, { once: true });
  if (limits.signal?.aborted === true) onAsked();
  const close = () => {
    clearTimeout(timer);
    limits.signal?.removeEventListener("abort", onAsked);
    abort.abort();
  };
  try {
    const response = await fetch(url, {
      signal: abort.signal,
      redirect: "follow",
      headers: { "accept-encoding": "identity", ...headers },
    });
    const { body } = response;
    const chunks = (async function* () {
      if (body === null) return;
      for await (const chunk of body) {
        clearTimeout(timer);
        timer = give(STALL_MS_MAX, `silent for ${STALL_MS_MAX / 1000} s`);
        yield chunk as Uint8Array;
      }
    })();
    return { response, chunks, close };
  } catch (error) {
    close();
    throw error;
  }
};

/** A small file, in memory. @throws ClusterioError `unavailable` */
export const downloadBytes = async (url: string, limits: DownloadLimits): Promise<Uint8Array> => {
  let opened: Opened | undefined;
  try {
    opened = await get(url, {}, limits);
    if (!opened.response.ok) throw new Error(`HTTP status ${opened.response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of opened.chunks) {
      size += chunk.length;
      if (size > limits.bytesMax) throw new Error(`more than ${limits.bytesMax} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw named(url, error);
  } finally {
    opened?.close();
  }
};

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** `bytes 100-199/200`: where the answer begins, and how long the whole is. */
const rangeOf = (response: Response): { from: number; total: number } | undefined => {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get("content-range") ?? "") ?? [];
  return from === undefined ? undefined : { from: Number(from), total: Number(total) };
};

const lengthOf = (response: Response): number | undefined => {
  const text = response.headers.get("content-length");
  return text === null ? undefined : Number(text);
};

/** A line that will not help when it is asked again. */
class Final extends Error {}

const append = async (file: FileHandle, chunk: Uint8Array): Promise<void> => {
  try {
    await file.appendFile(chunk);
  } catch (error) {
    throw new Final(`it cannot be written: ${messageOf(error)}`, { cause: error });
  }
};

/** One connection: true when the file is whole. */
const fetchOn = async (url: string, path: string, options: FileDownload): Promise<boolean> => {
  let there = await sizeOf(path);
  const opened = await get(url, there === 0 ? {} : { range: `bytes=${there}-` }, options);
  try {
    const { response } = opened;
    const range = response.status === 206 ? rangeOf(response) : undefined;
    if (response.status === 416 || (response.status === 206 && range?.from !== there)) {
      // What is there is no beginning of what the server has.
      await rm(path, { force: true });
      return false;
    }
    if (!response.ok) {
      const text = `HTTP status ${response.status}`;
      throw response.status >= 500 || response.status === 429 ? new Error(text) : new Final(text);
    }
    if (response.status !== 206) there = 0;
    const total = range?.total ?? lengthOf(response);
    if ((total ?? 0) > options.bytesMax) throw new Final(`${total} bytes, more than ${options.bytesMax}`);
    const file = await open(path, there === 0 ? "w" : "a", 0o600);
    try {
      for await (const chunk of opened.chunks) {
        there += chunk.length;
        if (there > options.bytesMax) throw new Final(`more than ${options.bytesMax} bytes`);
        await append(file, chunk);
        options.onProgress?.(there, total);
      }
      await file.datasync().catch(() => {});
    } finally {
      await file.close();
    }
    return total === undefined || there >= total;
  } finally {
    opened.close();
  }
};

/**
 * A large file, onto the disk. What is there already is gone on with.
 * @throws ClusterioError `unavailable` when it cannot be had or written; what came so far stays.
 */
export const downloadFile = async (url: string, path: string, options: FileDownload): Promise<void> => {
  for (let vain = 0; ; ) {
    const before = await sizeOf(path);
    let problem: unknown = new Error("it ended before its end");
    try {
      if (await fetchOn(url, path, options)) return;
    } catch (error) {
      if (error instanceof Final || options.signal?.aborted === true) throw named(url, error);
      problem = error;
    }
    vain = (await sizeOf(path)) > before ? 0 : vain + 1;
    if (vain >= TRIES_MAX) throw named(url, problem);
    await new Promise((resolve) => setTimeout(resolve, options.againMs ?? TRY_AGAIN_MS));
  }
};

import { isClusterioError, unavailable } from "#core/errors";
import { type Clock, pause } from "#core/ports/clock";

/**
 * Carries one file from where it is to where it is wanted, piece by piece, through the caller's own process.
 *
 * TX1 bounded memory: at most `WINDOW` pieces are on their way, whatever the file's size.
 * TX2 one source: pieces are of the file that was opened; its reader refuses one that was written anew.
 * TX3 whatever fails on the way, the target says where to go on; without any progress it is tried `TRIES_MAX` times in all.
 * TX4 the caller's wish to stop is heeded between two pieces; what has come stays for the next attempt.
 */
export const WINDOW = 4;
export const TRIES_MAX = 5;
const AGAIN_MS = 500;

export interface Source {
  readonly bytes: number;
  /** Exactly `length` bytes. @throws ClusterioError */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface Target<T> {
  /** Where to go on. */
  begin(): Promise<number>;
  /** In order of their offsets; the next one may be sent before this one is answered. */
  put(offset: number, piece: Uint8Array): Promise<void>;
  /** Proves the whole, and puts it into its place. */
  finish(): Promise<T>;
}

export interface Relaying {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pieceBytes: number;
  /** Bytes that the target has. */
  readonly onProgress?: (done: number) => void;
}

export const interrupted = () =>
  unavailable("interrupted: what has come is kept for a day, the same command goes on where this one ended");

/** @throws ClusterioError of source or target, `unavailable` when it was interrupted. */
export const relay = async <T>(source: Source, target: Target<T>, relaying: Relaying): Promise<T> => {
  const { clock, signal, onProgress = () => {} } = relaying;
  let [furthest, tries] = [-1, 0];
  for (;;) {
    if (signal.aborted) throw interrupted();
    tries++;
    try {
      const offset = await target.begin();
      onProgress(offset);
      // Only what the target itself says counts as progress: an answer may have been lost on its way.
      if (offset > furthest) tries = 1;
      furthest = Math.max(furthest, offset);
      await pieces(source, target, { ...relaying, offset });
      return await target.finish();
    } catch (error) {
      if (signal.aborted) throw interrupted();
      if (!isClusterioError(error, "unavailable") || tries >= TRIES_MAX) throw error;
      await pause(clock, AGAIN_MS * tries, signal);
    }
  }
};

const pieces = async <T>(
  source: Source,
  target: Target<T>,
  { offset: from, pieceBytes, signal, onProgress = () => {} }: Relaying & { readonly offset: number },
): Promise<void> => {
  const under: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  let done = from;
  for (let offset = from; offset < source.bytes && failure === undefined && !signal.aborted; offset += pieceBytes) {
    const length = Math.min(pieceBytes, source.bytes - offset);
    const piece = await source.read(offset, length).catch((error: unknown) => {
      failure ??= { error };
    });
    if (piece === undefined) break;
    const put = target.put(offset, piece).then(
      () => {
        done = Math.max(done, offset + length);
        onProgress(done);
      },
      (error: unknown) => {
        failure ??= { error };
      },
    );
    under.push(put);
    if (under.length >= WINDOW) await under.shift();
  }
  await Promise.all(under);
  if (failure !== undefined) throw failure.error;
  if (signal.aborted) throw interrupted();
};

/** Asks for the next pieces while one is being written: on a long line an answer takes longer than its bytes (TX1). */
export const readingAhead = (source: Source, pieceBytes: number): Source => {
  const under = new Map<number, Promise<Uint8Array>>();
  const ask = (offset: number) => {
    if (offset >= source.bytes || under.has(offset)) return;
    const piece = source.read(offset, Math.min(pieceBytes, source.bytes - offset));
    // Whoever comes for it is told; if nobody does, nobody needs to be.
    piece.catch(() => {});
    under.set(offset, piece);
  };
  return {
    bytes: source.bytes,
    read: (offset) => {
      for (const at of under.keys()) if (at < offset || at >= offset + WINDOW * pieceBytes) under.delete(at);
      for (let ahead = 0; ahead < WINDOW; ahead++) ask(offset + ahead * pieceBytes);
      const piece = under.get(offset)!;
      under.delete(offset);
      return piece;
    },
  };
};

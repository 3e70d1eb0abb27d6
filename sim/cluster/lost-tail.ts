import { contentOf } from "#sim/cluster/content";

/**
 * How much of its end a ledger may lose. One that was purged keeps two whole checkpoints (P12), and they are thousands of messages
 * apart: a tail that is lost takes the newer one at most. In the simulation they are a few messages apart, and a tail that took
 * both would be one that nothing promises anything about.
 */
export class LostTail {
  /** Sequences of the last parts of checkpoints. */
  #ends: number[] = [];
  #least = 1;

  /** A message was stored in the ledger. */
  stored(type: string, data: Uint8Array, seq: number): void {
    if (type !== "checkpoint") return;
    const { parts } = contentOf<{ readonly parts?: number }>(data);
    if (parts !== undefined) this.#ends.push(seq);
  }

  /** What lay before one of its checkpoints is no longer there. */
  purged(): void {
    this.#least = Math.max(this.#least, this.#ends.at(-2) ?? 1);
  }

  /** What is left where a tail is lost that begins behind `lastSeq`. */
  after(lastSeq: number): number {
    return Math.max(this.#least, lastSeq);
  }

  cut(lastSeq: number): void {
    this.#ends = this.#ends.filter((end) => end <= lastSeq);
    if (lastSeq === 0) this.#least = 1;
  }
}

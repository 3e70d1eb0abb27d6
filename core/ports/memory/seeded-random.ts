import type { Random } from "#core/ports/random";

const WARM_UP_ROUNDS = 12;

/**
 * Bytes from a 32-bit seed, the same for ever: sfc32 (Chris Doty-Humphrey's "small fast counting" generator; it passes
 * PractRand) with the state (seed, 0x9e3779b9, 0x243f6a88, 1) and 12 rounds of warming up; each output word gives four
 * bytes, lowest first. Not for secrets.
 */
export class SeededRandom implements Random {
  #a: number;
  #b = 0x9e3779b9 | 0;
  #c = 0x243f6a88 | 0;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.word();
  }

  /** The next 32 bits as a number from 0 to 2^32 - 1. */
  word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to `below` - 1, without bias. */
  below(below: number): number {
    const limit = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const word = this.word();
      if (word < limit) return word % below;
    }
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.word();
      for (let byte = 0; byte < 4 && at + byte < count; byte++) bytes[at + byte] = (word >>> (8 * byte)) & 0xff;
    }
    return bytes;
  }
}

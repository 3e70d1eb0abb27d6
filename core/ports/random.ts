/** Chance as a port. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
}

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Unpredictable text of `length` characters of 0-9a-z (5.17 bits each, by rejection, so without bias). */
export const randomText = (random: Random, length: number): string => {
  let text = "";
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length + 4)) {
      if (byte < 252 && text.length < length) text += ALPHABET[byte % 36];
    }
  }
  return text;
};

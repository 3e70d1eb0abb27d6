// The encoder of the compact import payload, written from docs/game-protocol.md for these tests; the bridge ships its own.

const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
const more = "ghijklmnopqrstuvwxyz0123456789-_";

export function encodeNumber(value: number): string {
  let text = "";
  let rest = value;
  while (rest >= 32) {
    text += more.charAt(rest % 32);
    rest = Math.floor(rest / 32);
  }
  return text + last.charAt(rest);
}

/** Pairs of a resource's number and an amount, in rising order of numbers. */
export function encodeCompact(pairs: readonly (readonly [number, number])[]): string {
  let previous = -1;
  let text = "";
  for (const [number, amount] of pairs) {
    text += encodeNumber(number - previous - 1) + encodeNumber(amount);
    previous = number;
  }
  return text;
}

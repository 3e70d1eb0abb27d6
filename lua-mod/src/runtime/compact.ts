// The import payload of `/ci`: pairs of unsigned numbers in base 32, least significant digit first, one character a digit.
// Another alphabet marks a digit that another follows, so no separator is needed (docs/game-protocol.md).
import { compact_digits_max, total_max } from "./limits";

const last_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
const more_digits = "ghijklmnopqrstuvwxyz0123456789-_";

/** By byte: the digit's value, 32 added when another digit follows. */
const digits = new LuaMap<number, number>();
for (const i of $range(1, 32)) {
  digits.set(string.byte(last_digits, i), i - 1);
  digits.set(string.byte(more_digits, i), i - 1 + 32);
}

/** The numbers of a payload; undefined when it does not parse. */
export function readNumbers(payload: string): number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let place = 1;
  let length = 0;
  for (const i of $range(1, payload.length)) {
    const digit = digits.get(string.byte(payload, i));
    if (digit === undefined || length >= compact_digits_max) return undefined;
    value += (digit % 32) * place;
    place *= 32;
    length += 1;
    if (value >= total_max) return undefined;
    if (digit < 32) {
      numbers.push(value);
      value = 0;
      place = 1;
      length = 0;
    }
  }
  return length === 0 ? numbers : undefined;
}

/** Rising numbers, each below `known`, as differences to the one before less one; undefined when it is something else. */
export function decodeRising(payload: string, known: number): number[] | undefined {
  const raw = readNumbers(payload);
  if (raw === undefined) return undefined;
  const rising: number[] = [];
  let r = -1;
  for (const step of raw) {
    r += step + 1;
    if (r >= known) return undefined;
    rising.push(r);
  }
  return rising;
}

/** The resources' numbers and their amounts above `base`, in the same order. */
export interface Amounts {
  numbers: number[];
  amounts: number[];
}

/** undefined when the payload does not parse or names a number of `known` or above. */
export function decodeCompact(payload: string, known: number): Amounts | undefined {
  const raw = readNumbers(payload);
  if (raw === undefined || raw.length % 2 !== 0) return undefined;
  const decoded: Amounts = { numbers: [], amounts: [] };
  let r = -1;
  for (const pair of $range(0, raw.length / 2 - 1)) {
    r += raw[pair * 2] + 1;
    if (r >= known) return undefined;
    decoded.numbers.push(r);
    decoded.amounts.push(raw[pair * 2 + 1]);
  }
  return decoded;
}

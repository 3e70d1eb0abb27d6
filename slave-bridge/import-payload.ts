/**
 * The compact import payload of `/ci` (docs/game-protocol.md): what is to be taken in, in as few bytes as will do, since the
 * game takes in only 25 to 100 bytes of a command in a tick.
 */

/** A resource's number in the save, and how much above the session's base it may have received. */
export type ImportPair = readonly [number: number, amount: number];

/** A digit that ends a number, and one that another follows. */
const LAST = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
const MORE = "ghijklmnopqrstuvwxyz0123456789-_";
const BASE = 32;
/** 2^53 in base 32 */
const DIGITS_MAX = 11;
const TAG_CHARACTERS = 4;
const COMMAND = "/ci";

/** The least that a command must be allowed, so that any one pair fits. */
export const IMPORT_COMMAND_BYTES_MIN = `${COMMAND} ${"t".repeat(TAG_CHARACTERS)} `.length + 2 * DIGITS_MAX;

/** Pairs stand in rising order of numbers; another order is a bug of the caller. */
export const encodeImport = (pairs: readonly ImportPair[]): string => {
  let payload = "";
  let previous = -1;
  for (const pair of pairs) {
    payload += encodePair(pair, previous);
    previous = pair[0];
  }
  return payload;
};

/** The pairs, or undefined for what is no payload. */
export const decodeImport = (payload: string): ImportPair[] | undefined => {
  const numbers = decodeNumbers(payload);
  if (numbers === undefined || numbers.length % 2 !== 0) return undefined;
  const pairs: ImportPair[] = [];
  let number = -1;
  for (let at = 0; at < numbers.length; at += 2) {
    number += numbers[at]! + 1;
    if (!Number.isSafeInteger(number)) return undefined;
    pairs.push([number, numbers[at + 1]!]);
  }
  return pairs;
};

/** One command for all pairs. */
export const importCommand = (tag: string, pairs: readonly ImportPair[]): string => commandOf(tag, encodeImport(pairs));

/** One command of at most `commandBytesMax` bytes for as many pairs as fit, from the first on: `count` of them. */
export const firstImport = (
  tag: string,
  pairs: readonly ImportPair[],
  commandBytesMax: number,
): { readonly command: string; readonly count: number } => {
  // Written so that NaN fails too.
  if (!(commandBytesMax >= IMPORT_COMMAND_BYTES_MIN))
    throw new RangeError(`an import command of ${commandBytesMax} bytes may be too short for one resource`);
  const room = commandBytesMax - commandOf(tag, "").length;
  let payload = "";
  let previous = -1;
  let count = 0;
  for (const pair of pairs) {
    const text = encodePair(pair, previous);
    if (payload.length + text.length > room) break;
    payload += text;
    previous = pair[0];
    count++;
  }
  return { command: commandOf(tag, payload), count };
};

const commandOf = (tag: string, payload: string): string => {
  if (!/^[0-9a-z]{4}$/.test(tag)) throw new RangeError(`"${tag}" is no session's tag`);
  return `${COMMAND} ${tag} ${payload}`;
};

/** `previous` is the number of the pair before, -1 for none. */
const encodePair = ([number, amount]: ImportPair, previous: number): string => {
  if (number <= previous) throw new RangeError(`resource ${number} stands after resource ${previous}`);
  return encodeNumber(number - previous - 1) + encodeNumber(amount);
};

/** One unsigned number: base 32, the last digit from an alphabet of its own, so that no separator is needed. */
export const encodeNumber = (value: number): string => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} can't stand in an import`);
  let text = "";
  let rest = value;
  while (rest >= BASE) {
    text += MORE.charAt(rest % BASE);
    rest = Math.floor(rest / BASE);
  }
  return text + LAST.charAt(rest);
};

/** The numbers in a text, or undefined for what is none. */
export const decodeNumbers = (text: string): number[] | undefined => {
  const numbers: number[] = [];
  let value = 0;
  let digits = 0;
  for (const character of text) {
    const last = LAST.indexOf(character);
    const digit = last >= 0 ? last : MORE.indexOf(character);
    value += digit * BASE ** digits;
    digits++;
    if (digit < 0 || digits > DIGITS_MAX || !Number.isSafeInteger(value)) return undefined;
    if (last < 0) continue;
    numbers.push(value);
    value = 0;
    digits = 0;
  }
  return digits === 0 ? numbers : undefined;
};

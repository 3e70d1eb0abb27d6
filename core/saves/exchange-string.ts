import { crc32, inflateSync } from "node:zlib";
import { badInput } from "#core/errors";

/**
 * A map exchange string as far as everybody can read it without the game: its frame, its sum and the version of the game that made
 * it. What it holds is laid out anew every few versions; that is asked of a game (docs/adr/0091). Pure.
 */

/** A game with dozens of mods that add ores makes one of some kB. */
export const EXCHANGE_CHARACTERS_MAX = 64 * 1024;
const UNPACKED_BYTES_MAX = 1024 * 1024;
/** Four 16-bit numbers of the version, and a byte that is always 0. */
const HEAD_BYTES = 9;
const SUM_BYTES = 4;

export interface ExchangeString {
  /** Without blanks and line breaks: `>>>`, base64, `<<<`. */
  readonly text: string;
  /** Of the game that made it: "2.1.9". */
  readonly version: string;
}

const AGAIN = "copy it anew from the game's map generator, from >>> to <<<, in quotes";

/** @throws ClusterioError `bad-input` that says what is wrong with it. */
export const readExchangeString = (given: string): ExchangeString => {
  if (given.length > EXCHANGE_CHARACTERS_MAX * 2) throw tooLong();
  // The game breaks it into lines, and takes no notice of blanks.
  const text = given.replace(/\s+/g, "");
  if (text.length > EXCHANGE_CHARACTERS_MAX) throw tooLong();
  if (!text.startsWith(">>>"))
    throw badInput(`this is no map exchange string, which begins with >>> and ends with <<<: ${AGAIN}`);
  if (!text.endsWith("<<<")) throw badInput(`this map exchange string has lost its end, <<<: ${AGAIN}`);
  if (!/^>>>[A-Za-z0-9+/]+={0,2}<<<$/.test(text))
    throw badInput(`this map exchange string has characters that do not belong into one: ${AGAIN}`);
  const bytes = unpacked(Buffer.from(text.slice(3, -3), "base64"));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES + SUM_BYTES) throw damaged();
  const end = bytes.length - SUM_BYTES;
  if (crc32(bytes.subarray(0, end)) !== view.getUint32(end, true)) throw damaged();
  return { text, version: [0, 2, 4].map((at) => view.getUint16(at, true)).join(".") };
};

const unpacked = (packed: Uint8Array): Uint8Array => {
  try {
    return inflateSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX });
  } catch (error) {
    throw damaged(error);
  }
};

const damaged = (cause?: unknown) =>
  badInput(`this map exchange string is damaged, or of a game before 0.17: ${AGAIN}`, cause);
const tooLong = () => badInput(`this is no map exchange string: one has at most ${EXCHANGE_CHARACTERS_MAX} characters`);

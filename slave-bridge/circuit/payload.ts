import { decodeNumbers, encodeNumber } from "#bridge/import-payload";

/**
 * The compact payload of `/cs` (docs/game-protocol.md): what of a feed's signals differs from what was told before, in as few
 * bytes as will do. Numbers as in imports (import-payload.ts).
 */

/** A signal's number in the save, and by how much its value differs (32 bits, signed). */
export type Change = readonly [number: number, difference: number];

export interface FeedHead {
  readonly feed: number;
  /** Rises by one with each command about this feed: the mod takes no other. A start begins anew with any. */
  readonly counter: number;
  /** What follows is told from the beginning: nothing was told before … */
  readonly start: boolean;
  /** … and with this command all of it has been: what the mod still shows of before goes. */
  readonly end: boolean;
}

const START = 1;
const END = 2;
const SIGNED = 4;
const FLAGS = 8;
const COMMAND = "/cs";

/** A feed's command: at 25 bytes a tick, the least that the game takes in, it holds a delivery up for half a second. */
export const FEED_COMMAND_BYTES_MAX = 800;

const zigzag = (n: number): number => (n >= 0 ? 2 * n : -2 * n - 1);
const unzigzag = (n: number): number => (n % 2 === 0 ? n / 2 : -(n + 1) / 2);

/** As many of the changes, which stand in rising order of numbers, as fit into one command; `end` is meant for all of them. */
export const feedCommand = (
  tag: string,
  head: FeedHead,
  changes: readonly Change[],
): { readonly command: string; readonly count: number } => {
  const isSigned = changes.some(([, difference]) => difference < 0);
  const flags = (head.start ? START : 0) + (isSigned ? SIGNED : 0);
  const begin = `${COMMAND} ${tag} ${encodeNumber(head.feed)}`;
  let room = FEED_COMMAND_BYTES_MAX - begin.length - encodeNumber(head.counter * FLAGS + FLAGS - 1).length;
  let payload = "";
  let previous = -1;
  let count = 0;
  for (const [number, difference] of changes) {
    const text = encodeNumber(number - previous - 1) + encodeNumber(isSigned ? zigzag(difference) : difference);
    room -= text.length;
    if (room < 0) break;
    payload += text;
    previous = number;
    count++;
  }
  const end = head.end && count === changes.length ? END : 0;
  return { command: `${begin}${encodeNumber(head.counter * FLAGS + flags + end)}${payload}`, count };
};

/** The payload's meaning, undefined for what is none. For tests and the simulation's worlds: the mod decodes in Lua. */
export const decodeFeed = (payload: string): (FeedHead & { readonly changes: readonly Change[] }) | undefined => {
  const numbers = decodeNumbers(payload);
  const [feed, head, ...rest] = numbers ?? [];
  if (feed === undefined || head === undefined || rest.length % 2 !== 0) return undefined;
  const flags = head % FLAGS;
  const changes: Change[] = [];
  let number = -1;
  for (let at = 0; at < rest.length; at += 2) {
    number += rest[at]! + 1;
    changes.push([number, flags >= SIGNED ? unzigzag(rest[at + 1]!) : rest[at + 1]!]);
  }
  const counter = Math.floor(head / FLAGS);
  return { feed, counter, start: flags % 2 === START, end: flags % SIGNED >= END, changes };
};

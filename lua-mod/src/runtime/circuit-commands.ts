// The bridge's commands about circuits: numbers for signals, and what a feed's values are now.
import type { Feed } from "./circuit-state";
import { readNumbers } from "./compact";
import { addTold, endTold, isHeard, startTold } from "./feeds";
import { field, jsonNumber, jsonObject, type Parsed } from "./json";
import type { Refused } from "./session";
import { numberOfSignal, signalIn } from "./signal-names";

const start_flag = 1;
const end_flag = 2;
const signed_flag = 4;
const flags = 8;

function has(bits: number, flag: number): boolean {
  return bits % (2 * flag) >= flag;
}

/** Numbers for those of the keys that this game has prototypes for; undefined when the parameter is none. */
export function numberSignals({ names }: Parsed): string | undefined {
  if (typeof names !== "object") return undefined;
  const given: string[] = [];
  for (const key of names as unknown[]) {
    if (typeof key === "string" && signalIn(key) !== undefined) given.push(field(key, jsonNumber(numberOfSignal(key))));
  }
  return jsonObject([field("signals", jsonObject(given))]);
}

interface Changes {
  signals: number[];
  by: number[];
}

function changesIn(numbers: number[], isSigned: boolean): Changes | undefined {
  const changes: Changes = { signals: [], by: [] };
  let s = -1;
  for (const i of $range(2, numbers.length - 1, 2)) {
    s += numbers[i] + 1;
    if (s >= storage.circuits.keys.length) return undefined;
    const n = numbers[i + 1];
    let by = n;
    if (isSigned) by = n % 2 === 0 ? n / 2 : -(n + 1) / 2;
    changes.signals.push(s);
    changes.by.push(by);
  }
  return changes;
}

function take(feed: Feed, { signals, by }: Changes, bits: number): void {
  if (has(bits, start_flag)) startTold(feed);
  for (const i of $range(0, signals.length - 1)) addTold(feed, signals[i], by[i]);
  if (has(bits, end_flag)) endTold(feed);
}

function unreadable(): Refused {
  return { error: "payload", message: "the signals do not parse, or name a number that this save has not given" };
}

/** Takes in what a command says about a feed, all of it or nothing. */
export function takeInFeed(payload: string): Refused | undefined {
  const numbers = readNumbers(payload);
  if (numbers === undefined || numbers.length < 2 || numbers.length % 2 !== 0) return unreadable();
  const [number, head] = [numbers[0], numbers[1]];
  const bits = head % flags;
  const counter = math.floor(head / flags);
  const changes = changesIn(numbers, has(bits, signed_flag));
  if (changes === undefined) return unreadable();
  const feed = storage.circuits.feeds.get(number);
  if (feed === undefined || !isHeard(feed)) return undefined; // nobody here shows it any more
  // MC6
  if (!has(bits, start_flag) && (feed.counter < 0 || counter !== feed.counter + 1)) {
    return { error: "order", message: "this does not follow what came before: tell it from the beginning" };
  }
  feed.counter = counter;
  take(feed, changes, bits);
  return undefined;
}

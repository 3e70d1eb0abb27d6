// What the bridge is told about circuits: what this world puts on channels, and what its combinators show. Lines of their own in the
// report file, each once and in order; a new session is told everything.
import type { Feed } from "./circuit-state";
import { forgetTold, isHeard, prune, storage_feed, talk } from "./feeds";
import { field, jsonArray, jsonNumber, jsonObject, jsonString } from "./json";
import { say_ticks } from "./limits";
import { append, hasRoom } from "./report";
import { mayCollect } from "./session";
import { refreshStatus } from "./showers";
import { keyOfNumber } from "./signal-names";
import { amount } from "./totals";

function entry(s: number, value: number): string {
  return field(keyOfNumber(s), jsonNumber(value));
}

function sums({ own, signals, unsaid, saysWhole }: Feed): string[] {
  const written: string[] = [];
  if (saysWhole) {
    for (const s of signals) if (own.has(s)) written.push(entry(s, amount(own, s)));
  } else {
    for (const s of unsaid) written.push(entry(s, amount(own, s)));
  }
  return written;
}

function circuitLine(fields: string[]): void {
  append(jsonObject([field("circuit", jsonString(storage.session.token)), ...fields]));
}

function say(feed: Feed): void {
  const fields = [field("say", jsonString(feed.channel))];
  if (feed.saysWhole) fields.push(field("whole", "true"));
  fields.push(field("signals", jsonObject(sums(feed))));
  circuitLine(fields);
  feed.unsaid = [];
  feed.isUnsaid = new LuaMap();
  feed.saysWhole = false;
  feed.saidAt = game.tick;
}

/** One channel a tick, each no more often than every `say_ticks`. */
function sayOne(): void {
  const { circuits } = storage;
  if (circuits.talking.length === 0) return;
  if (circuits.talkCursor >= circuits.talking.length) circuits.talkCursor = 0;
  const feed = circuits.talking[circuits.talkCursor];
  if (game.tick - feed.saidAt < say_ticks) {
    circuits.talkCursor += 1;
    return;
  }
  say(feed);
  feed.isTalking = false;
  const last = circuits.talking.pop()!;
  if (last !== feed) circuits.talking[circuits.talkCursor] = last;
  prune(feed);
}

/** The signals of the storage that this world's combinators show and its mods watch; undefined for all. */
function chosen({ showers }: Feed): string[] | undefined {
  const keys: string[] = [];
  const seen = new LuaSet<number>();
  const choose = (signals: number[]) => {
    for (const s of signals) {
      if (!seen.has(s)) keys.push(jsonString(keyOfNumber(s)));
      seen.add(s);
    }
  };
  for (const { only } of showers) {
    if (only.length === 0) return undefined;
    choose(only);
  }
  for (const { signals } of storage.watches) choose(signals);
  return keys;
}

function heard(feed: Feed): string {
  const fields = [field("epoch", jsonNumber(feed.epoch))];
  if (feed.number !== storage_feed) {
    fields.push(field("channel", jsonString(feed.channel)));
  } else {
    const keys = chosen(feed);
    if (keys !== undefined) fields.push(field("only", jsonArray(keys)));
  }
  return field(jsonNumber(feed.number), jsonObject(fields));
}

function hear(): void {
  const { circuits } = storage;
  const feeds: string[] = [];
  for (const number of $range(0, circuits.lastFeed)) {
    const feed = circuits.feeds.get(number);
    if (feed !== undefined && isHeard(feed)) feeds.push(heard(feed));
  }
  const names: string[] = [];
  for (const s of $range(circuits.statedKeys, circuits.keys.length - 1)) {
    names.push(field(jsonNumber(s), jsonString(keyOfNumber(s))));
  }
  circuits.statedKeys = circuits.keys.length;
  circuits.mustHear = false;
  circuitLine([field("hear", jsonObject(feeds)), field("names", jsonObject(names))]);
}

/** Whether this world puts anything on the channel. */
function puts({ own, signals }: Feed): boolean {
  for (const s of signals) if (own.has(s)) return true;
  return false;
}

/** The bridge that begins knows nothing. */
export function sessionBegan(): void {
  const { circuits } = storage;
  circuits.statedKeys = 0;
  for (const number of $range(0, circuits.lastFeed)) {
    const feed = circuits.feeds.get(number);
    if (feed !== undefined) {
      feed.epoch += 1;
      if (isHeard(feed)) circuits.mustHear = true;
      feed.unsaid = [];
      feed.isUnsaid = new LuaMap();
      feed.saysWhole = puts(feed);
      if (feed.saysWhole) talk(feed);
    }
  }
}

/** MC5: the lease ended, or there is one again. */
function linkChanged(): void {
  const { circuits } = storage;
  circuits.isLinked = mayCollect();
  for (const number of $range(0, circuits.lastFeed)) {
    const feed = circuits.feeds.get(number);
    if (feed !== undefined) {
      if (!circuits.isLinked) forgetTold(feed);
      if (isHeard(feed)) circuits.mustHear = true;
      for (const shower of feed.showers) refreshStatus(shower);
    }
  }
}

/** The end of the tick. */
export function reportCircuits(): void {
  const { circuits, session } = storage;
  if (circuits.isLinked !== mayCollect()) linkChanged();
  if (!session.open || !hasRoom()) return;
  sayOne();
  if (circuits.mustHear) hear();
}

// A feed's values: what this world puts on the channel, and what the bridge says that the others do (MC1, MC2).
import type { Feed } from "./circuit-state";
import { feed_slots_max } from "./limits";
import { wrap32 } from "./signal-names";
import { amount, set } from "./totals";

export const storage_feed = 0;
/** Of Shower.rewrite: everything, after everything was cleared. */
export const must_clear = -2;

function newFeed(number: number, channel: string): Feed {
  const feed: Feed = {
    number,
    channel,
    own: new LuaMap(),
    told: new LuaMap(),
    before: new LuaMap(),
    epoch: 0,
    counter: -1,
    signals: [],
    slotOf: new LuaMap(),
    values: [],
    version: 0,
    log: [],
    showers: [],
    cursor: 0,
    looked: 0,
    isStale: false,
    transmitters: 0,
    unsaid: [],
    isUnsaid: new LuaMap(),
    saysWhole: false,
    isTalking: false,
    saidAt: 0,
  };
  storage.circuits.feeds.set(number, feed);
  return feed;
}

/** The feed of a channel, or of the storage's levels, made now if there was none. */
export function feedOf(channel: string | undefined): Feed {
  const { circuits } = storage;
  if (channel === undefined) return circuits.feeds.get(storage_feed) ?? newFeed(storage_feed, "");
  let feed = circuits.byChannel.get(channel);
  if (feed === undefined) {
    circuits.lastFeed += 1;
    feed = newFeed(circuits.lastFeed, channel);
    circuits.byChannel.set(channel, feed);
  }
  return feed;
}

/** A channel that nobody here uses any more, and of which all has been said, is forgotten. */
export function prune(feed: Feed): void {
  if (feed.number === storage_feed || feed.transmitters > 0 || feed.showers.length > 0) return;
  if (feed.unsaid.length > 0 || feed.isTalking || feed.isStale) return;
  storage.circuits.feeds.delete(feed.number);
  storage.circuits.byChannel.delete(feed.channel);
}

/** Whether anybody here wants to know the feed's values: combinators or, of the storage, other mods. */
export function isHeard(feed: Feed): boolean {
  return feed.showers.length > 0 || (feed.number === storage_feed && storage.watches.length > 0);
}

export function markStale(feed: Feed): void {
  feed.looked = 0;
  if (feed.isStale || feed.showers.length === 0) return;
  feed.isStale = true;
  storage.circuits.stale.push(feed);
}

function isUsed(feed: Feed, s: number): boolean {
  return feed.own.has(s) || feed.told.has(s) || feed.before.has(s);
}

/** Slots of signals that came and went are given anew; every combinator is written anew. False when there are none. */
function compactLayout(feed: Feed): boolean {
  const { signals, values } = feed;
  feed.signals = [];
  feed.values = [];
  feed.slotOf = new LuaMap();
  for (const slot of $range(0, signals.length - 1)) {
    if (isUsed(feed, signals[slot])) addSlot(feed, signals[slot], values[slot]);
  }
  if (feed.signals.length === signals.length) return false;
  feed.log = [];
  for (const shower of feed.showers) shower.rewrite = must_clear;
  markStale(feed);
  return true;
}

function addSlot(feed: Feed, s: number, value: number): number {
  const slot = feed.signals.length;
  feed.slotOf.set(s, slot);
  feed.signals.push(s);
  feed.values.push(value);
  return slot;
}

/** The signal's slot, given now; undefined when it needs none, or there is no room. */
function slotFor(feed: Feed, s: number): number | undefined {
  const known = feed.slotOf.get(s);
  if (known !== undefined || !isUsed(feed, s)) return known;
  if (feed.signals.length >= feed_slots_max && !compactLayout(feed)) return undefined;
  return addSlot(feed, s, 0);
}

/** What the feed shows of this signal may have changed. */
function touch(feed: Feed, s: number): void {
  const value = wrap32(amount(feed.own, s) + (feed.told.get(s) ?? amount(feed.before, s)));
  const slot = slotFor(feed, s);
  if (slot === undefined || feed.values[slot] === value) return;
  feed.values[slot] = value;
  if (feed.showers.length === 0) return;
  feed.version += 1;
  feed.log.push(slot);
  markStale(feed);
}

/** A transmitter's part of the channel changed by so much (MC1). */
export function addOwn(feed: Feed, s: number, by: number): void {
  set(feed.own, s, wrap32(amount(feed.own, s) + by));
  touch(feed, s);
  if (!feed.isUnsaid.has(s)) {
    feed.isUnsaid.set(s, true);
    feed.unsaid.push(s);
  }
  talk(feed);
}

/** There is something to say about the channel. */
export function talk(feed: Feed): void {
  if (feed.isTalking) return;
  feed.isTalking = true;
  storage.circuits.talking.push(feed);
}

/** What the bridge said before stays shown until it has said everything anew. */
export function startTold(feed: Feed): void {
  for (const [s, value] of feed.told) feed.before.set(s, value);
  feed.told = new LuaMap();
}

export function addTold(feed: Feed, s: number, by: number): void {
  set(feed.told, s, wrap32(amount(feed.told, s) + by));
  // A value that came to nothing is told, too: what was there before does not count any more.
  feed.before.delete(s);
  touch(feed, s);
}

function touchAll(feed: Feed, gone: LuaMap<number, number>): void {
  for (const s of feed.signals) if (gone.has(s)) touch(feed, s);
}

/** All has been told anew: what was not among it is gone. */
export function endTold(feed: Feed): void {
  const { before } = feed;
  feed.before = new LuaMap();
  touchAll(feed, before);
}

/** Nobody vouches any more for what was told (MC5). */
export function forgetTold(feed: Feed): void {
  const { told, before } = feed;
  feed.told = new LuaMap();
  feed.before = new LuaMap();
  feed.counter = -1;
  feed.epoch += 1;
  touchAll(feed, told);
  touchAll(feed, before);
}

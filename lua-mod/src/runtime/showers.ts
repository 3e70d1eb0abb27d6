// Combinators that show a feed, written slot by slot: only what changed, so many slots a tick (MC4). A feed whose combinators are
// up to date costs nothing.
import type { LuaConstantCombinatorControlBehavior, LuaLogisticSection } from "factorio:runtime";
import type { Feed, Shower } from "./circuit-state";
import { markStale, must_clear, prune } from "./feeds";
import { feed_log_max, section_slots_max } from "./limits";
import { barred } from "./permission";
import { mayCollect } from "./session";
import { keyOfNumber, signalIn } from "./signal-names";
import { no_status, showStatus } from "./status";

const up_to_date = -1;

function behaviorOf(shower: Shower): LuaConstantCombinatorControlBehavior {
  return shower.entity.get_or_create_control_behavior() as LuaConstantCombinatorControlBehavior;
}

function sectionAt(behavior: LuaConstantCombinatorControlBehavior, index: number): LuaLogisticSection | undefined {
  while (behavior.sections_count < index) if (behavior.add_section() === undefined) return undefined;
  return behavior.get_section(index);
}

/** The signal on this place of the combinator gets this value. */
function writeSlot(behavior: LuaConstantCombinatorControlBehavior, place: number, s: number, value: number): void {
  const section = sectionAt(behavior, math.floor(place / section_slots_max) + 1);
  const slot = (place % section_slots_max) + 1;
  const signal = signalIn(keyOfNumber(s));
  if (section === undefined) return;
  if (value === 0 || signal === undefined) {
    section.clear_slot(slot);
    return;
  }
  const { type, name, quality } = signal;
  section.set_slot(slot, { value: { type, name, quality, comparator: "=" }, min: value });
}

/** Everything off, also what a player or a blueprint put there. */
function clear(shower: Shower): void {
  const behavior = behaviorOf(shower);
  for (const index of $range(behavior.sections_count, 2, -1)) behavior.remove_section(index);
  const first = sectionAt(behavior, 1);
  if (first !== undefined) first.filters = [];
}

function begin(shower: Shower, feed: Feed): void {
  clear(shower);
  shower.seen = feed.version;
  shower.rewrite = barred(shower) === "" ? 0 : up_to_date;
}

/** Where this slot of the feed stands on the combinator; undefined when it does not show it. */
function placeOf(shower: Shower, feed: Feed, slot: number): number | undefined {
  return shower.only.length === 0 ? slot : shower.place.get(feed.signals[slot]);
}

function write(shower: Shower, feed: Feed, slot: number): void {
  const place = placeOf(shower, feed, slot);
  if (place !== undefined) writeSlot(behaviorOf(shower), place, feed.signals[slot], feed.values[slot]);
}

/** Brings one combinator up to date with at most `hands` steps; returns those left. */
function bring(shower: Shower, feed: Feed, hands: number): number {
  let left = hands - 1;
  if (!shower.entity.valid) return left; // on_object_destroyed is on its way
  if (shower.rewrite === must_clear) begin(shower, feed);
  while (left > 0 && shower.rewrite >= 0) {
    if (shower.rewrite >= feed.signals.length) {
      shower.rewrite = up_to_date;
    } else {
      write(shower, feed, shower.rewrite);
      shower.rewrite += 1;
      left -= 1;
    }
  }
  const isShown = barred(shower) === "";
  while (left > 0 && shower.seen < feed.version) {
    // `log` ends with the change that made this version.
    const slot = feed.log[feed.log.length - (feed.version - shower.seen)];
    if (isShown) write(shower, feed, slot);
    shower.seen += 1;
    left -= 1;
  }
  return left;
}

function isUpToDate(shower: Shower, feed: Feed): boolean {
  return !shower.entity.valid || (shower.rewrite === up_to_date && shower.seen === feed.version);
}

function statusOf(shower: Shower): string {
  if (shower.feed === undefined) return "no-channel";
  const bar = barred(shower);
  if (bar !== "") return bar;
  return mayCollect() ? "" : "no-link";
}

export function refreshStatus(shower: Shower): void {
  if (!shower.entity.valid) return;
  const key = statusOf(shower);
  showStatus(shower, key === "" ? no_status : { key, gaps: [] });
}

/** A log that nobody could catch up with is dropped: who is behind is written anew. */
function boundLog(feed: Feed): void {
  if (feed.log.length <= feed_log_max) return;
  for (const shower of feed.showers) if (shower.seen < feed.version) shower.rewrite = must_clear;
  feed.log = [];
}

/** Works on one feed with at most `hands` steps; returns those left. */
function work(feed: Feed, hands: number): number {
  let left = hands;
  boundLog(feed);
  while (left > 0 && feed.looked < feed.showers.length) {
    if (feed.cursor >= feed.showers.length) feed.cursor = 0;
    const shower = feed.showers[feed.cursor];
    left = bring(shower, feed, left);
    if (isUpToDate(shower, feed)) {
      refreshStatus(shower);
      feed.cursor += 1;
      feed.looked += 1;
    }
  }
  return left;
}

/** So many slots a tick, each feed with news in turn. */
export function showFeeds(): void {
  const { circuits } = storage;
  if (circuits.stale.length === 0) return;
  let hands = settings.global["clusterio-signals-per-tick"].value as number;
  while (hands > 0 && circuits.stale.length > 0) {
    if (circuits.staleCursor >= circuits.stale.length) circuits.staleCursor = 0;
    const feed = circuits.stale[circuits.staleCursor];
    hands = work(feed, hands);
    if (feed.looked < feed.showers.length) {
      circuits.staleCursor += 1;
      return;
    }
    feed.isStale = false;
    feed.log = [];
    const last = circuits.stale.pop()!;
    if (last !== feed) circuits.stale[circuits.staleCursor] = last;
    prune(feed);
  }
}

/** Everything on it is written anew. */
export function rewrite(shower: Shower): void {
  shower.rewrite = must_clear;
  if (shower.feed === undefined) {
    if (shower.entity.valid) clear(shower);
    refreshStatus(shower);
  } else {
    markStale(shower.feed);
  }
}

/** Where combinators may show something has changed. */
export function rewriteAll(): void {
  const { circuits } = storage;
  for (const number of $range(0, circuits.lastFeed)) {
    const feed = circuits.feeds.get(number);
    if (feed !== undefined) for (const shower of feed.showers) rewrite(shower);
  }
}

/** It shows another feed from now on; undefined: none. */
export function tune(shower: Shower, feed: Feed | undefined): void {
  const { feed: old } = shower;
  if (old !== undefined) {
    const kept: Shower[] = [];
    for (const other of old.showers) if (other !== shower) kept.push(other);
    old.showers = kept;
    old.looked = 0;
  }
  shower.feed = feed;
  if (feed !== undefined) feed.showers.push(shower);
  rewrite(shower);
  storage.circuits.mustHear = true;
  if (old !== undefined) prune(old);
}

/** It shows these signals only; none: all. */
export function showOnly(shower: Shower, only: number[]): void {
  shower.only = only;
  shower.place = new LuaMap();
  for (const i of $range(0, only.length - 1)) shower.place.set(only[i], i);
  rewrite(shower);
  storage.circuits.mustHear = true;
}

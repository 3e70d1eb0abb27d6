// What the save carries for circuits. A *feed* is a channel of the cluster, or the levels of its storage (number 0, no channel):
// its values, and the combinators that show them.
//
// MC1  `own[s]` is the 32-bit sum of what the channel's transmitters last read; a transmitter's part leaves with it. The world adds
//      it by itself: the bridge never tells a world what it said.
// MC2  `values[slot]` is own + told, or + before for what was not told anew yet, at 32 bits. A signal keeps its slot as long as
//      the feed's layout lives, so a combinator never has it twice.
// MC3  A signal's number never changes its meaning within a save: keys are only ever appended.
// MC4  Every shower of a feed is up to date, or the feed stands in `stale`, and `log` has all slots that changed since the shower
//      that is furthest behind, or that one is being rewritten.
// MC5  What was told counts within the lease: after it nobody vouches for it, and it is forgotten.
// MC6  A command about a feed is taken only behind the one that it follows; a start may follow any.
import type { Port, Ring, Totals } from "./state";

/** A combinator that puts what its wires carry on a channel. */
export interface Transmitter extends Port {
  kind: "transmitter";
  /** "" for none. */
  channel: string;
  /** Where, as `places` has it. */
  stands: string;
  /** What it last read, by signal, in the order in which the game listed it. */
  signals: number[];
  counts: number[];
}

/** A combinator that shows a feed. */
export interface Shower extends Port {
  kind: "shower";
  /** It shows the storage, and no channel. */
  isStorage: boolean;
  /** "" for none, and for one that shows storage. */
  channel: string;
  /** Where, as `places` has it. */
  stands: string;
  /** Undefined while nothing is chosen. */
  feed: Feed | undefined;
  /** Of the storage: these signals only, in this order; empty: all. */
  only: number[];
  /** Where they stand, by signal. */
  place: LuaMap<number, number>;
  /** The feed's version that it shows. */
  seen: number;
  /** The next slot to be written anew; -1: none, -2: all, after everything was cleared. */
  rewrite: number;
}

export interface Feed {
  number: number;
  /** "" for the levels of the storage. */
  channel: string;
  own: Totals;
  told: Totals;
  before: Totals;
  /** How often what was told has been forgotten. */
  epoch: number;
  /** Of the last command, -1 before the first. */
  counter: number;
  signals: number[];
  slotOf: LuaMap<number, number>;
  values: number[];
  /** How many slots have changed ever; `log` has the last of them. */
  version: number;
  log: number[];
  showers: Shower[];
  cursor: number;
  /** Showers found up to date one after the other. */
  looked: number;
  isStale: boolean;
  transmitters: number;
  /** Signals whose sum the bridge was not told. */
  unsaid: number[];
  isUnsaid: LuaMap<number, true>;
  saysWhole: boolean;
  isTalking: boolean;
  saidAt: number;
}

export interface Circuits {
  keys: string[];
  numbers: LuaMap<string, number>;
  feeds: LuaMap<number, Feed>;
  byChannel: LuaMap<string, Feed>;
  lastFeed: number;
  transmitters: Ring<Transmitter>;
  /** Circuit entities by where they stand: one that is replaced hands its settings on. */
  places: LuaMap<string, number>;
  stale: Feed[];
  staleCursor: number;
  talking: Feed[];
  talkCursor: number;
  /** The bridge is to be told what is shown here. */
  mustHear: boolean;
  /** How many keys this session's bridge knows. */
  statedKeys: number;
  isLinked: boolean;
}

export function freshCircuits(): Circuits {
  return {
    keys: [],
    numbers: new LuaMap(),
    feeds: new LuaMap(),
    byChannel: new LuaMap(),
    lastFeed: 0,
    transmitters: { all: [], cursor: 0, active: [], activeCursor: 0 },
    places: new LuaMap(),
    stale: [],
    staleCursor: 0,
    talking: [],
    talkCursor: 0,
    mustHear: false,
    statedKeys: 0,
    isLinked: false,
  };
}

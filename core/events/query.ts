import { z } from "zod";
import { allocationRule, policies } from "#core/events/command";
import { rewindRecord } from "#core/events/ledger";
import * as shape from "#core/events/shapes";
import { instanceConfig } from "#core/instance-config";
import { player } from "#core/people/facts";
import { LIST_NAMES, listEntry } from "#core/people/lists";

/**
 * Read models that the leader answers: `query.<user>.<noun>`, `{ok}` or `{error}`, paged by `after` and `limit`. An answer
 * ends at ANSWER_BYTES_MAX, too; `next`, given back as `after`, goes on where it ended. A world that is longer than one
 * answer comes in several, each with other resources: its vectors are to be joined.
 */

/** An answer's entries: a screenful for any program, far below the payload limit that a projector asks for. */
export const ANSWER_BYTES_MAX = 500_000;

export const page = z.object({
  /** Only what comes after this one: an entry's key, or a `next` (a world's and a resource's with a blank between). */
  after: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(1_000).default(200),
});

export type Page = z.infer<typeof page>;

const next = { next: z.string().optional() };

/** `state.master.standby`: what a projector that does not lead says of itself. */
export const standbyView = z.object({
  name: z.string().min(1).max(100),
  /** halted: its ledger cannot be folded. */
  role: z.enum(["standby", "halted"]),
});
export type StandbyView = z.infer<typeof standbyView>;

export const clusterView = z.object({
  leader: shape.boot,
  /** Projectors that do not lead and were heard lately; left out by earlier versions. */
  standbys: z.array(standbyView).exactOptional(),
  round: shape.count,
  closedAt: shape.count,
  facts: z.object({ applied: shape.count, ignored: z.record(z.string(), shape.count), rejected: shape.count }),
  ledger: z.object({
    bytes: shape.count,
    bytesMax: shape.count.optional(),
    messages: shape.count,
    bytesPerHour: shape.count.optional(),
    /** Until grants stop, at that rate; absent while that is not known. */
    daysLeft: z.number().min(0).optional(),
    /** First message of the newest verified checkpoint: what lies below it may be archived and purged. */
    checkpoint: shape.count.optional(),
  }),
  /** False while the leader waits for worlds to restate, or the ledger is nearly full. */
  granting: z.boolean(),
  /** Worlds that went back further than the limit: `world accept` or `world reject`. */
  waiting: z.array(shape.world),
});

/** A rewind that waits; of very many resources those that matter most, in `more` how many there are beyond them. */
export const heldView = z.object({
  /** Broker time (ms). */
  since: shape.count,
  rejected: z.boolean(),
  rewind: rewindRecord,
  more: shape.count,
});

export const VECTOR_NAMES = ["exported", "received", "allocated", "wanted", "debt", "held"] as const;

/** Of all of a world's resources, or of those that its answer has room for. */
const vector = z.record(shape.resource, shape.total);

export const worldView = z.object({
  world: shape.world,
  instance: shape.id,
  open: z.boolean(),
  tick: shape.count,
  exported: vector,
  received: vector,
  allocated: vector,
  /** What the world still misses of what it last stated: target − received. */
  wanted: vector,
  debt: vector,
  held: vector,
  waiting: heldView.optional(),
});

export const instanceView = z.object({
  instance: shape.id,
  config: instanceConfig,
  slave: z.string(),
  epoch: shape.count,
  generation: shape.count,
  owner: z.string(),
  /** Its worlds that wait for a decision; left out when none does. */
  waiting: z.array(shape.world).optional(),
  deleted: z.literal(true).optional(),
});

const capView = z.object({
  /** The rule that it comes from. */
  pattern: z.string(),
  cap: shape.total,
  resume: shape.total,
});

/** A resource of storage. What is zero or not there is left out of the optional ones. */
const stockLevels = {
  resource: shape.resource,
  storage: z.number(),
  shortfall: z.number(),
  adjusted: z.number(),
};
export const stockSummary = z.object({
  ...stockLevels,
  /** Units that open worlds still want, and how many of them wait. */
  demand: z.number().optional(),
  waiting: shape.count.optional(),
  cap: capView.optional(),
  /** Worlds are told to stop exporting it. */
  capped: z.literal(true).optional(),
});
export type StockSummary = z.infer<typeof stockSummary>;

/** One world's account of one resource: what it has, and why it waits. */
export const claimView = z.object({
  world: shape.world,
  instance: shape.id,
  open: z.boolean(),
  exported: shape.total,
  received: shape.total,
  allocated: shape.total,
  debt: shape.total,
  held: shape.total,
  /** Units that it still wants beyond all that was granted to it. */
  demand: shape.total,
  weight: z.number(),
  tier: z.number(),
  /** Of the next units that there are: between 0 and 1, for those that wait. */
  share: z.number().min(0).max(1),
  /** By how many units it was short-changed so far (below zero: favoured): what whole units cannot express. */
  carry: z.number(),
});
export type ClaimView = z.infer<typeof claimView>;

export const stockView = stockSummary.extend({
  rule: allocationRule,
  reserve: shape.total,
  worlds: z.array(claimView),
  /** Another page of worlds begins after this one. */
  next: z.string().optional(),
});
export type StockView = z.infer<typeof stockView>;

/** Resources that one question about claims names: as many as a window lists. */
export const CLAIMS_MAX = 16;

/** How one world stands with one resource among all others: why it waits. */
export const standing = z.object({
  resource: shape.resource,
  /** Granted to this world and not there yet, as the ledger knows. */
  onTheWay: shape.total,
  storage: shape.total,
  /** What all open worlds still want, and how many of them want some. */
  demand: shape.count,
  worlds: shape.count,
  /** Of the next units that there are: between 0 and 1. */
  share: z.number().min(0).max(1),
});
export type Standing = z.infer<typeof standing>;

export const playerView = z.object({
  player,
  /** The sum of the stays that ended, and of those that go on. */
  playtimeMs: shape.count,
  stays: shape.count,
  /** Milliseconds since 1970. */
  firstSeen: shape.count,
  lastSeen: shape.count,
  online: z.array(z.object({ instance: shape.id, since: shape.count })),
});
export type PlayerView = z.infer<typeof playerView>;

export const queries = {
  players: {
    request: page.extend({ player: player.exactOptional(), online: z.literal(true).exactOptional() }),
    answer: z.object({ players: z.array(playerView), ...next }),
  },
  /** Who is on the cluster's lists. */
  lists: {
    request: page.extend({ list: z.enum(LIST_NAMES).exactOptional() }),
    answer: z.object({ entries: z.array(listEntry), ...next }),
  },
  claims: {
    request: z.object({ world: shape.world, resources: z.array(shape.resource).min(1).max(CLAIMS_MAX) }),
    answer: z.object({ standings: z.array(standing).max(CLAIMS_MAX) }),
  },
  policies: { request: z.object({}), answer: policies },
  stock: { request: page.extend({ resource: shape.resource }), answer: stockView },
  cluster: { request: z.object({}), answer: clusterView },
  worlds: { request: page, answer: z.object({ worlds: z.array(worldView), ...next }) },
  /** `deleted`: those that are gone instead of those that are there. */
  instances: {
    request: page.extend({ deleted: z.literal(true).exactOptional() }),
    answer: z.object({ instances: z.array(instanceView), ...next }),
  },
  storage: {
    request: page,
    answer: z.object({ stocks: z.array(stockSummary), ...next }),
  },
} as const;
export type Noun = keyof typeof queries;
export const isNoun = (text: string): text is Noun => Object.hasOwn(queries, text);
export type WorldView = z.infer<typeof worldView>;
export type InstanceView = z.infer<typeof instanceView>;
export type ClusterView = z.infer<typeof clusterView>;

/** Worlds as several answers give them, each whole: the pieces of one follow each other. */
export const joinWorlds = (pieces: readonly WorldView[]): WorldView[] => {
  const worlds: WorldView[] = [];
  for (const piece of pieces) {
    const before = worlds.at(-1);
    if (before?.world !== piece.world) worlds.push(structuredClone(piece));
    else for (const name of VECTOR_NAMES) Object.assign(before[name], piece[name]);
  }
  return worlds;
};

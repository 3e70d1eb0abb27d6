import { z } from "zod";
import * as shape from "#core/events/shapes";
import type { FactType } from "#core/subjects";

/**
 * Facts: what slaves state about their worlds. A storage format (STYLE 4): past tense, versioned, never renamed.
 * This is the specification; `core/events/fact-decoder.ts` is the hand-written decoder that the hot path uses, held to it
 * by test.
 */

/** A session begins: whole vectors, absent = 0. Only this fact may lower totals. */
export const worldSynced = z
  .object({
    world: shape.world,
    token: shape.token,
    /** The token that the master last echoed for this world; the fold accepts the sync only if it is still current. */
    prev: shape.anyToken,
    /** Boot of the bridge that holds the instance's session. */
    owner: shape.boot,
    epoch: shape.count,
    /** The assignment as the leader signed it: restores what a lost ledger tail forgot. */
    assignment: z.string().max(2_000).optional(),
    /** The map's seed: tells a save without an id from another map. */
    seed: shape.count,
    tick: shape.count,
    exported: shape.totals,
    received: shape.totals,
    wanted: shape.totals,
    /** Registered resources whose prototype is gone: nothing of them is granted here, what is in flight is recalled. */
    untakeable: shape.keys,
    /** The newest leader that this bridge has heard. */
    heard: shape.boot.or(z.literal("")),
    /** 1-based; absent for a sync of one message. Applied when complete. */
    part: z.number().int().min(1).max(shape.PARTS_MAX).optional(),
    parts: z.number().int().min(2).max(shape.PARTS_MAX).optional(),
  })
  .refine(({ part, parts }) => (part === undefined) === (parts === undefined), "part and parts go together")
  .refine(({ part = 1, parts = 1 }) => part <= parts, "there is no such part");

/** What changed since the last report of this session; an absent key is unchanged. */
export const worldReported = z.object({
  world: shape.world,
  token: shape.token,
  epoch: shape.count,
  /** Rises within the session; wants of a lower one are ignored. */
  seq: shape.count,
  tick: shape.count,
  exported: shape.totals,
  received: shape.totals,
  /** Every key of it is also in `received`, as it was when wanted was computed. 0: no longer wanted. */
  wanted: shape.totals,
  /** True when all vectors are whole. */
  full: z.literal(true).optional(),
  heard: shape.boot.or(z.literal("")).optional(),
});

/** The session ended in order; final totals of what changed since the last report. */
export const worldLeft = z.object({
  world: shape.world,
  token: shape.token,
  epoch: shape.count,
  tick: shape.count,
  exported: shape.totals,
  received: shape.totals,
});

/** A save that names another instance's world becomes a world of this one: the parent and its totals, as they were at load. */
export const worldAdopted = z.object({
  world: shape.world,
  token: shape.token,
  epoch: shape.count,
  tick: shape.count,
  parent: shape.world,
  /** What the parent had exported when this save was written: the child's totals begin there. At most KEYS_MAX of them. */
  exported: shape.totals,
  received: shape.totals,
});

export const factData = {
  "world-synced": worldSynced,
  "world-reported": worldReported,
  "world-left": worldLeft,
  "world-adopted": worldAdopted,
} as const satisfies Record<FactType, z.ZodType>;

export const FACT_VERSION = 1;

const envelopeOf = <T extends FactType>(type: T, data: (typeof factData)[T]) =>
  z.object({
    specversion: z.literal("1.0"),
    /** `<boot>-<n>`: unique, and a message found by sequence can be told from another one. */
    id: z.string().regex(/^[0-9a-z-]{1,64}$/),
    type: z.literal(type),
    v: z.literal(FACT_VERSION),
    time: shape.time,
    /** `<slave>/<instance>`, the same as in the subject. */
    source: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}\/[a-z0-9][a-z0-9-]{0,31}$/),
    data,
  });

export const factEnvelope = {
  "world-synced": envelopeOf("world-synced", worldSynced),
  "world-reported": envelopeOf("world-reported", worldReported),
  "world-left": envelopeOf("world-left", worldLeft),
  "world-adopted": envelopeOf("world-adopted", worldAdopted),
} as const;

export type WorldSynced = z.infer<typeof worldSynced>;
export type WorldReported = z.infer<typeof worldReported>;
export type WorldLeft = z.infer<typeof worldLeft>;
export type WorldAdopted = z.infer<typeof worldAdopted>;

export type FactBody =
  | { readonly type: "world-synced"; readonly data: WorldSynced }
  | { readonly type: "world-reported"; readonly data: WorldReported }
  | { readonly type: "world-left"; readonly data: WorldLeft }
  | { readonly type: "world-adopted"; readonly data: WorldAdopted };

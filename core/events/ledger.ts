import { z } from "zod";
import { policies } from "#core/events/command";
import * as shape from "#core/events/shapes";
import { ID_CHARACTERS_MAX } from "#core/ids";
import { instanceConfig } from "#core/instance-config";
import type { LedgerType } from "#core/subjects";

/**
 * The leader's facts. Every message begins with the same header; `prev` is the SHA-256 (base64url) of the raw bytes of
 * the previous valid message, so that a message written on another history is void ◇.
 */
const header = {
  v: z.literal(1),
  /** Number of this message in the chain, from 1. */
  round: shape.count,
  boot: shape.boot,
  /** The leader's clock when it decided, never decreasing (ms). */
  closedAt: shape.count,
  prev: z.string().regex(/^(?:|[A-Za-z0-9_-]{43})$/),
  /** CRC-32 of the message's bytes before this last field: tells damage from a message of another history. */
  sum: z
    .string()
    .regex(/^[0-9a-f]{8}$/)
    .optional(),
};

/**
 * exported, received, allocated, debt, target, carry, held, paidUntil, raised, credited; zeros at the end are left out.
 * `target` is the total up to which the world wants: the demand that a grant answered is target minus the previous
 * `allocated`. The last two wait for the `ledger-recovered` that tells of them.
 */
export const accountRecord = z.array(z.number().int()).max(10);
export type AccountRecord = z.infer<typeof accountRecord>;

export const positionRecord = z.object({ created: z.string().max(64), seq: shape.count, id: z.string().max(64) });

/** Units by resource; what is zero is left out. */
const byResource = z.record(shape.resource, shape.total);

/** A sync that waits for an operator's word, whole. */
export const heldSync = z.object({
  token: shape.token,
  owner: shape.boot,
  heard: shape.boot.or(z.literal("")),
  seed: shape.count,
  tick: shape.count,
  exported: byResource,
  received: byResource,
  wanted: byResource,
  untakeable: z.array(shape.resource),
  /** Broker time (ms) of its fact. */
  at: shape.count,
  rejected: z.literal(true).optional(),
});
export type HeldSync = z.infer<typeof heldSync>;

export const sessionRecord = z.object({
  owner: shape.boot.or(z.literal("")),
  open: z.boolean(),
  seed: shape.count,
  untakeable: z.array(shape.resource).optional(),
  /** Of the session that would follow this one. */
  held: heldSync.optional(),
});

export const worldRecord = z.object({
  token: shape.anyToken.optional(),
  seq: shape.count.optional(),
  tick: shape.count.optional(),
  /** Present when it changed. */
  session: sessionRecord.optional(),
  r: z.record(shape.resource, accountRecord).optional(),
  /** In checkpoints: the world that this one's save came from, "" when nobody knows it any more. */
  parent: shape.world.or(z.literal("")).optional(),
});
export type WorldRecord = z.infer<typeof worldRecord>;

export const instanceRecord = z.object({
  /** Absent when a lost ledger forgot it. */
  config: instanceConfig.optional(),
  slave: z.string().max(ID_CHARACTERS_MAX),
  epoch: shape.count,
  generation: shape.count,
  owner: shape.boot.or(z.literal("")),
  /** A sync's signed assignment told what the ledger had forgotten; waits for the `ledger-recovered` that tells of it. */
  restored: z.literal(true).optional(),
  /** A tombstone: its id is never given again. */
  deleted: z.literal(true).optional(),
});
export type InstanceRecord = z.infer<typeof instanceRecord>;

const stockFields = {
  storage: z.record(shape.resource, shape.total).optional(),
  shortfall: z.record(shape.resource, shape.total).optional(),
};

const absolutes = {
  position: positionRecord.optional(),
  instances: z.record(shape.id, instanceRecord).optional(),
  worlds: z.record(shape.world, worldRecord).optional(),
  ...stockFields,
};

/** Absolutes of all that changed. A round too long for one message is split by resource: the last one has the position. */
export const round = z.object({ ...header, ...absolutes });

/** What a world that went back gives back and is given again. */
export const rewindRecord = z.object({
  world: shape.world,
  /** Ticks of the game, as last stated and as the loaded save has them. */
  from: shape.count,
  to: shape.count,
  /** Of credits that were still held back. */
  fromHeld: byResource,
  fromStorage: byResource,
  /** What storage lacked: this world's debt. */
  owed: byResource,
  /** Received since that save, in flight again. */
  again: byResource,
});
export type RewindRecord = z.infer<typeof rewindRecord>;

/**
 * The whole state as it was right before part 1, in parts with other messages between them. Nothing is relative to it: it
 * only restates, and counts once its last part stands.
 */
export const checkpoint = z.object({
  ...header,
  part: z.number().int().min(1),
  /** Sequence of part 1, in all but that one. */
  begin: z.number().int().min(1).optional(),
  /** The number of parts, in the last one. Version 0.1 wrote its parts without anything in between, and this into each. */
  parts: z.number().int().min(1).optional(),
  /** SHA-256 (base64url) of the canonical JSON of the image: in the last part, in 0.1 in each. */
  stateHash: z.string().length(43).optional(),
  image: z.object({
    position: positionRecord.optional(),
    policies: policies.optional(),
    instances: z.record(shape.id, instanceRecord).optional(),
    worlds: z.record(shape.world, worldRecord).optional(),
    /** storage, shortfall, adjusted */
    stocks: z.record(shape.resource, z.array(z.number().int()).max(3)).optional(),
  }),
});

const byUser = { user: shape.id };
/** The token given to every session that the message ends. */
const voids = { void: shape.anyToken };

export const ledgerMessages = {
  round,
  checkpoint,
  "instance-created": z.object({ ...header, ...byUser, instance: shape.id, config: instanceConfig }),
  /** All of it, after the change. */
  "instance-configured": z.object({ ...header, ...byUser, instance: shape.id, config: instanceConfig }),
  /** Its name for people; the id stays. */
  "instance-renamed": z.object({ ...header, ...byUser, instance: shape.id, name: instanceConfig.shape.name }),
  /**
   * The instance is gone, its id stays taken. What is in flight to its worlds came back, their records stay. The epoch is above
   * that of every assignment before, so that whoever holds one is told.
   */
  "instance-deleted": z.object({ ...header, ...byUser, ...voids, instance: shape.id, epoch: shape.count }),
  "instance-assigned": z.object({
    ...header,
    ...byUser,
    ...voids,
    instance: shape.id,
    slave: shape.id,
    epoch: shape.count,
  }),
  "generation-raised": z.object({ ...header, ...byUser, instance: shape.id, generation: shape.count }),
  "world-retired": z.object({ ...header, ...byUser, world: shape.world }),
  /** A save of another instance's world was loaded. `parent` is left out when it is not known; `base`: its totals at load. */
  "world-adopted": z.object({
    ...header,
    world: shape.world,
    parent: shape.world.optional(),
    tick: shape.count,
    base: z.object({ exported: byResource, received: byResource }).optional(),
  }),
  /** A sync that lowered totals, alone: what it changed as in a round, and what that means. */
  "world-rewound": z.object({
    ...header,
    ...absolutes,
    rewind: rewindRecord,
    /** Who accepted it, if it was above the limit. */
    user: shape.id.optional(),
  }),
  /** A rewind above the limit: what it would do, and the sync that waits. The world's old session is over. */
  "rewind-held": z.object({ ...header, ...voids, world: shape.world, rewind: rewindRecord, sync: heldSync }),
  "rewind-rejected": z.object({ ...header, ...byUser, world: shape.world, token: shape.token }),
  "session-lapsed": z.object({
    ...header,
    ...voids,
    world: shape.world,
    silentMs: shape.count,
    slave: z.string().max(ID_CHARACTERS_MAX).optional(),
  }),
  /** Another message stands at the position `from`, or the stream is shorter or another one: read on from its end. */
  "events-lost": z.object({ ...header, ...voids, position: positionRecord, from: positionRecord.optional() }),
  /** The message at the position has only aged out. */
  "events-unverifiable": z.object({ ...header, ...voids, position: positionRecord, from: positionRecord.optional() }),
  /**
   * Worlds stated more than the ledger knew: its tail was lost, or all of it. `raised`: they hold that much beyond what
   * was granted to them; `credited`: exports of instances that the ledger had forgotten. The moves stand in rounds.
   */
  "ledger-recovered": z.object({
    ...header,
    worlds: z.record(shape.world, z.object({ raised: byResource, credited: byResource })),
    /** Their assignments were forgotten. */
    instances: z.array(shape.id),
    /** What the cluster owes of these resources now. */
    shortfall: byResource,
    /** Every open session had stated its totals to this leader. */
    restated: z.boolean(),
    /** `clusterio repair`: who began a new ledger with this message, behind which one, and what it begins with. */
    user: shape.id.optional(),
    follows: z.object({ seq: shape.count, file: z.string().max(4_096) }).optional(),
    base: z
      .object({
        policies: policies.optional(),
        ...absolutes,
        /** Sums of what operators adjusted before, signed. */
        adjusted: z.record(shape.resource, z.number().int()).optional(),
      })
      .optional(),
  }),
  "policy-set": z.object({ ...header, ...byUser, policies }),
  adjusted: z.object({
    ...header,
    ...byUser,
    resource: shape.resource,
    amount: z.number().int(),
    world: shape.world.optional(),
    reason: z.string().max(500),
  }),
  "resource-renamed": z.object({
    ...header,
    ...byUser,
    from: shape.resource,
    to: shape.resource,
    reason: z.string().max(500),
  }),
} as const satisfies Record<LedgerType, z.ZodType>;

export type LedgerMessages = {
  readonly [T in LedgerType]: { readonly type: T; readonly data: z.infer<(typeof ledgerMessages)[T]> };
};
export type LedgerMessage = LedgerMessages[LedgerType];
type Header = "v" | "round" | "boot" | "closedAt" | "prev" | "sum";
/** A ledger message before the leader puts its header on. */
export type LedgerBody = {
  [T in LedgerType]: { readonly type: T; readonly data: Omit<LedgerMessages[T]["data"], Header> };
}[LedgerType];
export type RoundBody = Omit<z.infer<typeof round>, Header>;
export type RecoveredBody = Omit<LedgerMessages["ledger-recovered"]["data"], Header>;
export type CheckpointImage = z.infer<typeof checkpoint>["image"];

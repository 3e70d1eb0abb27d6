import { z } from "zod";
import { policies } from "#core/events/command";
import { instanceConfig } from "#core/events/delivery";
import * as shape from "#core/events/shapes";
import { ID_CHARACTERS_MAX } from "#core/ids";
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
};

/**
 * exported, received, allocated, debt, target, carry, held, paidUntil; zeros at the end are left out. `target` is the
 * total up to which the world wants: the demand that a grant answered is target minus the previous `allocated`.
 */
export const accountRecord = z.array(z.number().int()).max(8);
export type AccountRecord = z.infer<typeof accountRecord>;

export const positionRecord = z.object({ created: z.string().max(64), seq: shape.count, id: z.string().max(64) });

export const sessionRecord = z.object({
  owner: shape.boot.or(z.literal("")),
  open: z.boolean(),
  seed: shape.count,
  untakeable: z.array(shape.resource).optional(),
});

export const worldRecord = z.object({
  token: shape.anyToken.optional(),
  seq: shape.count.optional(),
  tick: shape.count.optional(),
  /** Present when it changed. */
  session: sessionRecord.optional(),
  r: z.record(shape.resource, accountRecord).optional(),
});
export type WorldRecord = z.infer<typeof worldRecord>;

export const instanceRecord = z.object({
  /** Absent when a lost ledger forgot it. */
  config: instanceConfig.optional(),
  slave: z.string().max(ID_CHARACTERS_MAX),
  epoch: shape.count,
  generation: shape.count,
  owner: shape.boot.or(z.literal("")),
});
export type InstanceRecord = z.infer<typeof instanceRecord>;

const stockFields = {
  storage: z.record(shape.resource, shape.total).optional(),
  shortfall: z.record(shape.resource, shape.total).optional(),
};

/** Absolutes of all that changed. A round too long for one message is split by resource: the last one has the position. */
export const round = z.object({
  ...header,
  position: positionRecord.optional(),
  instances: z.record(shape.id, instanceRecord).optional(),
  worlds: z.record(shape.world, worldRecord).optional(),
  ...stockFields,
});

/** The whole state, in one or more messages that follow each other. Rounds are relative to it for nobody: it only restates. */
export const checkpoint = z.object({
  ...header,
  part: z.number().int().min(1),
  parts: z.number().int().min(1),
  /** SHA-256 (base64url) of the canonical JSON of the image, the same in every part. */
  stateHash: z.string().length(43),
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
  "session-lapsed": z.object({ ...header, ...voids, world: shape.world, silentMs: shape.count }),
  /** Another message stands at the position, or the stream is shorter or another one: read on from its end. */
  "events-lost": z.object({ ...header, ...voids, position: positionRecord }),
  /** The message at the position has only aged out. */
  "events-unverifiable": z.object({ ...header, ...voids, position: positionRecord }),
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
type Header = "v" | "round" | "boot" | "closedAt" | "prev";
/** A ledger message before the leader puts its header on. */
export type LedgerBody = {
  [T in LedgerType]: { readonly type: T; readonly data: Omit<LedgerMessages[T]["data"], Header> };
}[LedgerType];
export type RoundBody = Omit<z.infer<typeof round>, Header>;
export type CheckpointImage = z.infer<typeof checkpoint>["image"];

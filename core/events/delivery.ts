import { z } from "zod";
import * as shape from "#core/events/shapes";
import { instanceConfig, revision } from "#core/instance-config";

/** Resources in flight that one delivery names, open worlds first: as many as a fact, some 2 s of RCON at 1,000 a second. */
export const DELIVERY_KEYS_MAX = shape.KEYS_MAX;
/** Their keys and totals: resources may have long names, and the broker takes no message above its payload limit. */
export const DELIVERY_BYTES_MAX = 500_000;

/**
 * Resources that one instance is told to stop exporting: their numbers fit into one console command of a second's length,
 * and a world that has more than that many full stores has no need to fill the rest.
 */
export const CAPPED_MAX = 500;

/**
 * What the leader states to an instance: the token that the ledger holds for each world (the echo) and everything in
 * flight as totals. Restated every `RESTATE_MS`; also the answer of `query.<slave>.link`.
 */
export const delivery = z.object({
  /** The leader's start id, and the ledger round that this states: lower rounds of one boot are dropped. */
  boot: shape.boot,
  round: shape.count,
  /** The assignment's epoch. */
  epoch: shape.count,
  generation: shape.count,
  /** Boot of the bridge that holds the instance's session, "" when none. */
  owner: shape.boot.or(z.literal("")),
  /**
   * Every world of the instance that has a token or anything in flight; any other one has token "". `allocated` names at
   * most DELIVERY_KEYS_MAX resources in all worlds together: what is taken in leaves the list and makes room for the rest.
   */
  worlds: z.record(
    shape.world,
    z.object({
      token: shape.anyToken,
      seed: shape.count,
      tick: shape.count,
      allocated: shape.totals,
      /** A session that went back too far: it waits for an operator's word, or was rejected. */
      held: z.object({ token: shape.token, rejected: z.literal(true).optional() }).optional(),
    }),
  ),
  /** What its worlds are not to export now, since storage has enough; absent: nothing is said of that. */
  capped: z.array(shape.resource).max(CAPPED_MAX).optional(),
  /** Of the instance's configuration: a bridge that has another one asks `link` for it. Absent when a lost ledger forgot it. */
  config: revision.exactOptional(),
  /** Broker time (ms) of the oldest fact that this round folded; absent when restated. For latency measurements only. */
  folded: shape.count.optional(),
});
export type Delivery = z.infer<typeof delivery>;

export const linkRequest = z.object({
  instance: shape.id,
  /** The epoch of the assignment that the bridge holds, 0 for none, and the assignment itself. */
  epoch: shape.count,
  assignment: z.string().max(2_000).optional(),
});
export type LinkRequest = z.infer<typeof linkRequest>;

/** `assignment`: the leader's signature over {instance, slave, epoch}, to be kept in the instance folder. */
export const linkAnswer = z.union([
  z.object({ ok: delivery.extend({ assignment: z.string().max(2_000), config: instanceConfig.optional() }) }),
  /** `deleted`: it is no instance any more, here or elsewhere. */
  z.object({ notYours: z.object({ epoch: shape.count, deleted: z.literal(true).exactOptional() }) }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type LinkAnswer = z.infer<typeof linkAnswer>;

/** Deliveries are restated this often: an echo lost once is heard again before the third period ends. */
export const RESTATE_MS = 2_000;

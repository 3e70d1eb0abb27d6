import { z } from "zod";
import { instanceConfig } from "#core/events/delivery";
import * as shape from "#core/events/shapes";

/** Read models that the leader answers: `query.<user>.<noun>`, `{ok}` or `{error}`, paged by `after` and `limit`. */

export const page = z.object({
  /** Only entries whose key comes after this one. */
  after: z.string().max(300).optional(),
  limit: z.number().int().min(1).max(1_000).default(200),
});

const next = { next: z.string().optional() };

export const clusterView = z.object({
  leader: shape.boot,
  round: shape.count,
  closedAt: shape.count,
  facts: z.object({ applied: shape.count, ignored: z.record(z.string(), shape.count), rejected: shape.count }),
  ledger: z.object({ bytes: shape.count, bytesMax: shape.count.optional(), messages: shape.count }),
  /** False while the leader waits for worlds to restate, or the ledger is nearly full. */
  granting: z.boolean(),
});

export const worldView = z.object({
  world: shape.world,
  instance: shape.id,
  open: z.boolean(),
  tick: shape.count,
  exported: shape.totals,
  received: shape.totals,
  allocated: shape.totals,
  /** What the world still misses of what it last stated: target − received. */
  wanted: shape.totals,
  debt: shape.totals,
  held: shape.totals,
});

export const instanceView = z.object({
  instance: shape.id,
  config: instanceConfig,
  slave: z.string(),
  epoch: shape.count,
  generation: shape.count,
  owner: z.string(),
});

export const queries = {
  cluster: { request: z.object({}), answer: clusterView },
  worlds: { request: page, answer: z.object({ worlds: z.array(worldView), ...next }) },
  instances: { request: page, answer: z.object({ instances: z.array(instanceView), ...next }) },
  storage: {
    request: page,
    answer: z.object({
      stocks: z.array(
        z.object({ resource: shape.resource, storage: z.number(), shortfall: z.number(), adjusted: z.number() }),
      ),
      ...next,
    }),
  },
} as const;
export type Noun = keyof typeof queries;
export const isNoun = (text: string): text is Noun => Object.hasOwn(queries, text);
export type WorldView = z.infer<typeof worldView>;
export type InstanceView = z.infer<typeof instanceView>;
export type ClusterView = z.infer<typeof clusterView>;

import { z } from "zod";
import type { Printed } from "#core/terminal/printed";
import { amounts, vector } from "#ctl/printed/amounts";

const current = z.boolean().describe("the one that is used when none is named");
const context = z.strictObject({ context: z.string(), url: z.string(), user: z.string(), current });

/** Making a cluster, and knowing where it is. */
export const SETUP = {
  up: z
    .strictObject({
      seconds: z.number(),
      rounds: z.number().describe("ledger rounds in that time"),
      worlds: z.array(
        z.strictObject({ instance: z.string(), world: z.string(), exported: vector, received: vector, wanted: vector }),
      ),
      physical: z
        .record(z.string(), z.strictObject({ produced: z.number(), consumed: z.number(), held: z.number() }))
        .describe("by resource: what the games themselves know"),
      storage: amounts,
      debt: amounts,
      inFlight: amounts,
      latencyMs: z
        .strictObject({ p50: z.number().nullable(), p99: z.number().nullable() })
        .describe("null when nothing was imported"),
      conserved: z.boolean(),
      signals: z
        .strictObject({
          sent: amounts,
          senders: z.number(),
          receivers: z.number(),
          showing: z.number().describe("receivers that show what all put there"),
          inventories: z.number(),
          showingStorage: z.number(),
        })
        .optional(),
    })
    .describe("with --for, once, at the end"),
  init: z.strictObject({
    dir: z.string(),
    context: z.string(),
    admin: z.string(),
    listen: z.string(),
    url: z.string(),
  }),
  "bootstrap create-admin": z.strictObject({ user: z.string(), file: z.string() }),
  "bootstrap create-ctl-config": z.strictObject({ user: z.string(), file: z.string(), url: z.string() }),
  "context add": context,
  "context use": z.strictObject({ context: z.string(), current: z.literal(true) }),
  "context list": context,
} satisfies Printed;

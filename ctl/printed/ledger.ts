import { z } from "zod";
import { archiveHeader } from "#core/archive/format";
import { proof } from "#core/audit/proof";
import { positionRecord, rewindRecord } from "#core/events/ledger";
import type { Printed } from "#core/terminal/printed";
import { amounts, vector } from "#ctl/printed/amounts";

const range = z.strictObject({ from: z.number(), to: z.number() });

/** Between which positions of EVENTS a ledger message lies. */
const window = z.strictObject({
  seq: z.number(),
  round: z.number(),
  at: z.number(),
  after: positionRecord.optional(),
  until: positionRecord.optional(),
});
const fact = z.strictObject({
  id: z.string(),
  type: z.string(),
  world: z.string(),
  tick: z.number(),
  seq: z.number().describe("in EVENTS"),
  said: z.string().describe("the bridge's clock"),
  at: z.number().describe("the broker's"),
});
const end = { world: z.string().optional(), ...window.shape };

const trace = z.strictObject({
  kind: z.enum(["export", "grant"]),
  seq: z.number(),
  world: z.string(),
  resource: z.string(),
  units: range.optional(),
  fact: fact.optional(),
  folded: window.optional(),
  credit: z
    .strictObject({
      world: z.string(),
      from: z.number(),
      to: z.number(),
      repaid: z.number(),
      covered: z.number(),
      stored: z.number(),
      held: z.number(),
    })
    .optional(),
  ahead: z.number().optional().describe("units in storage before those of the export came"),
  cause: z.string().optional(),
  amount: z.number(),
  ways: z.array(
    z.strictObject({
      amount: z.number(),
      origin: z.strictObject({ kind: z.enum(["export", "recall", "adjustment", "opening", "other"]), ...end }),
      exportedTo: z.number(),
      sink: z.strictObject({ kind: z.enum(["grant", "reversal", "receipt", "adjustment", "other"]), ...end }),
      grantedTo: z.number(),
      received: window.optional(),
      recalled: window.optional().describe("taken back before they arrived"),
      exportedBy: fact.optional(),
      receivedBy: fact.optional(),
    }),
  ),
  inStorage: z.number(),
  openedAt: z.number(),
});

const levels = z.strictObject({ storage: z.number(), shortfall: z.number() });
const world = z.strictObject({
  world: z.string(),
  slave: z.string(),
  exported: z.number(),
  received: z.number(),
  known: z.boolean(),
});
const order = z.union([
  z.strictObject({
    type: z.literal("adjusted"),
    data: z.strictObject({
      user: z.string(),
      world: z.string().optional(),
      reason: z.string(),
      resource: z.string(),
      amount: z.number(),
    }),
  }),
  z.strictObject({
    type: z.literal("resource-renamed"),
    data: z.strictObject({ from: z.string(), to: z.string(), user: z.string(), reason: z.string() }),
  }),
]);

/** What reads the ledger and the facts, and what writes a ledger anew. */
export const LEDGER = {
  "audit verify": proof,
  "audit resource": z.union([
    z.strictObject({
      resource: z.string(),
      instance: z.string().nullable(),
      seq: z.number(),
      round: z.number(),
      entries: z.number(),
      opening: z.number(),
      sums: amounts.describe("by kind of entry"),
      closing: z.number(),
      storage: z.number(),
    }),
    z.strictObject({
      seq: z.number(),
      round: z.number(),
      at: z.number(),
      kind: z.enum(["credit", "reversal", "grant", "receipt", "recall", "adjustment", "write-off", "rename"]),
      world: z.string().optional(),
      user: z.string().optional(),
      amount: z.number(),
      balance: z.number(),
      storage: z.number(),
      inFlight: z.number().optional(),
      cause: z.string(),
    }),
  ]),
  "audit trace": trace,
  "audit commands": z.strictObject({
    at: z.number(),
    source: z.enum(["ledger", "audit"]),
    seq: z.number(),
    user: z.string(),
    executor: z.string(),
    instance: z.string().optional(),
    what: z.string(),
    detail: z.string(),
    outcome: z.string(),
  }),
  replay: z.union([
    z.strictObject({
      seq: z.number(),
      state: z.strictObject({
        round: z.number(),
        closedAt: z.number(),
        leader: z.string(),
        stocks: z.array(
          z.strictObject({
            resource: z.string(),
            storage: z.number(),
            shortfall: z.number(),
            adjusted: z.number(),
            held: z.number(),
            debt: z.number(),
            inFlight: z.number(),
          }),
        ),
        worlds: z.array(
          z.strictObject({
            world: z.string(),
            instance: z.string(),
            open: z.boolean(),
            tick: z.number(),
            ...{ exported: vector, received: vector, allocated: vector, wanted: vector, debt: vector, held: vector },
            waiting: z
              .strictObject({ since: z.number(), rejected: z.boolean(), rewind: rewindRecord, more: z.number() })
              .optional(),
          }),
        ),
      }),
    }),
    z.strictObject({
      from: z.number(),
      to: z.number(),
      time: range,
      stocks: z.array(
        z.strictObject({
          resource: z.string(),
          storage: z.number(),
          wouldBeStorage: z.number(),
          worlds: z.array(
            z.strictObject({
              world: z.string(),
              granted: z.number(),
              wouldBeGranted: z.number(),
              waitedMs: z.number().nullable(),
              wouldWaitMs: z.number().nullable(),
              unmet: z.number(),
              wouldBeUnmet: z.number(),
            }),
          ),
        }),
      ),
    }),
  ]),
  events: z.looseObject({
    stream: z.enum(["EVENTS", "LEDGER"]),
    seq: z.number(),
    time: z.string(),
    subject: z.string(),
    kind: z.string().describe("fact, ledger, rejected or unknown; the rest as schemas/ says for the type"),
  }),
  "ledger archive": z.union([
    z.strictObject({ archived: z.null() }).describe("there is nothing that a checkpoint covers"),
    z.strictObject({
      archived: z.strictObject({ file: z.string(), written: z.boolean(), header: archiveHeader }),
      checkpoint: z.number(),
      purged: z.boolean(),
    }),
  ]),
  "ledger show": z.strictObject({
    created: z.string(),
    firstSeq: z.number(),
    lastSeq: z.number(),
    bytes: z.number(),
    bytesMax: z.number().nullable(),
    bytesPerDay: z.number().nullable(),
    daysLeft: z.number().nullable(),
    checkpoint: z.strictObject({ firstSeq: z.number(), lastSeq: z.number(), closedAt: z.number() }).nullable(),
  }),
  "ledger list": z.union([
    z.strictObject({ file: z.string(), header: archiveHeader, joins: z.boolean().describe("the one before it") }),
    z.strictObject({ file: z.string(), damaged: z.string() }),
  ]),
  repair: z.union([
    z.strictObject({
      cluster: z.string(),
      leads: z.boolean(),
      problem: z.string().nullable(),
      resources: z.array(z.strictObject({ resource: z.string(), before: levels, after: levels })),
      worlds: z.array(world),
      silent: z.array(world),
      mute: z.array(z.strictObject({ slave: z.string(), instance: z.string(), reason: z.string() })),
      adjustments: z.array(
        z.strictObject({
          resource: z.string(),
          amount: z.number(),
          told: z.strictObject({ at: z.number(), seq: z.number(), body: order }).optional(),
        }),
      ),
      lost: z.strictObject({
        gap: z.strictObject({ from: z.number().optional(), until: z.number() }).optional(),
        doubtful: z.array(z.strictObject({ seq: z.number(), body: order })),
      }),
    }),
    z.strictObject({
      repaired: z.strictObject({ first: z.number(), last: z.number(), kept: z.number(), file: z.string() }),
    }),
  ]),
} satisfies Printed;

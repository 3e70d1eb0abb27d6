import { z } from "zod";
import { claimView, stockSummary, stockView, worldView } from "#core/events/query";
import type { Printed } from "#core/terminal/printed";
import { amounts } from "#ctl/printed/amounts";

const perMinute = z.number().optional().describe("with --flow");
const decided = z.strictObject({
  world: z.string(),
  decision: z.enum(["accept", "reject"]),
  waited: z.boolean().describe("it waited for that"),
});

/** The cluster as it is now: state, storage, worlds, debts. */
export const CLUSTER = {
  status: z.strictObject({
    url: z.string(),
    user: z.string(),
    master: z.strictObject({
      leads: z.boolean(),
      leader: z.string().nullable(),
      round: z.number().nullable(),
      granting: z.boolean(),
      standbys: z.array(z.strictObject({ name: z.string(), role: z.string() })),
      problem: z.string(),
    }),
    ledger: z
      .strictObject({
        bytes: z.number(),
        bytesMax: z.number().nullable(),
        bytesPerHour: z.number().nullable(),
        daysLeft: z.number().nullable(),
      })
      .nullable(),
    streams: z.array(
      z.strictObject({ stream: z.string(), messages: z.number(), bytes: z.number(), bytesMax: z.number().nullable() }),
    ),
    slaves: z.array(
      z.strictObject({
        slave: z.string(),
        name: z.string(),
        state: z.enum(["present", "silent", "away"]),
        version: z.string().nullable(),
        game: z.string().nullable(),
        instances: z.number(),
      }),
    ),
    instances: z.array(
      z.strictObject({
        instance: z.string(),
        name: z.string(),
        slave: z.string().nullable(),
        state: z.string(),
        linked: z.boolean(),
        ups: z.number().nullable(),
        world: z.string().nullable(),
        waitsFor: z.string(),
      }),
    ),
    storage: z.strictObject({ resources: z.number(), waitedFor: z.number(), full: z.number(), short: z.number() }),
    advice: z.array(z.strictObject({ what: z.string(), next: z.string(), bad: z.boolean() })),
  }),
  top: z.strictObject({
    instance: z.string(),
    slave: z.string().nullable(),
    state: z.string(),
    linked: z.boolean(),
    ups: z.number().nullable(),
    rconMs: z.number().nullable().describe("of the last command into its game"),
    givesPerMinute: z.number(),
    getsPerMinute: z.number(),
    waits: z.number().describe("units that it misses, of all resources"),
    waitsFor: z.string().nullable().describe("what it misses most"),
  }),
  doctor: z.strictObject({
    check: z.string(),
    state: z.enum(["ok", "look", "wrong"]),
    what: z.string(),
    remedy: z.string().optional(),
  }),
  "storage list": z.strictObject({ ...stockSummary.shape, inPerMinute: perMinute, outPerMinute: perMinute }),
  "storage show": z.strictObject({
    ...stockView.shape,
    worlds: z.array(z.strictObject({ ...claimView.shape, givesPerMinute: perMinute, getsPerMinute: perMinute })),
  }),
  "storage watch": z.strictObject({
    resource: z.string(),
    storage: z.number(),
    given: z.number().describe("a minute, by worlds"),
    got: z.number().describe("a minute, by worlds"),
    inFlight: z.number(),
    wanted: z.number(),
    debt: z.number(),
  }),
  "storage policy set": z.strictObject({
    resources: z.string().describe("a pattern"),
    rule: z.strictObject({ cap: z.number().optional(), resume: z.number().optional() }),
  }),
  "storage policy show": z.strictObject({
    resources: z.string(),
    cap: z.number().optional(),
    resume: z.number().optional(),
    holds: z.number().describe("resources that it applies to"),
    capped: z.number().describe("those of which worlds are told to stop exporting"),
  }),
  "storage policy unset": z.strictObject({ resources: z.string() }),
  "storage adjust": z.strictObject({ resource: z.string(), amount: z.number(), reason: z.string() }),
  "storage rename": z.strictObject({ from: z.string(), to: z.string(), moved: z.number(), reason: z.string() }),
  "world list": worldView,
  "world show": worldView,
  "world accept": decided,
  "world reject": decided,
  "world new": z.strictObject({ instance: z.string(), generation: z.number() }),
  "world decide": z.strictObject({ instance: z.string(), as: z.enum(["new", "same"]) }),
  "world retire": z.strictObject({ world: z.string(), retired: z.literal(true), recalled: amounts }),
  "debt list": z.strictObject({
    world: z.string().nullable().describe("null: what storage itself lacks"),
    instance: z.string().nullable(),
    resource: z.string(),
    units: z.number(),
    open: z.boolean(),
  }),
  "debt write-off": z.strictObject({
    world: z.string(),
    resource: z.string(),
    units: z.number(),
    left: z.number(),
    reason: z.string(),
  }),
} satisfies Printed;

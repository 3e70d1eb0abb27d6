import { z } from "zod";
import { factorioView } from "#core/events/command";
import { logLine } from "#core/events/log-shapes";
import { modView } from "#core/events/mods";
import { instanceConfig } from "#core/instance-config";
import type { Printed } from "#core/terminal/printed";

const instance = z.string();
const power = z.enum(["stopped", "preparing", "creating", "starting", "running", "stopping", "backing-off", "failed"]);

const shown = z.strictObject({
  instance,
  name: z.string(),
  slave: z.string().nullable(),
  state: power.nullable().describe("null while its bridge does not say"),
  linked: z.boolean().describe("items go to the cluster and come from it"),
  world: z.string().nullable(),
  tick: z.number().nullable(),
  ups: z.number().nullable(),
  ports: z.strictObject({ game: z.number(), rcon: z.number() }).nullable(),
  players: z.number().nullable(),
  alarm: z.string().nullable(),
  away: z.boolean().describe("its bridge is not there"),
  config: instanceConfig.nullable().describe("null while no master answers"),
  waiting: z.array(z.string()).describe("worlds that wait for a decision"),
});

const changed = z.strictObject({
  instance,
  changed: z.boolean(),
  config: instanceConfig,
  effects: z.record(z.string(), z.enum(["now", "next-start", "first-save"])).describe("by key: when it takes effect"),
  notes: z.array(z.string()),
});

const stated = z.strictObject({ instance, state: z.string() });
const said = z.strictObject({ instance, command: z.string(), reply: z.string() });
const modChanged = z.strictObject({
  instance,
  mod: modView,
  running: z.boolean().describe("the game runs with what was there at its start"),
});

const cron = {
  cron: z.string(),
  action: z.enum(["save", "backup", "restart"]),
  next: z.number().nullable(),
};

/** Instances, their configuration, mods and schedules, and the game's versions. */
export const INSTANCES = {
  "instance list": shown,
  "instance show": shown,
  "instance create": z.strictObject({ instance, slave: z.string().nullable() }),
  "instance assign": z.strictObject({ instance, slave: z.string() }),
  "instance rename": z.strictObject({ instance, name: z.string() }),
  "instance delete": z.strictObject({ instance, deleted: z.boolean() }),
  "instance config list": z.strictObject({ instance, config: instanceConfig }),
  "instance config get": z.strictObject({ instance, key: z.string(), values: z.record(z.string(), z.string()) }),
  "instance config set": changed,
  "instance config unset": changed,
  "instance config edit": changed,
  "instance start": stated,
  "instance stop": stated,
  "instance kill": stated,
  "instance restart": stated,
  "instance start-all": stated,
  "instance stop-all": stated,
  "instance wait": z.strictObject({ instance, is: z.enum(["stopped", "running", "linked"]) }),
  "instance logs": z.strictObject({
    ...logLine.shape,
    time: z.string(),
    instance,
    slave: z.string(),
    boot: z.string().describe("of its bridge"),
    number: z.number().describe("of that boot, from 0 on"),
    dropped: z.number().optional().describe("lines before this one that are gone"),
  }),
  "instance send-rcon": said,
  "instance console": said,
  "instance move": z.union([
    z.strictObject({
      instance,
      from: z.string(),
      to: z.string(),
      files: z.number(),
      bytes: z.number(),
      running: z.boolean(),
      kept: z.string().nullable().describe("where the source keeps its folder"),
      already: z.boolean(),
    }),
    z.strictObject({ instance, aborted: z.literal(true), on: z.string() }),
  ]),
  "instance mods list": modView,
  "instance mods add": modChanged,
  "instance mods remove": modChanged,
  "instance mods enable": modChanged,
  "instance mods disable": modChanged,
  "schedule add": z.strictObject({
    instance,
    name: z.string(),
    ...cron,
    zone: z.string().optional(),
    keep: z.number().optional(),
    countdownSeconds: z.number().optional(),
  }),
  "schedule list": z.strictObject({
    instance,
    name: z.string(),
    ...cron,
    zone: z.string(),
    keep: z.number().nullable(),
    countdownSeconds: z.number().nullable(),
    last: z.strictObject({ at: z.number(), outcome: z.string() }).nullable(),
    missed: z.strictObject({ count: z.number(), at: z.number() }).nullable(),
  }),
  "schedule remove": z.strictObject({ instance, removed: z.string() }),
  "factorio install": z.strictObject({
    slave: z.string(),
    version: z.string(),
    there: z.boolean().describe("it was already"),
  }),
  "factorio list": factorioView,
  "factorio remove": z.strictObject({ slave: z.string(), removed: z.string() }),
} satisfies Printed;

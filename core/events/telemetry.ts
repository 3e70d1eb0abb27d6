import { z } from "zod";
import * as shape from "#core/events/shapes";
import { instanceConfig, revision } from "#core/instance-config";

/** What slaves say about themselves, kept by age and size only. Measurements, never facts. */

/** How many latency samples one message has room for; the rest is dropped: they are measurements. */
export const LATENCY_SAMPLES_MAX = 500;

export const serverPhase = z.enum([
  "stopped",
  "preparing",
  "creating",
  "starting",
  "running",
  "stopping",
  "backing-off",
  "failed",
]);

const milliseconds = z.number().min(0);

/** `telemetry.<slave>.<instance>`, every `TELEMETRY_MS` and at each change of state. */
export const instanceTelemetry = z.object({
  /** Of the supervisor. */
  state: serverPhase,
  /** The bridge does not run it: "running" is then that it answers, "backing-off" that it does not. */
  attached: z.literal(true).exactOptional(),
  /** For people, and which configuration its bridge has. */
  name: instanceConfig.shape.name.exactOptional(),
  config: revision.exactOptional(),
  /** Of the running game: players come by UDP, RCON listens on loopback. */
  ports: z.object({ game: shape.count, rcon: shape.count }).exactOptional(),
  /** The world link: what this instance states counts. */
  linked: z.boolean(),
  /** The world in the running save, once it is known. */
  world: shape.world.exactOptional(),
  tick: shape.count,
  /** Updates per second, once measured. */
  ups: z.number().min(0).exactOptional(),
  /** Of the last command that the bridge sent. */
  rconLatencyMs: milliseconds.exactOptional(),
  /** In its game, when somebody is. */
  players: shape.count.exactOptional(),
  /** What an operator should look at. */
  alarm: z.string().max(10_000).exactOptional(),
  /** From the broker's time of the oldest fact behind a grant to the game's word that it took it in. */
  latencyMs: z.array(z.number()).max(LATENCY_SAMPLES_MAX),
});
export type InstanceTelemetry = z.infer<typeof instanceTelemetry>;

/** `telemetry.<slave>._`: the bridge itself. */
export const slaveTelemetry = z.object({
  boot: shape.boot,
  version: z.string().max(50),
  /** What it runs: the real game or the stand-in. */
  game: z.string().max(500),
  instances: z.array(shape.id).max(1_000),
  /** Those of the bridge, when they end or were not renewed. */
  credentials: z
    .object({ expires: shape.count.exactOptional(), problem: z.string().max(1_000).exactOptional() })
    .exactOptional(),
});
export type SlaveTelemetry = z.infer<typeof slaveTelemetry>;

/** What a bridge answers to `status`: also what it last told of each instance, but for samples, which are told once. */
export const slaveStatus = slaveTelemetry.extend({
  /** Left out by earlier versions. */
  told: z.record(shape.id, instanceTelemetry.omit({ latencyMs: true })).exactOptional(),
});
export type SlaveStatus = z.infer<typeof slaveStatus>;

export const TELEMETRY_MS = 5_000;

/** Characters of an audit entry: a verb or a code, and what was said. */
export const AUDIT_VERB_MAX = 100;
export const AUDIT_MESSAGE_MAX = 10_000;

/** `audit.<slave or master>.<instance>`: a command, before and after it was carried out. */
export const auditEntry = z.object({
  user: shape.id,
  /** `<noun>.<verb>` of the master's commands, whose arguments are the message of "asked". */
  verb: z.string().max(AUDIT_VERB_MAX),
  /** "asked", then "ok" or the error's code. */
  outcome: z.string().max(AUDIT_VERB_MAX),
  message: z.string().max(AUDIT_MESSAGE_MAX).exactOptional(),
  time: shape.time,
});
export type AuditEntry = z.infer<typeof auditEntry>;

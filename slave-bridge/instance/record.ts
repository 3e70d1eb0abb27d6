import { z } from "zod";
import { type Lineage, NO_LINEAGE } from "#bridge/instance/lineage";
import { EMPTY_RECORD, type LinkRecord } from "#bridge/link/state";
import type { Boot } from "#core/boot";
import { canonicalJson, decodeFile } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import { type InstanceId, instanceId } from "#core/ids";
import { type InstanceConfig, instanceConfig } from "#core/instance-config";

/** What a bridge keeps about an instance, in its folder (`instance.json`). */
export interface InstanceRecord {
  readonly instance: InstanceId;
  readonly config: InstanceConfig;
  /** What an operator asked for last: a restarted bridge starts what should run. */
  readonly desired: "running" | "stopped";
  readonly link: LinkRecord;
  /** Boot of the bridge that used this folder last: the next one's is greater. */
  readonly lastBoot: Boot | "";
  readonly lineage: Lineage;
  /** The configuration's save that a start has gone on from: it does not begin there again. */
  readonly loaded?: string;
  /** It is on its way to another slave: nothing starts it here. */
  readonly moving?: { readonly to: string; readonly ran: boolean };
  /** It came from another slave, which has not let go of its folder yet. */
  readonly arrived?: { readonly from: string; readonly ran: boolean };
}

export const newRecord = (instance: InstanceId, config: InstanceConfig): InstanceRecord => ({
  instance,
  config,
  desired: "stopped",
  link: EMPTY_RECORD,
  lastBoot: "",
  lineage: NO_LINEAGE,
});

const worldOrNone = shape.world.or(z.literal(""));

const file = z.object({
  v: z.literal(1),
  instance: shape.id,
  config: instanceConfig,
  desired: z.enum(["running", "stopped"]),
  link: z.object({
    epoch: shape.count,
    assignment: z.string(),
    generation: shape.count,
    seeds: z.record(shape.world, shape.count),
  }),
  lastBoot: shape.boot.or(z.literal("")),
  lineage: z.object({
    world: worldOrNone,
    original: z.string(),
    made: z.boolean(),
    startedAt: z.number(),
    periods: z.array(z.object({ world: worldOrNone, from: z.number(), to: z.number().exactOptional() })),
    fellBack: z.literal(true).exactOptional(),
  }),
  loaded: z.string().exactOptional(),
  moving: z.object({ to: shape.id, ran: z.boolean() }).exactOptional(),
  arrived: z.object({ from: shape.id, ran: z.boolean() }).exactOptional(),
});

/** @throws ClusterioError `bad-input` when the file is not one of ours. */
export const decodeRecord = (bytes: Uint8Array, path: string): InstanceRecord => {
  const { v: _, ...record } = decodeFile(file, bytes, path);
  // The only cast: the schema has proved the ids.
  return { ...record, instance: instanceId(record.instance) } as InstanceRecord;
};

export const encodeRecord = (record: InstanceRecord): Uint8Array =>
  new TextEncoder().encode(`${canonicalJson({ v: 1, ...record })}\n`);

/** What is needed to find a running game again (`server.json`, 0600: it holds the RCON password). */
const serverFile = z.object({
  v: z.literal(1),
  /** Null from just before the spawn until its pid is known. */
  process: z.object({ pid: z.number().int().min(1), started: z.string() }).nullable(),
  gamePort: z.number().int(),
  rconPort: z.number().int(),
  password: z.string(),
  /** The save that it was started from, and the copy that it runs on. */
  save: z.string(),
  file: z.string(),
  /** Of the game; earlier bridges did not write it. */
  version: z.string().exactOptional(),
});
export type ServerRecord = Omit<z.infer<typeof serverFile>, "v">;

export const decodeServer = (bytes: Uint8Array, path: string): ServerRecord => decodeFile(serverFile, bytes, path);
export const encodeServer = (server: ServerRecord): Uint8Array =>
  new TextEncoder().encode(`${canonicalJson({ v: 1, ...server })}\n`);

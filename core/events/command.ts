import { z } from "zod";
import { LOG_LINES_MAX } from "#core/events/log-shapes";
import { modRead, modWrite } from "#core/events/mods";
import { move, saveRead, saveWrite } from "#core/events/saves";
import * as shape from "#core/events/shapes";
import { type InstanceId, instanceId, isId } from "#core/ids";
import { displayName, type InstanceConfig } from "#core/instance-config";
import { instancePlayerCommands } from "#core/people/orders";

/** Commands and queries: requests that are answered by `{ok}` or `{error}` and kept nowhere but in `audit`. */

export const allocationRule = z.enum(["max-min", "proportional", "priority"]);

/** How far a world may go back by itself; what is left out is no limit, and beyond a limit the operator decides. */
export const rewindLimit = z.object({
  /** Units of one resource that would be taken back. */
  units: shape.total.optional(),
  /** Seconds of game time at 60 ticks each. */
  seconds: shape.count.optional(),
});
export type RewindLimit = z.infer<typeof rewindLimit>;

/** A policy with more rules than that is a program. */
export const CAP_RULES_MAX = 1_000;

/** From which level on worlds stop exporting, and at which they go on; without `cap` there is no limit. */
export const capRule = z
  .object({ cap: shape.total.optional(), resume: shape.total.optional() })
  .refine(
    ({ cap, resume }) => resume === undefined || (cap !== undefined && resume <= cap),
    "resume is at most the cap",
  );
export type CapRule = z.infer<typeof capRule>;

/** The rules of the cluster, each change a ledger event with the whole set. */
export const policies = z.object({
  rule: allocationRule.default("max-min"),
  /** Share of an instance against others' (default 1). */
  weights: z.record(shape.id, z.number().int().min(1).max(1_000)).default({}),
  /** For "priority": lower tiers are served first (default 0). */
  tiers: z.record(shape.id, z.number().int().min(0).max(100)).default({}),
  resources: z
    .record(
      shape.resource,
      z.object({
        /** Never granted below this level. */
        reserve: shape.total.optional(),
      }),
    )
    .default({}),
  /** Units of one resource that one world may be credited a second, in the long run; above it they are held back. */
  creditPerSecond: z.number().int().min(1).max(1_000_000_000).optional(),
  /** By pattern of resources; the most specific one counts (core/storage-cap.ts). Off unless somebody sets one: ADR 0046. */
  caps: z
    .record(shape.resources, capRule)
    .refine((rules) => Object.keys(rules).length <= CAP_RULES_MAX, `at most ${CAP_RULES_MAX} rules`)
    .optional(),
  /** `instances` have limits of their own instead. No limit unless somebody sets one: see ADR 0028. */
  rewindLimit: rewindLimit.extend({ instances: z.record(shape.id, rewindLimit).optional() }).optional(),
});
export type Policies = z.infer<typeof policies>;
export const DEFAULT_POLICIES: Policies = policies.parse({});

/** A change of an instance's configuration: what it may name, and what there is, core/config-patch.ts says. */
const configPatch = z.record(z.string(), z.unknown());

/** The answer of `instance.configure`. */
export interface Configured {
  readonly config: InstanceConfig;
  /** False when it was so before. */
  readonly changed: boolean;
  /** The keys that changed, each with when that takes effect (core/config-effect.ts). */
  readonly effects: Readonly<Record<string, "now" | "next-start" | "first-save">>;
  /** What comes with it. */
  readonly notes: readonly string[];
}

export const masterCommands = {
  "instance.create": z.object({ name: displayName, config: configPatch.default({}), slave: shape.id.exactOptional() }),
  /** Answers `Configured`. */
  "instance.configure": z.object({ instance: shape.id, config: configPatch }),
  "instance.rename": z.object({ instance: shape.id, name: displayName }),
  /** `force`: also while something is in flight to its worlds, or they owe something. */
  "instance.delete": z.object({ instance: shape.id, force: z.literal(true).exactOptional() }),
  "instance.assign": z.object({ instance: shape.id, slave: shape.id }),
  /** The operator starts a new map: the instance's next id-less save is a new world. */
  "world.new": z.object({ instance: shape.id }),
  /** The world's record stays as a tombstone; what is in flight to it is recalled. */
  "world.retire": z.object({ world: shape.world }),
  /** A rewind that waits: what the world states becomes the ledger's, or its server is stopped. */
  "world.accept": z.object({ world: shape.world }),
  "world.reject": z.object({ world: shape.world }),
  "policy.set": z.object({ policies }),
  /** One rule of the policies' caps; without `rule` it is taken away. */
  "storage.policy": z.object({ resources: shape.resources, rule: capRule.optional() }),
  "storage.adjust": z.object({
    resource: shape.resource,
    amount: z.number().int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER),
    /** With a world: its debt is written off by `amount` instead of raising storage. */
    world: shape.world.optional(),
    reason: z.string().min(1).max(500),
  }),
  "storage.rename": z.object({ from: shape.resource, to: shape.resource, reason: z.string().min(1).max(500) }),
  /** Removes the ledger's messages below this sequence, which a verified checkpoint must cover: archive them first. */
  "ledger.purge": z.object({ below: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
} as const;
export type MasterCommand = keyof typeof masterCommands;
export const isMasterCommand = (text: string): text is MasterCommand => Object.hasOwn(masterCommands, text);

/** What names the instance in a command that is about one: itself, or a world of it. */
const about = (command: MasterCommand): "instance" | "world" | undefined => {
  const { instance, world }: Readonly<Record<string, z.ZodType>> = masterCommands[command].shape;
  if (instance !== undefined) return "instance";
  return world === undefined || world.safeParse(undefined).success ? undefined : "world";
};

/** Commands that can be granted for some instances only. */
export const isAboutInstance = (command: MasterCommand): boolean => about(command) !== undefined;

/** The instance that a request is about; undefined where the command is about none, or the request names none. */
export const instanceOfRequest = (command: MasterCommand, request: unknown): InstanceId | undefined => {
  const key = about(command);
  const named: unknown = key === undefined ? undefined : Object(request)[key];
  if (typeof named !== "string") return undefined;
  const [instance = ""] = named.split(".");
  return isId(instance) ? instanceId(instance) : undefined;
};

/** What a bridge does for an operator: `command.<user>.<slave>.<instance>.<verb>`. */
export const bridgeCommands = {
  start: z.object({}),
  stop: z.object({}),
  /** Stops it in order, and starts it again. */
  restart: z.object({}),
  kill: z.object({}),
  "send-rcon": z.object({ command: z.string().min(1).max(4_000) }),
  /** The last lines that its game and its bridge printed, also while there is no master to ask for them. */
  log: z.object({ lines: z.number().int().min(1).max(LOG_LINES_MAX).default(100) }),
  /** Asks the mod for whole vectors and publishes them. */
  report: z.object({}),
  /** All that the running world holds by its own totals, page by page: `after` is the last resource of the page before. */
  state: z.object({ after: shape.resource.optional() }),
  /** An id-less save that may be another map: `new` makes it the next generation's world, `same` this world, rolled back. */
  decide: z.object({ as: z.enum(["new", "same"]) }),
  ...instancePlayerCommands,
  "mod-read": modRead,
  "mod-write": modWrite,
  /** How its schedule stands. */
  schedule: z.object({}),
  "save-read": saveRead,
  "save-write": saveWrite,
  /** One instance's way from slave to slave. */
  move,
} as const;
export type BridgeCommand = keyof typeof bridgeCommands;
export const isBridgeCommand = (text: string): text is BridgeCommand => Object.hasOwn(bridgeCommands, text);

/** 2.0.28, 2.0, stable or experimental. */
const factorioWanted = z.string().regex(/^(?:\d{1,5}\.\d{1,5}(?:\.\d{1,5})?|stable|experimental)$/);

/** The full game has 3 GB; what is brought or downloaded and longer than this is none. */
export const ARCHIVE_BYTES_MAX = 4 * 1024 ** 3;

const archiveSum = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex");
const archive = { bytes: z.number().int().min(1).max(ARCHIVE_BYTES_MAX), sha256: archiveSum };

/** An archive of the game that somebody brings, in pieces behind a line of JSON as saves are (ADR 0076). */
export const factorioUpload = z.discriminatedUnion("op", [
  z.object({ op: z.literal("begin"), ...archive }),
  z.object({ op: z.literal("put"), sha256: archiveSum, offset: shape.count }),
  /** All is there: it is proved, and its install begins as one by `factorio-install` does. */
  z.object({
    op: z.literal("finish"),
    ...archive,
    /** As the job is called. */
    name: z.string().min(1).max(200),
    /** What it has to hold. */
    version: z
      .string()
      .regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/)
      .exactOptional(),
  }),
]);

/** How far an install is, or how the last one ended. */
export const factorioJob = z.object({
  /** As it was asked for, and the version that this is. */
  wanted: z.string(),
  version: z.string().exactOptional(),
  phase: z.enum(["asking", "downloading", "verifying", "unpacking", "done", "failed"]),
  /** Bytes. */
  done: shape.count,
  total: shape.count.exactOptional(),
  /** It was installed already. */
  there: z.literal(true).exactOptional(),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
});
export type FactorioJob = z.infer<typeof factorioJob>;

/** One install, the answer of `factorio-list`. */
export const factorioView = z.object({
  version: z.string(),
  /** Which channels were that when it was installed. */
  channels: z.array(z.string()),
  /** Instances whose game runs from it, or that are pinned to it. */
  usedBy: z.array(shape.id),
});
export type FactorioView = z.infer<typeof factorioView>;

/** What a bridge does for itself: `command.<user>.<slave>._.<verb>`. */
export const slaveCommands = {
  /** Answers what its telemetry says of it. */
  status: z.object({}),
  /** Begins to install a version of the game, and answers at once; `factorio-status` tells how far it is. */
  "factorio-install": z.object({ version: factorioWanted }),
  "factorio-status": z.object({}),
  /** Runs what it is given, to ask it for its version: a right of its own (ADR 0096). */
  "factorio-upload": factorioUpload,
  "factorio-list": z.object({}),
  /** Refused while an instance uses it. */
  "factorio-remove": z.object({ version: z.string().min(1).max(40) }),
} as const;
export type SlaveCommand = keyof typeof slaveCommands;
export const isSlaveCommand = (text: string): text is SlaveCommand => Object.hasOwn(slaveCommands, text);

/** The answer of `state`: of very many resources one page, and `next` to ask for the one after it. */
export const worldStatement = z.object({
  world: shape.world,
  epoch: shape.count,
  generation: shape.count,
  tick: shape.count,
  seed: shape.count,
  exported: z.record(shape.resource, shape.total),
  received: z.record(shape.resource, shape.total),
  next: shape.resource.optional(),
});
export type WorldStatement = z.infer<typeof worldStatement>;

export const answer = z.union([
  z.object({ ok: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);
export type Answer = z.infer<typeof answer>;

import { z } from "zod";
import * as shape from "#core/events/shapes";
import { EXCHANGE_CHARACTERS_MAX } from "#core/saves/exchange-string";

/**
 * Saves and instances' files over command subjects (docs/saves.md): what `save-read`, `save-write` and `move` take and answer.
 * Bytes travel behind a line of JSON (core/transfer/frame.ts).
 */

/** One piece of a file: half of what a message may have, so that its head and a slow line have room. */
export const PIECE_BYTES_MAX = 512 * 1024;
/** A transfer is refused beyond this, unless the bridge was told another limit. */
export const SAVE_BYTES_MAX = 4 * 1024 ** 3;
/** Files that one instance takes along: saves and mods. */
export const MOVED_FILES_MAX = 2_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex");
const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const path = z.string().min(1).max(1_000);
const name = z.string().max(1_000);
/** `lists`: those of players, which the game keeps beside its saves. */
export const area = z.enum(["saves", "mods", "lists"]);
export type Area = z.infer<typeof area>;

/** A file as it was when somebody looked: another size or time is another file. */
const version = { bytes, writtenAt: bytes };

const op = <N extends string, S extends z.ZodRawShape>(kind: N, fields: S) =>
  z.object({ op: z.literal(kind), ...fields });

export const saveRead = z.discriminatedUnion("op", [
  op("list", {}),
  /** Identity and sum of one save, to be fetched piece by piece. */
  op("open", { path }),
  op("read", { path, offset: bytes, length: z.number().int().min(1).max(PIECE_BYTES_MAX), ...version }),
  /** What loading it would mean. */
  op("describe", { path }),
]);

/** A file on its way: by its sum, so that whoever brings the same bytes again goes on where it ended. */
const incoming = { path, bytes, sha256 };

const put = op("put", { sha256, offset: bytes });

/**
 * What `--create` takes besides a seed; the two settings are the game's own files, as text. A map exchange string holds both, and comes
 * alone: its bridge asks the game for them (docs/adr/0091).
 */
const SETTINGS_CHARACTERS_MAX = 200_000;
export const mapOptions = z
  .object({
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional(),
    preset: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,60}$/, "a preset's name, like rich-resources")
      .optional(),
    mapGenSettings: z.string().max(SETTINGS_CHARACTERS_MAX).optional(),
    mapSettings: z.string().max(SETTINGS_CHARACTERS_MAX).optional(),
    exchangeString: z.string().max(EXCHANGE_CHARACTERS_MAX).optional(),
  })
  .refine(
    ({ exchangeString, preset, mapGenSettings, mapSettings }) =>
      exchangeString === undefined || (preset ?? mapGenSettings ?? mapSettings) === undefined,
    "a map exchange string holds all settings: give it with no others than a seed",
  );
export type MapOptions = z.infer<typeof mapOptions>;

export const saveWrite = z.discriminatedUnion("op", [
  op("begin", { ...incoming, replace: z.boolean().optional() }),
  put,
  op("finish", { ...incoming, replace: z.boolean().optional() }),
  op("create", { name, replace: z.boolean().optional(), map: mapOptions.optional() }),
  op("copy", { from: path, to: name }),
  op("rename", { from: path, to: name, force: z.boolean().optional() }),
  op("delete", { path, force: z.boolean().optional() }),
  /** The next start begins from it. */
  op("restore", { path }),
]);

export const movedFile = z.object({ area, path, bytes, writtenAt: bytes, sha256 });
export type MovedFile = z.infer<typeof movedFile>;

export const move = z.discriminatedUnion("op", [
  /** How the move stands at this bridge. Changes nothing. */
  op("about", {}),
  /** At the source: the game is stopped and nothing starts it before the move is over. */
  op("hold", { to: shape.id }),
  /** At the source: it stays. */
  op("release", {}),
  /** At the target: what came so far is thrown away. */
  op("discard", {}),
  op("files", {}),
  op("open", { area, path }),
  op("read", { area, path, offset: bytes, length: z.number().int().min(1).max(PIECE_BYTES_MAX), ...version }),
  /** At the target, beside everything else, until it is sealed. */
  op("begin", { area, ...incoming }),
  put,
  op("finish", { area, ...incoming }),
  /** All has come: from the assignment on, it is the instance's folder. `record` is the source's instance.json. */
  op("seal", {
    from: shape.id,
    ran: z.boolean(),
    now: bytes,
    record: z.string().max(300_000),
    notes: z.string().max(300_000).optional(),
    files: z.array(movedFile).max(MOVED_FILES_MAX),
  }),
  /** At the target, once it is assigned. */
  op("arrive", {}),
  /** At the target: the source let go. */
  op("settled", {}),
  /** At the source: its folder is set aside, or removed. */
  op("depart", { remove: z.boolean().optional() }),
]);

/** What the bridge knows of a save from when it was written; totals are those of the world's last report before. */
export const saveNote = z.object({
  writtenAt: bytes,
  world: shape.world.or(z.literal("")),
  tick: shape.count,
  exported: z.record(shape.resource, shape.total).optional(),
  received: z.record(shape.resource, shape.total).optional(),
});
export type SaveNote = z.infer<typeof saveNote>;

export const saveView = z.object({
  file: z.string(),
  ...version,
  opens: z.boolean(),
  /** Whose it is, where the bridge saw it being written. */
  world: z.string().optional(),
  tick: shape.count.optional(),
  /** The next start would go on from it. */
  next: z.literal(true).optional(),
});
export type SaveView = z.infer<typeof saveView>;
/** `state`: of the instance's server. */
export const savesAnswer = z.object({ saves: z.array(saveView), state: z.string(), freeBytes: bytes, bytesMax: bytes });

export const openAnswer = z.object({ file: z.string(), ...version, sha256 });
export type OpenAnswer = z.infer<typeof openAnswer>;
/** Where to go on; at the file's end all of it is there and only `finish` is missing. */
export const beginAnswer = z.object({ offset: bytes, done: z.boolean() });

const facts = {
  /** Of the game that wrote it. */
  version: z.string().optional(),
  /** Said by its script.dat: a hint. */
  hint: z.string().optional(),
  /** Why its version and the instance's game do not fit. */
  warning: z.string().optional(),
};
export const finishAnswer = z.object({ file: z.string(), bytes, ...facts });
/** `elsewhere`: by a server whose folder its bridge does not see. */
export const createAnswer = finishAnswer.extend({
  made: z.enum(["save", "map"]),
  elsewhere: z.literal(true).optional(),
});
export type FinishAnswer = z.infer<typeof finishAnswer>;

const difference = z.record(shape.resource, z.number());
/** What a start from this save would be. */
export const describeAnswer = z.object({
  file: z.string(),
  ...version,
  ...facts,
  kind: z.enum(["rewind", "earlier-world", "adoption", "unknown"]),
  /** The save's world, and the one that the instance goes on with now. */
  world: z.string(),
  current: z.string(),
  /** Since then: what would be taken back, and what would come again. */
  tick: shape.count.optional(),
  ticksBack: z.number().optional(),
  takenBack: difference.optional(),
  comesAgain: difference.optional(),
});
export type DescribeAnswer = z.infer<typeof describeAnswer>;

export const aboutAnswer = z.object({
  here: z.enum(["nothing", "arriving", "sealed", "here"]),
  phase: z.string(),
  linked: z.boolean(),
  epoch: shape.count,
  /** At the source. */
  moving: z.object({ to: shape.id, ran: z.boolean() }).optional(),
  /** At the target. */
  arrived: z.object({ from: shape.id, ran: z.boolean() }).optional(),
});
export type AboutAnswer = z.infer<typeof aboutAnswer>;

export const filesAnswer = z.object({
  now: bytes,
  record: z.string(),
  notes: z.string().optional(),
  files: z.array(z.object({ area, path, ...version })),
});

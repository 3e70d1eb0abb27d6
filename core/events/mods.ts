import { z } from "zod";

/** Mods of an instance over command subjects: what `mod-read` and `mod-write` take and answer. Pieces travel as those of saves do. */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex");
const bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const name = z.string().min(1).max(100);
const incoming = { path: z.string().min(1).max(300), bytes, sha256, replace: z.boolean().optional() };

/** The largest mods, full of graphics, have some 700 MB. */
export const MOD_BYTES_MAX = 2 * 1024 ** 3;

const op = <N extends string, S extends z.ZodRawShape>(kind: N, fields: S) =>
  z.object({ op: z.literal(kind), ...fields });

export const modRead = z.discriminatedUnion("op", [op("list", {})]);
export const modWrite = z.discriminatedUnion("op", [
  op("begin", incoming),
  op("put", { sha256, offset: bytes }),
  op("finish", incoming),
  op("enable", { name }),
  op("disable", { name }),
  op("remove", { name }),
]);

export const modView = z.object({
  name: z.string(),
  /** Absent: the list names it, and there is no file of it. */
  version: z.string().exactOptional(),
  enabled: z.boolean(),
  /** The cluster's own, put in at each start. */
  ours: z.literal(true).exactOptional(),
  /** It comes with the game. */
  builtIn: z.literal(true).exactOptional(),
  problems: z.array(z.string()).exactOptional(),
});
export type ModView = z.infer<typeof modView>;

/** `running`: the game runs with what was there at its start. */
export const modsAnswer = z.object({ mods: z.array(modView), running: z.boolean() });
export const modChanged = z.object({ mod: modView, running: z.boolean() });
export type ModChanged = z.infer<typeof modChanged>;

import { z } from "zod";
import * as shape from "#core/events/shapes";
import { isTotal } from "#core/resource";

/** A line of the mod's report file, or its reply with one (docs/game-protocol.md): by its schema, and by hand. */

/** Lua writes an empty list as {}. */
export const list = <T extends z.ZodType>(of: T) =>
  z.array(of).or(
    z
      .object({})
      .strict()
      .transform((): z.infer<T>[] => []),
  );
const numbered = z.string().regex(/^(?:0|[1-9][0-9]{0,8})$/);
export const vector = z.record(numbered, shape.total);

export const reportLine = z.object({
  token: shape.token,
  seq: shape.count,
  tick: shape.count,
  full: z.literal(true).optional(),
  names: z.record(numbered, z.string()).optional(),
  exported: vector.default({}),
  received: vector.default({}),
  wanted: vector.default({}),
  untakeable: list(z.string()).optional(),
});
export type ReportLine = z.infer<typeof reportLine>;

const NUMBER = /^(?:0|[1-9][0-9]{0,8})$/;
const TOKEN = /^[0-9a-z]{10,32}$/;
type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isVector = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const key in value) if (!NUMBER.test(key) || !isTotal(value[key])) return false;
  return true;
};
const isNames = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const key in value) if (!NUMBER.test(key) || typeof value[key] !== "string") return false;
  return true;
};
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const reportFields: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    token: (value: unknown) => typeof value === "string" && TOKEN.test(value),
    seq: isCount,
    tick: isCount,
    full: (value: unknown) => value === true,
    names: isNames,
    exported: isVector,
    received: isVector,
    wanted: isVector,
  }),
);
const REPORT_FIELDS = ["token", "seq", "tick", "exported", "received", "wanted"] as const;

/**
 * A report that is plainly well formed, several times faster than by its schema: a busy game writes twelve a second. What is
 * unusual is undefined, and the schema decides; what is returned is what the schema would have returned (held to it by test).
 */
export const plainReport = (value: unknown): ReportLine | undefined => {
  if (!isFields(value)) return undefined;
  for (const key in value) if (reportFields.get(key)?.(value[key]) !== true) return undefined;
  for (const key of REPORT_FIELDS) if (value[key] === undefined) return undefined;
  // Every field was proved above.
  return value as unknown as ReportLine;
};

import { z } from "zod";
import { BOOT_PATTERN, isBoot } from "#core/boot";
import { ID_PATTERN, isWorldId, WORLD_PATTERN } from "#core/ids";
import { isResourceKey, RESOURCE_PATTERN, RESOURCE_RULE_PATTERN, TOTAL_MAX } from "#core/resource";

/** The pieces that messages are made of. Limits say their unit; each stands with half a sentence on why that much. */

/** A message's resource keys: 2,000 totals of 60 bytes stay well below `FACT_BYTES_MAX`. */
export const KEYS_MAX = 2_000;
/** A fact: small enough that a quarter of a million facts a minute fit a home link, large enough for 2,000 keys. */
export const FACT_BYTES_MAX = 256 * 1024;
/** Parts of one world-synced: 50 × 2,000 keys is more than any modpack has. */
export const PARTS_MAX = 50;

export const id = z.string().regex(ID_PATTERN, "1 to 32 of a-z, 0-9 and -");
export const world = z.string().regex(WORLD_PATTERN).refine(isWorldId, "<instance>.<generation>[.<hash>]");
export const boot = z.string().regex(BOOT_PATTERN).refine(isBoot, "a boot id");
/** A plain string inside: vectors are indexed by what messages spell; `resourceKey` proves it where it matters. */
export const resource = z
  .string()
  .regex(RESOURCE_PATTERN)
  .refine((text): boolean => isResourceKey(text), "a resource key");
/** Resources by pattern. */
export const resources = z
  .string()
  .regex(
    RESOURCE_RULE_PATTERN,
    "a resource, or a pattern with * such as item:*, item:*:legendary, fluid:steam:*, energy",
  );
export const total = z.number().int().min(0).max(TOTAL_MAX);
export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A session's token: "" = none, "~…" = voided by the master, otherwise drawn by a bridge (at least 40 bits). */
export const anyToken = z.string().regex(/^(?:|~[0-9a-z.-]{1,40}|[0-9a-z]{10,32})$/);
export const token = z.string().regex(/^[0-9a-z]{10,32}$/);
/** As `Date.toISOString` writes it. */
export const TIME_PATTERN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
export const time = z.string().regex(TIME_PATTERN);

const vectorOf = (value: z.ZodType<number>) =>
  z.record(resource, value).refine((v) => Object.keys(v).length <= KEYS_MAX, `at most ${KEYS_MAX} resources`);
export const totals = vectorOf(total);
export const keys = z.array(resource).max(KEYS_MAX);

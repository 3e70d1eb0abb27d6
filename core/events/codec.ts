import { z } from "zod";
import { badInput } from "#core/errors";

/** Bytes on the wire and values inside: the only place that turns one into the other for everything but facts. */
const decoder = new TextDecoder("utf-8", { fatal: true });

/** From a pool: a message is short, and memory of its own would cost more than what is written into it. */
export const encodeText = (text: string): Uint8Array => {
  const { buffer, byteOffset, byteLength } = Buffer.from(text);
  return new Uint8Array(buffer, byteOffset, byteLength);
};

export const encodeJson = (value: unknown): Uint8Array => encodeText(JSON.stringify(value));

export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);

/** @throws ClusterioError `bad-input` when the bytes are not UTF-8 JSON of this shape; `what` names them. */
export const decodeJson = <T>(schema: z.ZodType<T>, bytes: Uint8Array, what: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw badInput(`${what} is not JSON`, error);
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw badInput(`${what}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "does not fit its schema"}`);
  }
  return result.data;
};

/**
 * The content of one of our own files, whose schema has its version as \`v\`.
 * @throws ClusterioError `bad-input` that tells another version's file from a damaged one.
 */
export const decodeFile = <T extends { readonly v: number }>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  path: string,
): T => {
  const value = decodeJson(z.unknown(), bytes, `${path} is damaged: it`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const version = z.object({ v: z.number() }).safeParse(value).data?.v;
  const issue = result.error.issues[0];
  if (version !== undefined && issue?.path[0] === "v") {
    throw badInput(`${path} was written by another version (v ${version}): use that version of clusterio`);
  }
  throw badInput(`${path} is damaged: ${issue?.path.join(".")} ${issue?.message}`);
};

/** JSON with keys in code-point order at every level: equal values have equal text, on every machine. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

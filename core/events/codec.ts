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

/** A whole number as a key comes before all others in every object, whatever was put in first. */
const isOrdinary = (key: string): boolean => !(key >= "0" && key < ":");

/** The canonical text of what JSON.parse may have made, undefined of anything less plain. */
const plainText = (value: unknown): string | undefined => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value !== "object") return undefined;
  return Array.isArray(value) ? plainList(value) : plainFields(value as Readonly<Record<string, unknown>>);
};

const plainList = (list: readonly unknown[]): string | undefined => {
  let text = "[";
  for (let at = 0; at < list.length; at++) {
    const said = list[at] === undefined ? "null" : plainText(list[at]);
    if (said === undefined) return undefined;
    text += at === 0 ? said : `,${said}`;
  }
  return `${text}]`;
};

const plainFields = (fields: Readonly<Record<string, unknown>>): string | undefined => {
  if (Object.getPrototypeOf(fields) !== Object.prototype) return undefined;
  let text = "{";
  for (const key of Object.keys(fields).sort()) {
    const value = fields[key];
    if (value === undefined) continue;
    const said = plainText(value);
    if (said === undefined || !isOrdinary(key)) return undefined;
    text += `${text === "{" ? "" : ","}${JSON.stringify(key)}:${said}`;
  }
  return `${text}}`;
};

/** JSON with keys in code-point order at every level: equal values have equal text, on every machine. */
export const canonicalJson = (value: unknown): string => plainText(value) ?? sortedJson(value);

/** The same of anything, several times slower. */
const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );

import { z } from "zod";

/**
 * What commands print with -o json (docs/json.md, ADR 0092): by a command's words, the shape of each object that it prints, one a line.
 * Several shapes are a union. Nothing is printed that has no place here, and a field keeps its name and its meaning within a major version.
 */
export type Printed = Readonly<Record<string, z.ZodType>>;

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly description?: string;
}

const WIDTH = 110;
const INDENT = "  ";

/** A shape as people read it: `{ file: string, bytes: number, world?: string }`. */
export const shapeText = (schema: z.ZodType): string => {
  const json = z.toJSONSchema(schema, { io: "output", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  return alternativesOf(json)
    .map((one) => `${one.description === undefined ? "" : `// ${one.description}\n`}${text(one, "")}`)
    .join("\n");
};

const alternativesOf = (json: JsonSchema): readonly JsonSchema[] => json.anyOf ?? json.oneOf ?? [json];

const text = (json: JsonSchema, indent: string): string => {
  if (json.const !== undefined) return JSON.stringify(json.const);
  if (json.enum !== undefined) return json.enum.map((one) => JSON.stringify(one)).join(" | ");
  const alternatives = json.anyOf ?? json.oneOf;
  if (alternatives !== undefined) return alternatives.map((one) => text(one, indent)).join(" | ");
  if (json.allOf !== undefined) return json.allOf.map((one) => text(one, indent)).join(" & ");
  switch (json.type) {
    case "array":
      return `${bracketed(json.items ?? {}, indent)}[]`;
    case "object":
      return objectText(json, indent);
    case "integer":
      return "number";
    case undefined:
      return "any";
    default:
      return [json.type].flat().join(" | ").replace("integer", "number");
  }
};

const bracketed = (json: JsonSchema, indent: string): string => {
  const shown = text(json, indent);
  const several =
    Array.isArray(json.type) || json.enum !== undefined || json.anyOf !== undefined || json.oneOf !== undefined;
  return several ? `(${shown})` : shown;
};

const objectText = ({ properties = {}, required = [], additionalProperties }: JsonSchema, indent: string): string => {
  const inner = indent + INDENT;
  const fields = Object.entries(properties).map(([key, value]) => ({
    text: `${key}${required.includes(key) ? "" : "?"}: ${text(value, inner)}`,
    note: value.description,
  }));
  if (typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0)
    fields.push({ text: `[key]: ${text(additionalProperties, inner)}`, note: undefined });
  const short = `{ ${fields.map((field) => field.text).join(", ")} }`;
  const plain = fields.every((field) => field.note === undefined && !field.text.includes("\n"));
  if (plain && short.length + indent.length <= WIDTH) return short;
  const lines = fields.map(({ text: shown, note }) => {
    if (note === undefined) return `${inner}${shown}`;
    const [first, ...more] = shown.split("\n");
    return [`${inner}${first}  // ${note}`, ...more].join("\n");
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
};

/** What is printed and has no place in the shape, or is not as the shape says; undefined when all of it is. */
export const strayIn = (schema: z.ZodType, value: unknown): string | undefined => {
  const read = schema.safeParse(value);
  if (!read.success) return z.prettifyError(read.error);
  return unlike(read.data, value, "");
};

/** Where a value has something that what was read of it has not. */
const unlike = (read: unknown, value: unknown, path: string): string | undefined => {
  if (typeof value !== "object" || value === null)
    return Object.is(read, value) ? undefined : `${path || "the value"} is read as another`;
  for (const [key, item] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`;
    if (typeof read !== "object" || read === null || !Object.hasOwn(read, key)) return `${at} has no place in it`;
    const found = unlike((read as Record<string, unknown>)[key], item, at);
    if (found !== undefined) return found;
  }
  return undefined;
};

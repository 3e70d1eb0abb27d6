// JSON written by hand: `helpers.table_to_json` would make arrays of tables with number keys, and spells large numbers its own way.

export function jsonNumber(value: number): string {
  return string.format("%.0f", value);
}

export function jsonString(value: string): string {
  const [safe] = string.gsub(value, '[%c"\\]', escaped);
  return `"${safe}"`;
}

function escaped(character: string): string {
  return string.format("\\u%04x", string.byte(character));
}

export function jsonArray(values: string[]): string {
  return `[${table.concat(values, ",")}]`;
}

/** `fields` are complete `"key":value` pairs. */
export function jsonObject(fields: string[]): string {
  return `{${table.concat(fields, ",")}}`;
}

export function field(key: string, value: string): string {
  return `${jsonString(key)}:${value}`;
}

/** A parsed parameter: only its members' types are known after a check. */
export type Parsed = { [key: string]: unknown };

export function parseObject(text: string | undefined): Parsed | undefined {
  if (text === undefined) return undefined;
  const parsed: unknown = helpers.json_to_table(text);
  return typeof parsed === "object" ? (parsed as Parsed) : undefined;
}

// Where and how many entities may exchange, as the map's settings say. Both are off by default and then cost a look at each setting.
import type { Port } from "./state";

/** `nauvis, platform-*` as Lua patterns; a pure function of the setting's text, so it is not state. */
let parsed_text = "";
let patterns: string[] = [];

function patternOf(name: string): string {
  const [literal] = string.gsub(name, "[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0");
  const [pattern] = string.gsub(literal, "%*", ".*");
  return `^${pattern}$`;
}

function allowedPatterns(text: string): string[] {
  if (text === parsed_text) return patterns;
  parsed_text = text;
  patterns = [];
  for (const [name] of string.gmatch(text, "[^,]+")) {
    const [trimmed] = string.match(name, "^%s*(.-)%s*$");
    if (trimmed !== undefined && trimmed !== "") patterns.push(patternOf(trimmed));
  }
  return patterns;
}

function isAllowedOn(surface: string, text: string): boolean {
  for (const pattern of allowedPatterns(text)) {
    const [match] = string.match(surface, pattern);
    if (match !== undefined) return true;
  }
  return false;
}

/**
 * Why this port may not exchange: a locale key of a status, "" when it may. Of more entities than the limit those work that
 * stand first in their ring; when one of them goes, another takes its place.
 */
export function barred(port: Port): string {
  const limit = settings.global["clusterio-entities-max"].value as number;
  if (limit > 0 && port.at >= limit) return "over-limit";
  const surfaces = settings.global["clusterio-surfaces"].value as string;
  if (surfaces !== "" && !isAllowedOn(port.entity.surface.name, surfaces)) return "wrong-surface";
  return "";
}

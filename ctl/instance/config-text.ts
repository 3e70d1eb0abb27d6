import { z } from "zod";
import { CONFIG_LEAVES } from "#core/config-patch";
import { badInput } from "#core/errors";
import type { ConfigPatch, InstanceConfig } from "#core/instance-config";
import { didYouMean } from "#core/terminal/near";

/** Configurations as people type and read them. Pure. */

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const at = (value: unknown, path: string): unknown => {
  let inner = value;
  for (const key of path.split(".")) inner = Object(inner)[key];
  return inner;
};

/** What is set, by key. */
export const entriesOf = (config: InstanceConfig): [string, string][] =>
  [...CONFIG_LEAVES.keys()].flatMap((path): [string, string][] => {
    const value = at(config, path);
    return value === undefined ? [] : [[path, shown(value)]];
  });

/** What is set at a key, or below it. @throws ClusterioError `bad-input` when there is no such key. */
export const entriesBelow = (config: InstanceConfig, key: string): [string, string][] => {
  const known = [...CONFIG_LEAVES.keys()].some((path) => path === key || path.startsWith(`${key}.`));
  if (!known)
    throw badInput(
      `there is no key "${key.slice(0, 80)}"${didYouMean(key, CONFIG_LEAVES.keys()) || ":"} clusterio instance config list NAME --all shows them`,
    );
  return entriesOf(config).filter(([path]) => path === key || path.startsWith(`${key}.`));
};

const isList = (leaf: z.ZodType | undefined): boolean => {
  if (leaf instanceof z.ZodExactOptional) return isList(leaf.unwrap() as z.ZodType);
  return leaf instanceof z.ZodArray;
};

/** What a text means as the value of a key: as it is where the key takes texts, else as JSON; a list also with commas. */
export const valueFrom = (key: string, text: string): unknown => {
  const leaf = CONFIG_LEAVES.get(key);
  if (leaf?.safeParse(text).success === true) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return isList(leaf) ? text.split(",").filter((one) => one !== "") : text;
  }
};

const putAt = (patch: Record<string, unknown>, path: string, value: unknown): void => {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let inner = patch;
  for (const key of keys) {
    const next = inner[key];
    const into = typeof next === "object" && next !== null ? (next as Record<string, unknown>) : {};
    inner[key] = into;
    inner = into;
  }
  inner[last] = value;
};

/** Names that would reach beyond the patch itself. */
const isKey = (key: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(key) && !key.includes("__");

/** `ports.game=34197` … as one change. @throws ClusterioError `bad-input` */
export const patchFrom = (assignments: readonly string[]): ConfigPatch => {
  const patch: Record<string, unknown> = {};
  for (const text of assignments) {
    const [, key = "", value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (value === undefined || !isKey(key))
      throw badInput(`"${text.slice(0, 80)}" is no KEY=VALUE: for example ports.game=34197`);
    if (value === "") throw badInput(`${key} has no value: clusterio instance config unset takes a key away`);
    putAt(patch, key, valueFrom(key, value));
  }
  return patch;
};

/** @throws ClusterioError `bad-input` */
export const unsetting = (keys: readonly string[]): ConfigPatch => {
  const patch: Record<string, unknown> = {};
  for (const key of keys) {
    if (!isKey(key)) throw badInput(`"${key.slice(0, 80)}" is no key`);
    putAt(patch, key, null);
  }
  return patch;
};

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The change that makes `after` of `before`: what is gone is null. */
export const differenceOf = (before: Fields, after: Fields): Record<string, unknown> => {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (isFields(value) && isFields(old)) {
      const inner = differenceOf(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(old) !== JSON.stringify(value)) patch[key] = value;
  }
  return patch;
};

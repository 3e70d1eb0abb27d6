import { z } from "zod";
import { badInput } from "#core/errors";
import { canonicalJson } from "#core/events/codec";
import { CONFIG_BYTES_MAX, type ConfigPatch, type InstanceConfig, instanceConfig } from "#core/instance-config";
import { scheduleProblem } from "#core/schedule/entry";
import { didYouMean } from "#core/terminal/near";

/** A configuration with a change made to it, or why that cannot be. Pure. */

type Fields = Readonly<Record<string, unknown>>;

/** What is required stands for itself; taken away, it is this again. */
const DEFAULTS: Fields = { seed: 0, autosaveSeconds: 0 };

/** A name typed in the wrong place: a message shows only its beginning. */
const SHOWN_CHARACTERS_MAX = 80;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of an object's schema, undefined of a value's. */
const fieldsOf = (schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined => {
  if (schema instanceof z.ZodObject) return schema.shape as Record<string, z.ZodType>;
  return schema instanceof z.ZodExactOptional ? fieldsOf(schema.unwrap() as z.ZodType) : undefined;
};

const leavesOf = (schema: z.ZodType, path: string): (readonly [string, z.ZodType])[] => {
  const fields = fieldsOf(schema);
  if (fields === undefined) return [[path, schema]];
  return Object.entries(fields).flatMap(([key, field]) => leavesOf(field, path === "" ? key : `${path}.${key}`));
};

/** Every key that has a value, by its path, `name` aside: `ports.game`. */
export const CONFIG_LEAVES: ReadonlyMap<string, z.ZodType> = new Map(
  leavesOf(instanceConfig, "").filter(([path]) => path !== "name"),
);

/** Why a key that somebody may look for is not there. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  name: "the name is changed by clusterio instance rename",
  ...Object.fromEntries(
    ["token", "password", "game_password"].map((key) => [
      `settings.${key}`,
      `what is configured can be read by many: put it into a file in the folder secrets/ of the slave's bridge, and name that as settings.${key}_file`,
    ]),
  ),
  ...Object.fromEntries(
    [
      "minimum_segment_size",
      "minimum_segment_size_peer_count",
      "maximum_segment_size",
      "maximum_segment_size_peer_count",
    ].map((key) => [`settings.${key}`, "the bridge sets it, since it reckons with it"]),
  ),
};

/** @throws ClusterioError `bad-input` that names the key and what there is. */
const refuseUnknown = (patch: Fields, schema: z.ZodType, path: string): void => {
  const fields = fieldsOf(schema);
  if (fields === undefined) return;
  for (const [key, value] of Object.entries(patch)) {
    const full = path === "" ? key : `${path}.${key}`;
    const elsewhere = Object.hasOwn(ELSEWHERE, full) ? ELSEWHERE[full] : undefined;
    if (elsewhere !== undefined) throw badInput(`"${full}" cannot be set: ${elsewhere}`);
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      const there = Object.keys(fields).filter((name) => full.includes(".") || name !== "name");
      const what = path === "" ? "there are" : `${path} has`;
      const meant = didYouMean(key, there);
      const asked = `there is no key "${full.slice(0, SHOWN_CHARACTERS_MAX)}"`;
      throw badInput(`${asked}${meant === "" ? ";" : meant} ${what} ${there.join(", ")}`);
    }
    if (isFields(value)) refuseUnknown(value, field, full);
  }
};

/** RFC 7396, with what becomes empty left out. */
const merged = (before: Fields, patch: Fields): Fields => {
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete after[key];
    else if (!isFields(value)) after[key] = value;
    else {
      const inner = merged(isFields(before[key]) ? before[key] : {}, value);
      if (Object.keys(inner).length === 0) delete after[key];
      else after[key] = inner;
    }
  }
  return after;
};

/** What no single key can tell. */
const contradictionIn = ({ autosaveSeconds, settings = {}, schedule = {} }: InstanceConfig): string | undefined => {
  const { visibility, username, token_file, password_file, require_user_verification } = settings;
  if (settings.autosave_interval !== undefined && autosaveSeconds > 0)
    return `settings.autosave_interval counts only where the bridge orders no saves: set autosaveSeconds to 0 (it is ${autosaveSeconds})`;
  const unscheduled = scheduleProblem(schedule);
  if (unscheduled !== undefined) return unscheduled;
  if (visibility?.public !== true) return undefined;
  if (require_user_verification === false)
    return "settings.visibility.public needs settings.require_user_verification: the game lists no server without it";
  if (username === undefined || (token_file ?? password_file) === undefined)
    return "settings.visibility.public needs settings.username and settings.token_file: the game is listed in an account's name";
  return undefined;
};

/** The message of the first thing that is wrong with a value, with its path. */
const issueText = (error: z.ZodError): string => {
  const issue = error.issues[0];
  const path = issue?.path.join(".") ?? "";
  return `${path === "" ? "" : `${path}: `}${issue?.message ?? "cannot be used"}`;
};

/** A whole configuration, proved. @throws ClusterioError `bad-input` */
const provedConfig = (value: Fields): InstanceConfig => {
  const parsed = instanceConfig.safeParse(value);
  if (!parsed.success) throw badInput(issueText(parsed.error));
  const wrong = contradictionIn(parsed.data);
  if (wrong !== undefined) throw badInput(wrong);
  const bytes = Buffer.byteLength(canonicalJson(parsed.data));
  if (bytes > CONFIG_BYTES_MAX)
    throw badInput(`this configuration has ${bytes} bytes, at most ${CONFIG_BYTES_MAX} are kept: shorten its texts`);
  return parsed.data;
};

/** @throws ClusterioError `bad-input` that names the key, what is wrong, and what there is. */
export const patchedConfig = (config: InstanceConfig, patch: ConfigPatch): InstanceConfig => {
  refuseUnknown(patch, instanceConfig, "");
  return provedConfig({ ...DEFAULTS, ...merged(config, patch) });
};

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

/** Where the server reads and writes. */
export interface Paths {
  readonly writeData: string;
  readonly saves: string;
  readonly scriptOutput: string;
  readonly mods: string;
}

/** `write-data` of the ini's [path] section; the working directory when there is none. */
export const readPaths = (configFile: string | undefined, modDirectory: string | undefined): Paths => {
  const ini = configFile === undefined ? "" : readFileSync(configFile, "utf8");
  const writeData = resolve(/^\s*write-data\s*=\s*(.+?)\s*$/m.exec(ini)?.[1] ?? ".");
  return {
    writeData,
    saves: join(writeData, "saves"),
    scriptOutput: join(writeData, "script-output"),
    mods: modDirectory === undefined ? join(writeData, "mods") : resolve(modDirectory),
  };
};

/** What the stand-in acts on; the rest is only told (`/config get`). */
const serverSettingsSchema = z.looseObject({
  auto_pause: z.boolean().default(true),
  autosave_interval: z.number().positive().default(10),
  autosave_slots: z.number().int().positive().default(5),
  non_blocking_saving: z.boolean().default(false),
  minimum_segment_size: z.number().int().positive().default(25),
  minimum_segment_size_peer_count: z.number().int().positive().default(20),
  maximum_segment_size: z.number().int().positive().default(100),
  maximum_segment_size_peer_count: z.number().int().positive().default(10),
});

export type ServerSettings = z.infer<typeof serverSettingsSchema>;

export const readServerSettings = (file: string | undefined): ServerSettings =>
  serverSettingsSchema.parse(file === undefined ? {} : JSON.parse(readFileSync(file, "utf8")));

const mapGenSettingsSchema = z.looseObject({
  seed: z.number().int().nonnegative().max(4294967295).nullish(),
  width: z.number().int().nonnegative().max(4294967295).optional(),
  height: z.number().int().nonnegative().max(4294967295).optional(),
  autoplace_controls: z.record(z.string(), z.looseObject({})).optional(),
  property_expression_names: z.record(z.string(), z.string()).optional(),
  starting_points: z.array(z.object({ x: z.number(), y: z.number() })).optional(),
});

/** A map-gen-settings file: its seed, undefined when it leaves it to chance, and what a map shows of the rest. */
export const readMapGenSettings = (file: string | undefined): { seed?: number; settings: object } => {
  if (file === undefined) return { settings: {} };
  const { seed, ...settings } = mapGenSettingsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  return seed == null ? { settings } : { seed, settings };
};

const mapSettingsSchema = z.looseObject({
  difficulty_settings: z.looseObject({}).optional(),
  pollution: z.looseObject({}).optional(),
  path_finder: z.looseObject({ overload_levels: z.array(z.number()).optional() }).optional(),
});

/** A map-settings file is looked at; nothing here goes by it. @throws what is wrong with it. */
export const checkMapSettings = (file: string | undefined): void => {
  if (file !== undefined) mapSettingsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
};

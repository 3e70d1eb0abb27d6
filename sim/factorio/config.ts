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

const seedSchema = z.object({ seed: z.number().int().nonnegative().max(4294967295).nullish() });

/** The seed of a map-gen-settings file, undefined when it leaves it to chance. */
export const readSeed = (file: string | undefined): number | undefined =>
  file === undefined ? undefined : (seedSchema.parse(JSON.parse(readFileSync(file, "utf8"))).seed ?? undefined);

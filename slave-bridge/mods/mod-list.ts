import { z } from "zod";
import { canonicalJson } from "#core/events/codec";

/** `mod-list.json` of the game, and what operators want it to say at the next start. Pure. */

export type Enabled = ReadonlyMap<string, boolean>;

const listFile = z.object({ mods: z.array(z.looseObject({ name: z.string(), enabled: z.boolean().default(true) })) });
const wantedFile = z.object({ v: z.literal(1), enabled: z.record(z.string(), z.boolean()) });

const jsonIn = (bytes: Uint8Array | undefined): unknown => {
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

/** In its order; nothing for a file that is none. */
export const enabledIn = (bytes: Uint8Array | undefined): Map<string, boolean> => {
  const result = listFile.safeParse(jsonIn(bytes));
  return new Map(result.success ? result.data.mods.map(({ name, enabled }) => [name, enabled]) : []);
};

/** What operators want since the last start: the game writes its list anew when it ends, so it is kept beside it. */
export const wantedIn = (bytes: Uint8Array | undefined): Map<string, boolean> => {
  const result = wantedFile.safeParse(jsonIn(bytes));
  return new Map(result.success ? Object.entries(result.data.enabled) : []);
};

export const wantedBytes = (wanted: Enabled): Uint8Array =>
  new TextEncoder().encode(`${canonicalJson({ v: 1, enabled: Object.fromEntries(wanted) })}\n`);

/** The list with what is wanted in it; `gone`: mods whose files are removed leave it. */
export const listWith = (
  bytes: Uint8Array | undefined,
  wanted: Enabled,
  gone: (name: string) => boolean,
): Uint8Array => {
  const enabled = enabledIn(bytes);
  for (const [name, on] of wanted) enabled.set(name, on);
  const mods = [...enabled].filter(([name]) => !gone(name)).map(([name, on]) => ({ name, enabled: on }));
  return new TextEncoder().encode(`${canonicalJson({ mods })}\n`);
};

import { homedir } from "node:os";
import { join } from "node:path";
import { decodeText } from "#core/events/codec";
import type { Disk } from "#core/ports/disk";

/** What was typed into consoles, for the next one: a file that only its owner reads, because commands may hold anything. */

const LINES_MAX = 1_000;

export const historyPath = (env: NodeJS.ProcessEnv): string => {
  const { XDG_STATE_HOME: state, HOME: home } = env;
  const base = state !== undefined && state !== "" ? state : join(home ?? homedir(), ".local", "state");
  return join(base, "clusterio", "console-history");
};

/** Newest first, as `readline` wants it; [] when there is none, or it cannot be read: nobody is kept from his console by that. */
export const readHistory = async (disk: Pick<Disk, "read">, path: string): Promise<string[]> => {
  const bytes = await disk.read(path).catch(() => undefined);
  if (bytes === undefined) return [];
  return decodeText(bytes)
    .split("\n")
    .filter((line) => line !== "")
    .reverse();
};

/** `lines`: newest first. A line that begins with a blank is not kept, as in shells. */
export const writeHistory = async (
  disk: Pick<Disk, "write">,
  path: string,
  lines: readonly string[],
): Promise<void> => {
  const kept = lines.filter((line) => !line.startsWith(" ")).slice(0, LINES_MAX);
  await disk.write(path, new TextEncoder().encode(`${kept.toReversed().join("\n")}\n`), 0o600);
};

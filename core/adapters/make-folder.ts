import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type ClusterioError, messageOf, unavailable } from "#core/errors";

/**
 * Makes a folder and those above it that are missing (0700), a level at a time: Node's own recursive mkdir never ends where
 * none can be made (below /proc).
 * @throws ClusterioError `unavailable` in one line.
 */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await makeLevel(path);
  } catch (error) {
    throw await folderError(path, error);
  }
};

const makeLevel = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isCode(error, "EEXIST") && (await stat(path)).isDirectory()) return;
    if (!isCode(error, "ENOENT") || dirname(path) === path) throw error;
    await makeLevel(dirname(path));
    // Somebody else may have made it in between; where its parent is there and it still can't be made, nobody can.
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (!isCode(again, "EEXIST")) throw again;
    });
  }
};

/** Why a folder cannot be used, and what is in the way. */
export const folderError = async (path: string, error: unknown): Promise<ClusterioError> => {
  const there = await nearest(path);
  return unavailable(`the folder ${path} cannot be used: ${reason(there, error)}`, error);
};

const reason = ({ path, isFolder }: There, error: unknown): string => {
  if (!isFolder) return `${path} is a file`;
  if (isCode(error, "EPERM") || isCode(error, "EACCES")) return `${path} is not yours`;
  if (isCode(error, "ENOENT")) return `${path} takes no folders`;
  return messageOf(error);
};

export interface There {
  readonly path: string;
  readonly isFolder: boolean;
}

/** The path itself, or the first above it that is there. */
export const nearest = async (path: string): Promise<There> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && dirname(path) !== path) return nearest(dirname(path));
  return { path, isFolder: found?.isDirectory() ?? true };
};

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

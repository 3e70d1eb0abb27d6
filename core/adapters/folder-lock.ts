import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";
import { isAlive, type ProcessId, processWithPid } from "#core/adapters/process-id";
import { refused } from "#core/errors";

/** Somebody may take over a stale lock between our looking and our moving: look again, a few times. */
const TRIES_MAX = 5;
let drafts = 0;

/**
 * Makes this process the only owner of a folder by a file in it. The file names its owner with its start time: one left
 * behind by a kill is taken over, a live one is respected, also when pids are used again.
 * @throws ClusterioError `refused` when a live process has it, in the words of `inUse`.
 */
export const lockFolder = async (path: string, inUse: (owner: string) => string): Promise<() => Promise<void>> => {
  await makeFolder(dirname(path));
  const draft = `${path}.${process.pid}.${drafts++}`;
  await writeFile(draft, `${process.pid} ${processWithPid(process.pid)?.started ?? "unknown"}\n`, { mode: 0o600 });
  try {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      if (await linked(draft, path)) return () => rm(path, { force: true });
      const held = await readFile(path, "utf8").catch(() => "");
      const owner = ownerIn(held);
      if (owner !== undefined && isAlive(owner)) throw refused(inUse(`process ${owner.pid}`));
      await moveAway(path, `${draft}.stale`, held);
    }
    throw refused(inUse("another process"));
  } finally {
    await rm(draft, { force: true });
  }
};

const ownerIn = (text: string): ProcessId | undefined => {
  const match = /^(\d+) (\S+)\n$/.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), started: match[2]! };
};

/** Removes the stale lock; if what was moved is not the one that we read, somebody took over in between: it goes back. */
const moveAway = async (path: string, aside: string, held: string): Promise<void> => {
  await rename(path, aside).catch(() => {});
  if ((await readFile(aside, "utf8").catch(() => held)) !== held) await linked(aside, path);
  await rm(aside, { force: true });
};

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );

import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isAlive, processWithPid } from "#bridge/game/adapters/process-id";
import { refused } from "#core/errors";

const ownerIn = (text: string): { pid: number; started: string } | undefined => {
  const match = /^(\d+) (\S+)\n$/.exec(text);
  return match === null ? undefined : { pid: Number(match[1]), started: match[2]! };
};

/**
 * One owner of a folder (an adapter: reads the disk and /proc). The file names a process and its start time, so that a
 * lock left behind by a kill is taken over and a live one is respected, also when pids are used again.
 */
export const lockFolder = async (path: string): Promise<() => Promise<void>> => {
  const self = processWithPid(process.pid);
  const mine = `${process.pid} ${self?.started ?? "unknown"}\n`;
  const draft = `${path}.${process.pid}.${lockCount++}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    // A stale lock may be taken over by somebody else between our looking and our moving: look again, a few times.
    for (let tries = 0; tries < 5; tries++) {
      if (await linked(draft, path)) return async () => void (await rm(path, { force: true }));
      const held = await readFile(path, "latin1").catch(() => "");
      const owner = ownerIn(held);
      if (owner !== undefined && isAlive(owner)) throw inUse(path, owner.pid);
      const aside = `${draft}.stale`;
      await rename(path, aside).catch(() => {});
      const moved = await readFile(aside, "latin1").catch(() => held);
      // Not the stale one that we read: somebody took over in between, so it goes back.
      if (moved !== held) await linked(aside, path);
      await rm(aside, { force: true });
    }
    throw inUse(path, 0);
  } finally {
    await rm(draft, { force: true });
  }
};

let lockCount = 0;

const inUse = (path: string, pid: number) =>
  refused(
    `${path} is held by ${pid === 0 ? "another process" : `process ${pid}`}: one bridge per folder, stop that one first`,
  );

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );

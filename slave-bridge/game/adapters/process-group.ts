import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessId, processWithPid } from "#core/adapters/process-id";

/**
 * The group of a game's process: what it started, such as the copy that writes a non-blocking save, has its files and ports as
 * well. A group has the number of the process that it began with, and the kernel gives that number to nobody else while one
 * of the group is left.
 */

const AGAIN_MS = 50;

const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

/** The group of a live process; undefined when there is none. */
export const groupOf = (pid: number): number | undefined => {
  const stat = textOf(`/proc/${pid}/stat`);
  // "pid (name) state parent group …"; the name may hold anything.
  const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === undefined || state === "" || state === "Z" || state === "X" ? undefined : Number(group);
};

const membersOf = (group: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => groupOf(pid) === group);

const kill = (target: number): void => {
  try {
    process.kill(target, "SIGKILL");
  } catch (error) {
    // Gone meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** SIGKILL for a live process and all of its group, or for nobody. */
export const killGroup = ({ pid, started }: ProcessId): void => {
  if (processWithPid(pid)?.started !== started) return;
  kill(groupOf(pid) === pid ? -pid : pid);
};

/** Ends what a process that is gone has left behind; resolves when there is nothing any more. */
export const groupGone = async ({ pid, started }: ProcessId): Promise<void> => {
  for (;;) {
    // Its number is somebody else's by now: then nobody was left of the group.
    const now = processWithPid(pid);
    if (now !== undefined && now.started !== started) return;
    const members = membersOf(pid);
    if (members.length === 0) return;
    for (const member of members) kill(member);
    await sleep(AGAIN_MS);
  }
};

/** Those that are not in the group of another one of them. */
export const leadersOf = (processes: readonly ProcessId[]): ProcessId[] => {
  const pids = new Set(processes.map(({ pid }) => pid));
  return processes.filter(({ pid }) => {
    const group = groupOf(pid);
    return group === undefined || group === pid || !pids.has(group);
  });
};

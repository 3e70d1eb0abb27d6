import { readdirSync, readFileSync } from "node:fs";
import type { ProcessId } from "#bridge/game/port";

/** Identity of processes from /proc (Linux). An adapter: reads the machine. */

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
};

/** This start of the machine: process start times count from it, so a reboot could repeat them. */
const machineStart = (): string => (readText("/proc/sys/kernel/random/boot_id") ?? "unknown").trim().slice(0, 8);

/** The identity of a live process with this number, undefined when there is none or it has ended and waits to be reaped. */
export const processWithPid = (pid: number): ProcessId | undefined => {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold anything: count from the last ")". Then field 3 is the state, 22 the start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, started: `${machineStart()}:${fields[19]}` };
};

export const isAlive = (process: ProcessId): boolean => processWithPid(process.pid)?.started === process.started;

export const processesWithArgument = (argument: string): ProcessId[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      (readText(`/proc/${pid}/cmdline`) ?? "").split("\0").includes(Buffer.from(argument).toString("latin1")),
    )
    .flatMap((pid) => processWithPid(Number(pid)) ?? []);

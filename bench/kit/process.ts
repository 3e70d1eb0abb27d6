import { readdirSync, readFileSync } from "node:fs";

/** What the kernel knows of processes. */

/** Resident memory in MB. */
export const residentMb = (pid: number): number => {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kb === undefined ? Number.NaN : (Number(kb) * 1024) / 1e6;
};

/** USER_HZ of every Linux that Node runs on: the unit of times in /proc. */
const TICKS_PER_SECOND = 100;

/** Processor time in ms that a process has used so far, of all its threads. */
export const processorMs = (pid: number): number => {
  // The name in brackets may hold spaces; utime and stime are fields 14 and 15 (proc_pid_stat(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
};

const argvOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
};

/** Live processes with an argument that names something in this folder, and one that ends like this. */
export const processesOf = (folder: string, argumentEnd: string): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const argv = argvOf(pid);
      return argv.some((text) => text.startsWith(`${folder}/`)) && argv.some((text) => text.endsWith(argumentEnd));
    });

import { readdirSync, readFileSync } from "node:fs";

/** What the kernel knows of processes. */

/** Resident memory in MB. */
export const residentMb = (pid: number): number => {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return kb === undefined ? Number.NaN : (Number(kb) * 1024) / 1e6;
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

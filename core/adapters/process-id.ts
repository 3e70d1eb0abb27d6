import { readdirSync, readFileSync } from "node:fs";

/** A process told from every other, also from one that later gets the same number. */
export interface ProcessId {
  readonly pid: number;
  /** The machine's start and the process's start time within it (field 22 of /proc/<pid>/stat), as text. */
  readonly started: string;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** This start of the machine: start times count from it, so another start could repeat them. */
const machineStart = (): string => (readText("/proc/sys/kernel/random/boot_id") ?? "unknown").trim().slice(0, 8);

/** State and start time out of the text of /proc/<pid>/stat. The name in it may hold anything: count from its last ")". */
export const parseStat = (stat: string): { state: string; startTicks: string } | undefined => {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined || !/^\d+$/.test(startTicks)
    ? undefined
    : { state, startTicks };
};

/** The live process with this number; undefined when there is none, or it has ended and waits to be reaped. */
export const processWithPid = (pid: number): ProcessId | undefined => {
  const stat = parseStat(readText(`/proc/${pid}/stat`) ?? "");
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return { pid, started: `${machineStart()}:${stat.startTicks}` };
};

export const isAlive = ({ pid, started }: ProcessId): boolean => processWithPid(pid)?.started === started;

/** Live processes of this command line. */
export const processesWithArgv = (argv: readonly string[]): ProcessId[] => {
  const wanted = `${argv.join("\0")}\0`;
  return processesWhere((commandLine) => commandLine === wanted);
};

/** Live processes that have this text as one whole argument. */
export const processesWithArgument = (argument: string): ProcessId[] =>
  processesWhere((commandLine) => commandLine.split("\0").includes(argument));

const processesWhere = (fits: (commandLine: string) => boolean): ProcessId[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && fits(readText(`/proc/${name}/cmdline`) ?? ""))
    .flatMap((pid) => processWithPid(Number(pid)) ?? []);

/** Sends a signal to exactly this process or to none. */
export const signalProcess = (target: ProcessId, signal: "SIGTERM" | "SIGKILL"): void => {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    // Gone between the two lines above.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

import { type ChildProcess, spawn } from "node:child_process";
import { isAlive, type ProcessId, processWithPid, signalProcess } from "#core/adapters/process-id";
import { messageOf, unavailable } from "#core/errors";
import { withLog } from "#ctl/processes/log-file";

/** The end of a process that is not our child is noticed within this. */
const LOOK_MS = 200;

/** A process that `up` answers for: its own child, or one that an earlier `up` left. */
export interface Running {
  readonly id: ProcessId;
  /** Where in its log its own words begin, in bytes; 0 when nobody knows. */
  readonly logFrom: number;
  /** Resolves when it ended, for whatever reason, to how it did. */
  readonly exited: Promise<string>;
}

/** How a process with this exit code ended. */
export const exitedWith = (code: number | null): string => `exit code ${code}`;

export interface SpawnOrder {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Both of its output streams are appended here. */
  readonly log: string;
}

/** @throws ClusterioError `unavailable` when it cannot be started. */
export const spawnRunning = async ({ argv, cwd, log }: SpawnOrder): Promise<Running> => {
  const [command, ...args] = argv;
  if (command === undefined) throw new Error("an empty command line");
  // A group of its own: Ctrl-C in a terminal is for `up`, which stops the others in order.
  const { child, logFrom } = await withLog(log, (out, size) => ({
    child: spawn(command, args, { cwd, detached: true, stdio: ["ignore", out, out] }),
    logFrom: size,
  }));
  const exited = exitOf(child);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(unavailable(`cannot start ${command}: ${messageOf(error)}`, error)));
  });
  const pid = child.pid ?? 0;
  // One that ended at once can't be found any more; nothing is ever sent to it.
  return { id: processWithPid(pid) ?? { pid, started: "gone" }, logFrom, exited };
};

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once("error", (error) => resolve(messageOf(error)));
    child.once("exit", (code, signal) => resolve(signal === null ? exitedWith(code) : `by ${signal}`));
  });

/** One that runs already and is not our child. */
export const adoptRunning = (id: ProcessId): Running => ({
  id,
  logFrom: 0,
  exited: new Promise((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(id)) return;
      clearInterval(timer);
      resolve("unknown exit code: it was not our child");
    }, LOOK_MS);
  }),
});

/** Tells it to end and waits; kills it when it has not ended after `graceMs`. True if it had to be killed. */
export const stopRunning = async ({ id, exited }: Running, graceMs: number): Promise<boolean> => {
  let killed = false;
  signalProcess(id, "SIGTERM");
  const timer = setTimeout(() => {
    killed = true;
    signalProcess(id, "SIGKILL");
  }, graceMs);
  await exited;
  clearTimeout(timer);
  return killed;
};

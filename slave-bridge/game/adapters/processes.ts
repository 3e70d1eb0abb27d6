import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { limited } from "#bridge/game/adapters/limited";
import { groupGone, killGroup, leadersOf } from "#bridge/game/adapters/process-group";
import type { ProcessExit, Processes, ProcessId } from "#bridge/game/port";
import { isAlive, processesWithArgument, processWithPid, signalProcess } from "#core/adapters/process-id";
import { messageOf, unavailable } from "#core/errors";

/** The end of a process that is not our child is noticed within this. */
const LOOK_MS = 250;

const sameProcess = ({ pid, started }: ProcessId) => `${pid}@${started}`;

/** An adapter: real processes. */
export const realProcesses = (): Processes => {
  /** Our own children, whose exit code we hear. */
  const children = new Map<string, Promise<ProcessExit>>();

  return {
    async spawn({ cwd, output, limits = {}, ...order }) {
      const { command, args } = limited(order.command, order.args, limits);
      const out = openSync(output, "a", 0o600);
      let child: ChildProcess;
      try {
        child = spawn(command, [...args], { cwd, detached: true, stdio: ["ignore", out, out] });
      } finally {
        closeSync(out);
      }
      const exit = new Promise<ProcessExit>((resolve) => {
        child.once("exit", (code, signal) =>
          resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }),
        );
      });
      await new Promise<void>((resolve, reject) => {
        child.once("spawn", resolve);
        child.once("error", (error) => reject(unavailable(`cannot start ${command}: ${messageOf(error)}`, error)));
      });
      child.unref();
      const pid = child.pid ?? 0;
      const process = processWithPid(pid) ?? { pid, started: "gone" };
      children.set(sameProcess(process), exit);
      void exit.then(() => setTimeout(() => children.delete(sameProcess(process)), 60_000).unref());
      return process;
    },

    watch(process, onExit) {
      let stopped = false;
      const own = children.get(sameProcess(process));
      if (own !== undefined) {
        void own.then((exit) => groupGone(process).then(() => stopped || onExit(exit)));
        return () => {
          stopped = true;
        };
      }
      const timer = setInterval(() => {
        if (isAlive(process)) return;
        clearInterval(timer);
        void groupGone(process).then(() => stopped || onExit({}));
      }, LOOK_MS);
      timer.unref();
      return () => {
        stopped = true;
        clearInterval(timer);
      };
    },

    signal: (process, signal) => (signal === "SIGKILL" ? killGroup(process) : signalProcess(process, signal)),

    find: async (argument) => leadersOf(processesWithArgument(argument)),
  };
};

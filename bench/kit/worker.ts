import { fork } from "node:child_process";
import { join } from "node:path";
import type { JobName, JobOptions, JobResult } from "#bench/load/jobs";
import { packageRoot } from "#core/adapters/package-root";

export interface Worker<Result> {
  /** Resolves when the job said that it has begun. */
  readonly ready: Promise<void>;
  readonly result: Promise<Result>;
  stop(): void;
}

interface Told<Result> {
  readonly ready?: true;
  readonly result?: Result;
  readonly error?: string;
}

/** Starts a job in a process of its own (load/worker.ts). */
export const startWorker = <J extends JobName>(job: J, options: JobOptions<J>): Worker<JobResult<J>> => {
  const child = fork(join(packageRoot(), "dist", "bench", "load", "worker.js"), { stdio: ["ignore", 2, 2, "ipc"] });
  let begun = () => {};
  const ready = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const result = new Promise<JobResult<J>>((resolve, reject) => {
    child.on("message", (told: Told<JobResult<J>>) => {
      if (told.ready === true) begun();
      else if (told.error !== undefined) reject(new Error(`${job}: ${told.error}`));
      else resolve(told.result as JobResult<J>);
    });
    child.once("exit", (code, signal) => reject(new Error(`${job} ended early (${signal ?? code})`)));
  });
  // Whoever awaits it hears of a failure; nobody need.
  result.catch(() => {});
  child.send({ job, options });
  return { ready: Promise.race([ready, result.then(() => {})]), result, stop: () => void child.kill() };
};

/** Runs a job to its end. */
export const runWorker = <J extends JobName>(job: J, options: JobOptions<J>): Promise<JobResult<J>> =>
  startWorker(job, options).result;

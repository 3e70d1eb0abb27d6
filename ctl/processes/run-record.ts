import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { nodeDisk } from "#core/adapters/node-disk";
import type { ProcessId } from "#core/adapters/process-id";
import { isClusterioError } from "#core/errors";
import { decodeJson } from "#core/events/codec";

/**
 * What `up` writes down about each process that it starts (`<dir>/run/<role>.json`), so that the next `up` knows its own.
 *
 * U1 a process is ours only if its number *and* its start time are those of the record: a pid that was used again is
 *    left alone.
 * U2 the record is written before the process is made (with no process in it) and again when it is there: after a kill
 *    in between, the one that has exactly our command line is ours.
 * U3 what runs with another command line than now wanted (another build, another port) is stopped, not adopted.
 */
export const ROLES = ["nats-server", "projector", "bridge"] as const;
export type Role = (typeof ROLES)[number];

/** What identifies how a process was started; the same text for the same command line and build. */
export const argvHash = (argv: readonly string[]): string =>
  createHash("sha256").update(argv.join("\0")).digest("hex").slice(0, 32);

const runRecord = z.object({
  v: z.literal(1),
  role: z.enum(ROLES),
  /** Null from just before the start until the process is there. */
  process: z.object({ pid: z.number().int().min(1), started: z.string().min(1) }).nullable(),
  /** Of the command line. */
  argvHash: z.string(),
  argv: z.array(z.string()),
});
export type RunRecord = z.infer<typeof runRecord>;

export type Leftover =
  | { readonly kind: "none" }
  | { readonly kind: "adopt"; readonly process: ProcessId }
  | { readonly kind: "stop"; readonly processes: readonly ProcessId[] };

export interface Machine {
  isAlive(process: ProcessId): boolean;
  /** Live processes of exactly this command line. */
  withArgv(argv: readonly string[]): readonly ProcessId[];
}

/** Processes of this record that are still there (U1, U2). */
export const leftRunning = (record: RunRecord | undefined, machine: Machine): ProcessId[] => {
  if (record === undefined) return [];
  const found = record.process === null ? machine.withArgv(record.argv) : [record.process];
  return found.filter((process) => machine.isAlive(process));
};

/** What to do with what an earlier `up` may have left running. Pure, but for what it asks the machine. */
export const judgeLeftover = (record: RunRecord | undefined, wantedHash: string, machine: Machine): Leftover => {
  const alive = leftRunning(record, machine);
  const [only] = alive;
  if (record === undefined || only === undefined) return { kind: "none" };
  if (alive.length === 1 && record.argvHash === wantedHash) return { kind: "adopt", process: only };
  return { kind: "stop", processes: alive };
};

const pathOf = (dir: string, role: Role): string => join(dir, "run", `${role}.json`);

/** Undefined when there is none; a damaged one names no process, so there is none either. */
export const readRunRecord = async (dir: string, role: Role): Promise<RunRecord | undefined> => {
  const bytes = await nodeDisk.read(pathOf(dir, role));
  if (bytes === undefined) return undefined;
  try {
    return decodeJson(runRecord, bytes, pathOf(dir, role));
  } catch (error) {
    if (isClusterioError(error, "bad-input")) return undefined;
    throw error;
  }
};

export const writeRunRecord = (dir: string, record: RunRecord): Promise<void> =>
  nodeDisk.write(pathOf(dir, record.role), new TextEncoder().encode(`${JSON.stringify(record, undefined, 2)}\n`));

export const removeRunRecord = (dir: string, role: Role): Promise<void> => nodeDisk.remove(pathOf(dir, role));

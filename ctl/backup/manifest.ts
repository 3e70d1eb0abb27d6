import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, isClusterioError, messageOf } from "#core/errors";
import { canonicalJson, decodeFile } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import { partPath } from "#core/saves/name";

/**
 * What a backup's folder holds. It is written last, and the folder has its name only then: a folder with a manifest is whole as it
 * was made, and each file's sum says whether it still is.
 */
export const MANIFEST = "manifest.json";

const file = z.object({
  path: z.string().refine((path) => {
    try {
      return partPath(path) === path;
    } catch {
      return false;
    }
  }, "a path below the backup's folder"),
  bytes: shape.count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFile = z.infer<typeof file>;

const first = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-backup"),
  name: z.string(),
  /** Public key of the cluster's CORE account; "" of a backup of saves alone. */
  cluster: z.string(),
  software: z.string(),
  time: shape.time,
  instances: z.array(
    z.object({
      instance: shape.id,
      name: z.string(),
      slave: z.string(),
      /** What the bridge knew of the save; "" for a world that it did not know. */
      world: z.string(),
      tick: shape.count.nullable(),
      /** Of that world, as the ledger knew them then. */
      totals: z
        .object({ exported: z.record(shape.resource, shape.total), received: z.record(shape.resource, shape.total) })
        .nullable(),
      save: file,
    }),
  ),
  /** Instances that could not be reached, and why. */
  missing: z.array(z.object({ instance: shape.id, reason: z.string() })),
  ledger: z.object({ file, from: shape.count, to: shape.count, tip: z.string() }).nullable(),
});

/** From the second version on: what is kept of people. null: it was not asked for, or there is none. */
export const backupManifest = first.extend({
  v: z.literal(2),
  /** Of one that an earlier version made. */
  madeAs: z.literal(1).exactOptional(),
  /** Only the instances that somebody named were asked for. */
  named: z.literal(true).exactOptional(),
  /** The book of users, roles and slaves. It has no secret. */
  rights: z
    .object({ file, revision: shape.count, users: shape.count, roles: shape.count, slaves: shape.count })
    .nullable(),
  /** The last word about each player on each list. */
  lists: z.object({ file, entries: shape.count }).nullable(),
  /** Comings and goings: playtime is their sum. The last one of them stood at `to` in PLAYERS, with that SHA-256; 0 and "" of none. */
  players: z.object({ file, facts: shape.count, stays: shape.count, to: shape.count, tip: z.string() }).nullable(),
});

const manifest = z.discriminatedUnion("v", [first, backupManifest]);
export type Manifest = z.infer<typeof backupManifest>;
export type Part = "ledger" | "rights" | "lists" | "players";
/** In the order in which they are put back: the ledger last, since with it a projector can lead. */
export const PARTS: readonly Part[] = ["rights", "lists", "players", "ledger"];

export const filesOf = (of: Manifest): BackupFile[] => [
  ...of.instances.map(({ save }) => save),
  ...PARTS.flatMap((part) => of[part]?.file ?? []),
];

/** What of a cluster it does not hold. */
export const lacksOf = (of: Manifest): Part[] => PARTS.filter((part) => of[part] === null);

/** What a person is told of what it does not hold; undefined when it has all. */
export const lackText = (of: Manifest): string | undefined => {
  const lacks = lacksOf(of);
  if (lacks.length === 0) return undefined;
  const old = of.madeAs === 1 ? ": backups of that version did not hold them" : "";
  return `it holds no ${lacks.join(", no ")}${old}`;
};

export const writeManifest = (folder: string, of: Manifest): Promise<void> =>
  nodeDisk.write(join(folder, MANIFEST), new TextEncoder().encode(`${canonicalJson(of)}\n`));

/** @throws ClusterioError `bad-input` when the folder is no backup. */
export const readManifest = async (folder: string): Promise<Manifest> => {
  const path = join(folder, MANIFEST);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw badInput(`${folder} is no backup: ${messageOf(error)}`, error);
  });
  const read = decodeFile(manifest, bytes, path);
  return read.v === 2 ? read : { ...read, v: 2, madeAs: 1, rights: null, lists: null, players: null };
};

export interface Listed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The backups in a folder, newest first, and what in it looks like one and is damaged. */
export const listBackups = async (folder: string): Promise<{ whole: Listed[]; damaged: string[] }> => {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw badInput(`cannot read ${folder}: ${messageOf(error)}`, error);
  });
  const whole: Listed[] = [];
  const damaged: string[] = [];
  for (const name of names.filter((one) => !one.startsWith("."))) {
    const path = join(folder, name);
    if ((await stat(join(path, MANIFEST)).catch(() => undefined)) === undefined) continue;
    try {
      whole.push({ folder: path, manifest: await readManifest(path) });
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      damaged.push(path);
    }
  }
  return { whole: whole.sort((a, b) => (a.manifest.time < b.manifest.time ? 1 : -1)), damaged };
};

/** Whether nothing is lost with the older one: the newer one was to hold as much, and does. */
const standsFor = (newer: Manifest, older: Manifest): boolean => {
  if (newer.missing.length > 0 || (older.ledger !== null && newer.ledger === null)) return false;
  if (newer.named === undefined) return true;
  const has = new Set(newer.instances.map(({ instance }) => instance));
  return older.named === true && older.instances.every(({ instance }) => has.has(instance));
};

/** Those for which `keep` newer ones stand: one that lacks an instance or the ledger does not push out one that has it. */
export const beyond = (newestFirst: readonly Listed[], keep: number): Listed[] =>
  newestFirst.filter((older, at) => {
    const newer = newestFirst.slice(0, at).filter(({ manifest }) => standsFor(manifest, older.manifest));
    return newer.length >= keep;
  });

import { randomBytes } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import { makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, refused, unavailable } from "#core/errors";
import { decodeFile } from "#core/events/codec";
import { identityFile } from "#core/identity/identity";
import { identityFolder } from "#ctl/cluster/settings";

/**
 * All that makes a cluster itself, in one file: keys, certificates, what `init` decided, and the master's copy of who may do what. Not
 * items: those are in the saves.
 */
const backup = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-identity"),
  /** Path below the cluster's folder → base64. */
  files: z.record(z.string().regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/), z.base64()),
});

/** Single files beside the identity's folder. */
const BESIDE = ["cluster.json", "projector/access-book.json"] as const;

/** @throws ClusterioError `unavailable` when there is no identity. */
export const makeBackup = async (dir: string): Promise<Uint8Array> => {
  const folder = identityFolder(dir);
  if ((await nodeDisk.read(identityFile(folder))) === undefined)
    throw unavailable(`there is no cluster in ${dir}: name its folder with --dir`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  const files: Record<string, string> = {};
  for (const path of [...paths, ...BESIDE].sort()) {
    const bytes = await nodeDisk.read(join(dir, path));
    if (bytes !== undefined) files[path] = Buffer.from(bytes).toString("base64");
  }
  return new TextEncoder().encode(`${JSON.stringify({ v: 1, kind: "clusterio-identity", files })}\n`);
};

/**
 * Makes a cluster's folder from a backup, as a whole or not at all.
 * @throws ClusterioError `bad-input` when the file is none, `refused` when something is in the folder already.
 */
export const restoreBackup = async (
  bytes: Uint8Array,
  options: {
    /** Names the backup in messages. */
    readonly path: string;
    readonly dir: string;
    /** Makes in the folder, before it has its name, what no backup holds. */
    readonly finish: (draft: string) => Promise<void>;
  },
): Promise<void> => {
  const { path, dir, finish } = options;
  const { files } = decodeFile(backup, bytes, path);
  if (!("identity/identity.json" in files)) throw badInput(`${path} holds no identity`);
  await makeFolder(dirname(dir));
  const draft = join(dirname(dir), `.${basename(dir)}.${randomBytes(6).toString("hex")}.new`);
  try {
    for (const [name, text] of Object.entries(files))
      await nodeDisk.write(join(draft, name), Buffer.from(text, "base64"));
    await finish(draft);
    await rename(draft, dir).catch((error: unknown) => {
      const code = Reflect.get(error as object, "code");
      if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOTDIR")
        throw refused(`there is something in ${dir} already: restore into a new folder`);
      throw unavailable(`${dir} cannot be made: ${messageOf(error)}`, error);
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

import { randomBytes } from "node:crypto";
import { chmod, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CertifiedKey, newAuthority, newServerCertificate } from "#core/adapters/certificates";
import { folderError, makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { refused } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { createIdentity, type Identity } from "#core/identity/identity";
import type { UserId } from "#core/ids";
import {
  assignmentKeyFile,
  type ClusterSettings,
  identityFolder,
  localUrl,
  publicUrl,
  tlsFiles,
  writeSettings,
} from "#ctl/cluster/settings";
import type { Context } from "#ctl/context/store";
import { natsTemplate, renderConfig } from "#ctl/nats-server/config";

/** What `clusterio init` is to make. */
export interface InitOptions {
  /** Absolute; not there yet, or empty. */
  readonly dir: string;
  readonly settings: ClusterSettings;
  readonly admin: UserId;
  /** Instead of an own authority; proved to belong together. */
  readonly certificates?: { readonly ca: string } & CertifiedKey;
}

/**
 * Makes a cluster's folder: identity, certificates, the broker's configuration. Everything is made beside it and moved there
 * as a whole, so that there is never half a cluster. Returns the first admin's context.
 * @throws ClusterioError `refused` when the folder is in use.
 */
export const initCluster = async (options: InitOptions): Promise<Context> => {
  const { dir, settings, admin } = options;
  await requireEmpty(dir);
  await makeFolder(dirname(dir));
  const draft = join(dirname(dir), `.${basename(dir)}.${randomBytes(6).toString("hex")}.new`);
  try {
    await makeFolder(draft);
    await chmod(draft, 0o700);
    const identity = await createIdentity(identityFolder(draft), nodeDisk);
    const { ca } = await writeCertificates(draft, options);
    await writeSettings(draft, settings);
    await writeBrokerConfig(draft, dir, { settings, identity });
    const { bytes } = await identity.userCreds(admin);
    await identity.masterCreds();
    await nodeDisk.write(assignmentKeyFile(draft), new TextEncoder().encode(`${identity.assignment.seed}\n`));
    await rename(draft, dir).catch((error: unknown) => {
      throw Reflect.get(error as object, "code") === "ENOTEMPTY" ? inUse(dir) : error;
    });
    return { v: 1, kind: "clusterio-context", url: localUrl(settings), ca, creds: decodeText(bytes) };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
};

interface Decided {
  readonly settings: ClusterSettings;
  readonly identity: Identity;
}

/** The text of nats.conf for a cluster that `init` made. */
export const brokerConfig = async (dir: string, { settings, identity }: Decided): Promise<string> =>
  renderConfig(await natsTemplate(), {
    identity,
    tls: tlsFiles(dir),
    ...settings.listen,
    websocket: settings.websocket,
    folder: join(dir, "nats"),
    serverName: settings.name,
  });

/** Into `folder`: the cluster's own one, or the one that becomes it. */
export const writeBrokerConfig = async (folder: string, dir: string, decided: Decided): Promise<void> => {
  const config = await brokerConfig(dir, decided);
  await nodeDisk.write(join(folder, "nats", "nats.conf"), new TextEncoder().encode(config));
};

const inUse = (dir: string) =>
  refused(
    `there is something in ${dir} already: \`clusterio up --dir ${dir}\` starts it, or choose another folder with --dir`,
  );

const requireEmpty = async (dir: string): Promise<void> => {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    if (Reflect.get(error as object, "code") === "ENOENT") return;
    throw await folderError(dir, error);
  }
  if (names.length > 0) throw inUse(dir);
};

const writeCertificates = async (
  draft: string,
  { settings, certificates }: InitOptions,
): Promise<{ readonly ca: string }> => {
  const files = tlsFiles(draft);
  const write = (path: string, text: string) => nodeDisk.write(path, new TextEncoder().encode(text));
  const now = Date.now();
  const authority = certificates === undefined ? await newAuthority(now, `${settings.name} authority`) : undefined;
  const server = certificates ?? (await newServerCertificate(authority!, certificateHosts(settings), now));
  const ca = certificates?.ca ?? authority!.cert;
  await write(files.ca, ca);
  if (authority !== undefined) await write(files.caKey, authority.key);
  await write(files.cert, server.cert);
  await write(files.key, server.key);
  return { ca };
};

/** This machine's own programs use loopback, whatever others use. */
export const certificateHosts = ({ hosts }: ClusterSettings): string[] => [
  ...new Set([...hosts, "localhost", "127.0.0.1", "::1"]),
];

/** The same admin from another machine. */
export const carried = (context: Context, settings: ClusterSettings): Context => ({
  ...context,
  url: publicUrl(settings),
});

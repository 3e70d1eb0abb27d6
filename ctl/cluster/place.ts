import { join, resolve } from "node:path";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { identityFolder, localUrl, readSettings, tlsFiles } from "#ctl/cluster/settings";
import { readUpState } from "#ctl/up/state";

/** Where a cluster is, whose credentials are used there, and what to do when nobody answers. */
export interface Place {
  readonly url: string;
  readonly creds: Uint8Array;
  /** Names the credentials in messages. */
  readonly credsPath: string;
  /** PEM of the authority that the server's certificate must be from. */
  readonly ca?: string;
  readonly remedy: string;
  /** Puts renewed credentials where these are from, whole. Undefined where the cluster's keys make them. @throws ClusterioError */
  readonly replace?: (creds: Uint8Array) => Promise<void>;
}

/** @throws ClusterioError `bad-input` when it cannot be read; `what` names it. */
export const readGiven = async (path: string, what: string): Promise<Uint8Array> => {
  const bytes = await nodeDisk.read(path).catch((error: unknown) => {
    throw badInput(`cannot read ${what} ${path}: ${messageOf(error)}`, error);
  });
  if (bytes === undefined) throw badInput(`cannot read ${what} ${path}: there is no such file`);
  return bytes;
};

export const readCa = async (path: string | undefined, cwd: string): Promise<{ readonly ca?: string }> =>
  path === undefined ? {} : { ca: decodeText(await readGiven(resolve(cwd, path), "the authority")) };

/** @throws ClusterioError `unavailable` when there is no cluster in that folder. */
export const placeInFolder = async (dir: string, credsName: string): Promise<Place> => {
  const at = await serverOf(dir);
  if (at === undefined) {
    throw unavailable(
      `there is no cluster in ${dir}: name its folder with --dir, its context with --context, or its server with --nats-url`,
    );
  }
  const credsPath = join(identityFolder(dir), "creds", credsName);
  const creds = await nodeDisk.read(credsPath).catch((error: unknown) => {
    throw badInput(`cannot read the credentials ${credsPath}: ${messageOf(error)}`, error);
  });
  if (creds === undefined) throw badInput(`there are no credentials in ${credsPath}`);
  const remedy = `the cluster in ${dir} does not run: start it with \`clusterio up --dir ${dir}\``;
  return { ...at, creds, credsPath, remedy };
};

/** The broker of the cluster in a folder: as `init` decided, or on the port that `up` chose. Undefined when there is none. */
export const serverOf = async (dir: string): Promise<{ readonly url: string; readonly ca?: string } | undefined> => {
  const settings = await readSettings(dir);
  if (settings !== undefined) return { url: localUrl(settings), ...(await readCa(tlsFiles(dir).ca, dir)) };
  const { natsPort } = await readUpState(dir);
  return natsPort === undefined ? undefined : { url: `nats://127.0.0.1:${natsPort}` };
};

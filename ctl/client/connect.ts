import { resolve } from "node:path";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { userId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { ClusterClient } from "#ctl/client/client";
import { type Place, placeInFolder, readCa, readGiven, serverOf } from "#ctl/cluster/place";
import { Contexts } from "#ctl/context/store";
import { USER } from "#ctl/up/preflight";

/** Where a cluster is, as an operator typed it. */
export interface TypedCluster {
  readonly dir: string;
  readonly natsUrl?: string | undefined;
  readonly creds?: string | undefined;
  readonly ca?: string | undefined;
  readonly inContext?: string | undefined;
  /** Seconds to wait for the broker, and for each answer. */
  readonly timeout?: number | undefined;
}

/** What a command's --dir is when nobody typed it. */
export const DEFAULT_DIR = "./.clusterio";
const FOLDER_CREDS = `user-${USER}.creds`;

/** What is said counts first: a server, a context, a folder, CLUSTERIO_CONTEXT; then a cluster in ./.clusterio, then the current context. */
const placeOf = async (typed: TypedCluster, cwd: string): Promise<Place> => {
  const { dir, natsUrl, creds, inContext } = typed;
  if (natsUrl !== undefined || creds !== undefined) return placeGiven(typed, cwd);
  if (inContext !== undefined) return placeOfContext(inContext);
  const folder = resolve(cwd, dir);
  if (dir !== DEFAULT_DIR) return placeInFolder(folder, FOLDER_CREDS);
  const { CLUSTERIO_CONTEXT: wanted } = process.env;
  if (wanted !== undefined && wanted !== "") return placeOfContext(wanted);
  if ((await serverOf(folder)) !== undefined) return placeInFolder(folder, FOLDER_CREDS);
  const current = await new Contexts(process.env).current();
  return current === undefined ? placeInFolder(folder, FOLDER_CREDS) : placeOfContext(current);
};

const placeGiven = async ({ natsUrl, creds, ca }: TypedCluster, cwd: string): Promise<Place> => {
  if (natsUrl === undefined) throw badInput("--creds are for a server: name it with --nats-url nats://host:port");
  if (creds === undefined) throw badInput("--nats-url needs credentials of a user: add --creds FILE");
  const credsPath = resolve(cwd, creds);
  const bytes = await readGiven(credsPath, "the credentials");
  const remedy = `is a NATS server running at ${natsUrl}?`;
  const replace = (renewed: Uint8Array) =>
    nodeDisk.write(credsPath, renewed, 0o600).catch((error: unknown) => {
      throw unavailable(`${credsPath} cannot be written: ${messageOf(error)}`, error);
    });
  return { url: natsUrl, creds: bytes, credsPath, ...(await readCa(ca, cwd)), remedy, replace };
};

const placeOfContext = async (name: string): Promise<Place> => {
  const contexts = new Contexts(process.env);
  const { url, creds, ca } = await contexts.read(name);
  const remedy = `it is the one of your context "${name}": is the cluster running, and reachable from here?`;
  const bytes = new TextEncoder().encode(creds);
  const replace = (renewed: Uint8Array) => contexts.renewed(name, decodeText(renewed));
  return { url, creds: bytes, credsPath: `the context ${name}`, ...(ca === undefined ? {} : { ca }), remedy, replace };
};

/**
 * Connects as a user of the EDGE account: who that is, his credentials say.
 * @throws ClusterioError `unavailable` when the cluster does not run, `bad-input` for options that cannot be used.
 */
export const connectUser = async (
  typed: TypedCluster,
  cwd: string,
): Promise<{ readonly link: NatsLink; readonly client: ClusterClient; readonly place: Place; readonly bus: Bus }> => {
  const place = await placeOf(typed, cwd);
  const { url, creds, ca, credsPath, remedy } = place;
  const token = tokenIn(creds, credsPath);
  const user = token.scoped ? userId(token.name) : USER;
  try {
    const timeoutMs = typed.timeout === undefined ? undefined : typed.timeout * 1_000;
    const link = await connectNats({ servers: url, creds, name: user, ca, timeoutMs });
    const bus = new NatsBus(link);
    return { link, client: new ClusterClient(bus, user, timeoutMs), place, bus };
  } catch (error) {
    if (!isClusterioError(error, "unavailable")) throw error;
    throw unavailable(`no NATS server answers at ${url}; ${remedy}`, error);
  }
};

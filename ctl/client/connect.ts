import { join, resolve } from "node:path";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";
import { userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { USER } from "#ctl/up/preflight";
import { readUpState } from "#ctl/up/state";

/** Where a cluster is, as an operator typed it. */
export interface TypedCluster {
  readonly dir: string;
  readonly natsUrl?: string | undefined;
  readonly creds?: string | undefined;
}

const placeOf = async ({ dir, natsUrl, creds }: TypedCluster, cwd: string) => {
  if (natsUrl !== undefined || creds !== undefined) {
    if (natsUrl === undefined) throw badInput("--creds are for a server: name it with --nats-url nats://host:port");
    if (creds === undefined) throw badInput("--nats-url needs credentials of a user: add --creds FILE");
    return { url: natsUrl, path: resolve(cwd, creds), remedy: `is a NATS server running at ${natsUrl}?` };
  }
  const folder = resolve(cwd, dir);
  const { natsPort } = await readUpState(folder);
  if (natsPort === undefined) {
    throw unavailable(
      `there is no cluster in ${folder}: name its folder with --dir, or its server with --nats-url and --creds`,
    );
  }
  const path = join(folder, "identity", "creds", `user-${USER}.creds`);
  const remedy = `the cluster in ${folder} does not run: start it with \`clusterio up --dir ${folder}\``;
  return { url: `nats://127.0.0.1:${natsPort}`, path, remedy };
};

const credsIn = async (path: string): Promise<Uint8Array> => {
  const bytes = await nodeDisk.read(path).catch((error: unknown) => {
    throw badInput(`cannot read the credentials ${path}: ${messageOf(error)}`, error);
  });
  if (bytes === undefined) throw badInput(`there are no credentials in ${path}`);
  return bytes;
};

/**
 * Connects as a user of the EDGE account: who that is, his credentials say.
 * @throws ClusterioError `unavailable` when the cluster does not run, `bad-input` for options that cannot be used.
 */
export const connectUser = async (
  typed: TypedCluster,
  cwd: string,
): Promise<{ readonly link: NatsLink; readonly client: ClusterClient }> => {
  const { url, path, remedy } = await placeOf(typed, cwd);
  const creds = await credsIn(path);
  const token = tokenIn(creds, path);
  const user = token.scoped ? userId(token.name) : USER;
  try {
    const link = await connectNats({ servers: url, creds, name: user });
    return { link, client: new ClusterClient(new NatsBus(link), user) };
  } catch (error) {
    if (!isClusterioError(error, "unavailable")) throw error;
    throw unavailable(`no NATS server answers at ${url}; ${remedy}`, error);
  }
};

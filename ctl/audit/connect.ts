import { join, resolve } from "node:path";
import { errors } from "@nats-io/transport-node";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, isClusterioError, messageOf, unavailable } from "#core/errors";
import { readRunRecord } from "#ctl/processes/run-record";
import { readUpState } from "#ctl/up/state";

/** The streams are in CORE, so an audit needs the master's credentials: the name in them is always this one. */
const NAME = "master";

export interface TypedSource {
  readonly dir: string;
  readonly natsUrl?: string | undefined;
  readonly coreCreds?: string | undefined;
}

/** Where a cluster's streams are. */
interface Source {
  readonly url: string;
  readonly creds: string;
  /** What to do when nobody answers there. */
  readonly remedy: string;
}

/** The value after a flag in a command line that was written down. */
const flagIn = (argv: readonly string[], flag: string): string | undefined => {
  const at = argv.indexOf(flag);
  return at < 0 ? undefined : argv[at + 1];
};

/** What `up` wrote down about the cluster in this folder: its projector's command line, or its port and identity. */
const sourceOfFolder = async (dir: string): Promise<Source> => {
  const remedy = `the cluster in ${dir} does not run: start it with \`clusterio up --dir ${dir}\``;
  const projector = await readRunRecord(dir, "projector");
  const url = flagIn(projector?.argv ?? [], "--nats-url");
  const creds = flagIn(projector?.argv ?? [], "--creds");
  if (url !== undefined && creds !== undefined) return { url, creds, remedy };
  const { natsPort } = await readUpState(dir);
  if (natsPort === undefined) {
    throw unavailable(
      `there is no cluster in ${dir}: name its folder with --dir, or its server with --nats-url and --core-creds`,
    );
  }
  const path = join(dir, "identity", "creds", "master-master.creds");
  return { url: `nats://127.0.0.1:${natsPort}`, creds: path, remedy };
};

const sourceOf = async ({ dir, natsUrl, coreCreds }: TypedSource, cwd: string): Promise<Source> => {
  if (natsUrl === undefined && coreCreds === undefined) return sourceOfFolder(resolve(cwd, dir));
  if (natsUrl === undefined) throw badInput("--core-creds are for a server: name it with --nats-url nats://host:port");
  if (coreCreds === undefined)
    throw badInput("--nats-url needs credentials of the CORE account: add --core-creds FILE");
  return { url: natsUrl, creds: resolve(cwd, coreCreds), remedy: `is a NATS server running at ${natsUrl}?` };
};

/**
 * Connects to the CORE account of a cluster.
 * @throws ClusterioError `unavailable` when it does not run, `bad-input` for options that cannot be used.
 */
export const connectCore = async (typed: TypedSource, cwd: string): Promise<NatsLink> => {
  const { url, creds, remedy } = await sourceOf(typed, cwd);
  const bytes = await readCreds(creds);
  let link: NatsLink;
  try {
    link = await connectNats({ servers: url, creds: bytes, name: NAME });
  } catch (error) {
    if (!isClusterioError(error, "unavailable")) throw error;
    throw unavailable(`no NATS server answers at ${url}; ${remedy}`, error);
  }
  await refuseEdge(link, creds);
  return link;
};

/** The public key of the CORE account, by which a cluster is known. @throws ClusterioError as `connectCore` does. */
export const clusterOf = async (typed: TypedSource, cwd: string): Promise<string> => {
  const { creds } = await sourceOf(typed, cwd);
  return tokenIn(await readCreds(creds), creds).account;
};

/** Credentials of EDGE log in, too, but reach no stream: told at once, not after many seconds of patience. */
const refuseEdge = async (link: NatsLink, creds: string): Promise<void> => {
  try {
    await new JetStreamLog(link, "LEDGER").info();
  } catch (error) {
    await link.close();
    if (!(error instanceof errors.RequestError)) throw error;
    throw badInput(
      `${creds} holds no credentials of the CORE account: those of a slave or a user cannot read the ledger`,
    );
  }
};

const readCreds = async (path: string): Promise<Uint8Array> => {
  const bytes = await nodeDisk.read(path).catch((error: unknown) => {
    throw badInput(`cannot read the credentials ${path}: ${messageOf(error)}`, error);
  });
  if (bytes === undefined) throw badInput(`there are no credentials in ${path}`);
  return bytes;
};

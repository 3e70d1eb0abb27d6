import { resolve } from "node:path";
import { errors } from "@nats-io/transport-node";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { badInput, isClusterioError, unavailable } from "#core/errors";
import { type Place, placeInFolder, readCa, readGiven } from "#ctl/cluster/place";
import { readRunRecord } from "#ctl/processes/run-record";

/** The streams are in CORE, so an audit needs the master's credentials: the name in them is always this one. */
const NAME = "master";

export interface TypedSource {
  readonly dir: string;
  readonly natsUrl?: string | undefined;
  readonly coreCreds?: string | undefined;
  readonly ca?: string | undefined;
  /** Seconds to wait for the broker, and for each answer. */
  readonly timeout?: number | undefined;
}

/** The value after a flag in a command line that was written down. */
const flagIn = (argv: readonly string[], flag: string): string | undefined => {
  const at = argv.indexOf(flag);
  return at < 0 ? undefined : argv[at + 1];
};

/** What `up` wrote down about the cluster in this folder: its projector's command line, or its port and identity. */
const sourceOfFolder = async (dir: string): Promise<Place> => {
  const remedy = `the cluster in ${dir} does not run: start it with \`clusterio up --dir ${dir}\``;
  const projector = await readRunRecord(dir, "projector");
  const url = flagIn(projector?.argv ?? [], "--nats-url");
  const credsPath = flagIn(projector?.argv ?? [], "--creds");
  if (url === undefined || credsPath === undefined) return placeInFolder(dir, "master-master.creds");
  const ca = await readCa(flagIn(projector?.argv ?? [], "--ca"), dir);
  return { url, creds: await readGiven(credsPath, "the credentials"), credsPath, ...ca, remedy };
};

const sourceOf = async ({ dir, natsUrl, coreCreds, ca }: TypedSource, cwd: string): Promise<Place> => {
  if (natsUrl === undefined && coreCreds === undefined) return sourceOfFolder(resolve(cwd, dir));
  if (natsUrl === undefined) throw badInput("--core-creds are for a server: name it with --nats-url nats://host:port");
  if (coreCreds === undefined)
    throw badInput("--nats-url needs credentials of the CORE account: add --core-creds FILE");
  const credsPath = resolve(cwd, coreCreds);
  const creds = await readGiven(credsPath, "the credentials");
  return {
    url: natsUrl,
    creds,
    credsPath,
    ...(await readCa(ca, cwd)),
    remedy: `is a NATS server running at ${natsUrl}?`,
  };
};

/**
 * Connects to the CORE account of a cluster.
 * @throws ClusterioError `unavailable` when it does not run, `bad-input` for options that cannot be used.
 */
export const connectCore = async (typed: TypedSource, cwd: string): Promise<NatsLink> => {
  const { url, creds, credsPath, ca, remedy } = await sourceOf(typed, cwd);
  let link: NatsLink;
  try {
    const timeoutMs = typed.timeout === undefined ? undefined : typed.timeout * 1_000;
    link = await connectNats({ servers: url, creds, name: NAME, ca, timeoutMs });
  } catch (error) {
    if (!isClusterioError(error, "unavailable")) throw error;
    throw unavailable(`no NATS server answers at ${url}; ${remedy}`, error);
  }
  await refuseEdge(link, credsPath);
  return link;
};

/** The public key of the CORE account, by which a cluster is known. @throws ClusterioError as `connectCore` does. */
export const clusterOf = async (typed: TypedSource, cwd: string): Promise<string> => {
  const { creds, credsPath } = await sourceOf(typed, cwd);
  return tokenIn(creds, credsPath).account;
};

/** Credentials of EDGE log in, too, but reach no stream: told at once, not after many seconds of patience. */
const refuseEdge = async (link: NatsLink, creds: string): Promise<void> => {
  try {
    await new JetStreamLog(link, "LEDGER").info();
  } catch (error) {
    // A broker that lost its disk has no streams: whoever reads one says so, a restore makes them.
    if (isClusterioError(error, "unavailable")) return;
    await link.close();
    if (!(error instanceof errors.RequestError)) throw error;
    throw badInput(
      `${creds} holds no credentials of the CORE account: those of a slave or a user cannot read the ledger`,
    );
  }
};

import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { fileCreds } from "#core/adapters/file-creds";
import { lockFolder } from "#core/adapters/folder-lock";
import { folderError, makeFolder } from "#core/adapters/make-folder";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { isAlive, type ProcessId, processesWithArgv } from "#core/adapters/process-id";
import { messageOf, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { accessKeysFile, createIdentity, type Identity } from "#core/identity/identity";
import type { DaemonContext } from "#core/lifecycle";
import { ClusterClient } from "#ctl/client/client";
import { readGiven } from "#ctl/cluster/place";
import { assignmentKeyFile, type ClusterSettings, localUrl, readSettings, tlsFiles } from "#ctl/cluster/settings";
import { type FoundServer, findNatsServer } from "#ctl/nats-server/find";
import { Keeper, type Service } from "#ctl/processes/keeper";
import { leftRunning, type Role, readRunRecord, removeRunRecord } from "#ctl/processes/run-record";
import { adoptRunning, stopRunning } from "#ctl/processes/running";
import type { UpOptions } from "#ctl/up/options";
import { type GivenCreds, givenCreds, requireGame, SLAVE, USER } from "#ctl/up/preflight";
import { BRIDGE_STOP_MS, bridgeService, natsService, type Plan, projectorService, STOP_MS } from "#ctl/up/services";
import { choosePort, isFree, readUpState, type UpState, writeUpState } from "#ctl/up/state";
import { Watcher } from "#ctl/watch/watcher";

export interface Cluster {
  readonly plan: Plan;
  readonly client: ClusterClient;
  /** Hears the bridge from its first word on. */
  readonly watcher: Watcher;
  readonly httpPort: number;
  state: UpState;
}

export interface StartContext extends DaemonContext {
  readonly say: (line: string) => void;
}

interface Broker {
  readonly plan: Plan;
  readonly identity: Identity;
  readonly httpPort: number;
  readonly state: UpState;
  start(service: Service): Promise<void>;
}

/**
 * The folder, its keys, and a nats-server that runs: what a restore of the streams needs, and nothing that writes to them.
 * @throws ClusterioError with the last log lines of what did not get ready.
 */
export const startBroker = async (options: UpOptions, context: StartContext): Promise<Broker> => {
  const { own, say } = context;
  const given = options.nats === undefined ? undefined : await givenCreds(options.nats);
  await requireGame(options.game);
  await usableFolder(options.dir);
  own(await lockFolder(join(options.dir, "lock"), (owner) => inUse(options.dir, owner)), (unlock) => unlock());
  const identity = await createIdentity(join(options.dir, "identity"), nodeDisk);
  const state = await readUpState(options.dir);
  const settings = given === undefined ? await readSettings(options.dir) : undefined;
  const natsPort = await portOf(options.dir, { settings, remembered: state.natsPort });
  const httpPort = options.httpPort ?? (await choosePort(state.httpPort, await isLeft(options.dir, "projector")));
  const plan = await planOf(options, given, { identity, natsPort, settings });

  const remembered: UpState = { ...state, natsPort, ...(options.httpPort === undefined ? { httpPort } : {}) };
  await writeUpState(options.dir, remembered);
  const start = async (service: Service): Promise<void> => {
    own(await Keeper.start(service, { clock: plan.clock, say }, context.signal), (keeper) => keeper.stop());
  };

  if (given !== undefined) await stopOwnServer(plan, say);
  else {
    const found = await findServer(say);
    await start(await natsService(plan, { binary: found.path, port: natsPort, identity }));
  }
  return { plan, identity, httpPort, state: remembered, start };
};

/**
 * Starts what is not running yet, in the order in which it is needed: nats-server, projector, bridge. Everything is stopped in
 * reverse when the process ends.
 * @throws ClusterioError with the last log lines of what did not get ready.
 */
export const startCluster = async (options: UpOptions, context: StartContext): Promise<Cluster> => {
  const { own, say } = context;
  const { plan, identity, httpPort, state, start } = await startBroker(options, context);
  const link = own(
    await connectNats({
      servers: plan.natsUrl,
      creds: plan.creds.user,
      name: plan.user,
      ca: plan.ca?.pem,
      onProblem: (e) => say(e.message),
    }),
    (opened) => opened.close(),
  );
  const bus = new NatsBus(link);
  const client = new ClusterClient(bus, plan.user);
  const watcher = own(new Watcher(client, bus, plan.clock), (opened) => opened.stop());
  const assignmentKey = assignmentKeyFile(options.dir);
  await nodeDisk.write(assignmentKey, new TextEncoder().encode(`${identity.assignment.seed}\n`));
  await start(await projectorService(plan, client, { assignmentKey, httpPort, ...accessOf(plan, options.dir) }));
  await start(await bridgeService(plan, bus));
  return { plan, client, watcher, httpPort, state };
};

/** On somebody else's server our keys are good for nothing. */
const accessOf = ({ options }: Plan, dir: string) =>
  options.nats === undefined ? { accessKeys: accessKeysFile(join(dir, "identity")) } : {};

/** The port that `init` decided, or a free one that is kept. */
const portOf = async (
  dir: string,
  { settings, remembered }: { settings: ClusterSettings | undefined; remembered: number | undefined },
): Promise<number> => {
  const ours = await isLeft(dir, "nats-server");
  if (settings === undefined) return choosePort(remembered, ours);
  const { port } = settings.listen;
  if (ours || (await isFree(port))) return port;
  throw unavailable(`port ${port} is used by another program: stop it, or change "listen" in ${dir}/cluster.json`);
};

const usableFolder = async (dir: string): Promise<void> => {
  try {
    await makeFolder(dir);
    // It holds the cluster's keys.
    await chmod(dir, 0o700).catch(async (error: unknown) => {
      throw await folderError(dir, error);
    });
  } catch (error) {
    throw unavailable(`${messageOf(error)}; choose another one with --dir`, error);
  }
};

const inUse = (dir: string, owner: string): string =>
  `a cluster runs in ${dir} already (${owner}): stop that one first, or choose another folder with --dir`;

const left = async (dir: string, role: Role): Promise<ProcessId[]> =>
  leftRunning(await readRunRecord(dir, role), { isAlive, withArgv: processesWithArgv });

const isLeft = async (dir: string, role: Role): Promise<boolean> => (await left(dir, role)).length > 0;

/** Beside a given server our own, left by a start without one, would hold its port and memory for ever; its clients go first. */
const stopOwnServer = async ({ options: { dir } }: Plan, say: (line: string) => void): Promise<void> => {
  if (await isLeft(dir, "nats-server")) {
    say("stopping the cluster that an earlier start left running on a nats-server of its own");
    for (const [role, stopMs] of STOP_ORDER) {
      for (const process of await left(dir, role)) await stopRunning(adoptRunning(process), stopMs);
    }
  }
  await removeRunRecord(dir, "nats-server");
};

const STOP_ORDER = [
  ["bridge", BRIDGE_STOP_MS],
  ["projector", STOP_MS],
  ["nats-server", STOP_MS],
] as const;

const planOf = async (
  options: UpOptions,
  given: GivenCreds | undefined,
  own: { readonly identity: Identity; readonly natsPort: number; readonly settings: ClusterSettings | undefined },
): Promise<Plan> => {
  const common = { options, clock: nodeClock };
  if (given !== undefined) {
    const { core, edge, slave, user, userCreds } = given;
    const natsUrl = options.nats?.url ?? "";
    return { ...common, slave, user, natsUrl, creds: { core, slave: edge, user: userCreds } };
  }
  const core = (await own.identity.masterCreds()).path;
  const slave = (await own.identity.slaveCreds(SLAVE)).path;
  // A new key of admins is taken up while it runs.
  const made = await own.identity.userCreds(USER);
  const user = fileCreds(made.path, made.bytes);
  const plan = { ...common, slave: SLAVE, user: USER, creds: { core, slave, user } };
  if (own.settings === undefined) return { ...plan, natsUrl: `nats://127.0.0.1:${own.natsPort}` };
  const path = tlsFiles(options.dir).ca;
  const ca = { path, pem: decodeText(await readGiven(path, "the authority")) };
  return { ...plan, natsUrl: localUrl(own.settings), ca, settings: own.settings };
};

const findServer = async (say: (line: string) => void): Promise<FoundServer> => {
  say("finding nats-server…");
  const found = await findNatsServer({ env: process.env, report: say });
  say(`nats-server ${found.version}: ${found.path}`);
  return found;
};

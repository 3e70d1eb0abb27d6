import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, unavailable } from "#core/errors";
import { createIdentity, type Identity } from "#core/identity/identity";
import { slaveId, userId } from "#core/ids";
import type { DaemonContext } from "#core/lifecycle";
import { ClusterClient } from "#ctl/client/client";
import { type FoundServer, findNatsServer } from "#ctl/nats-server/find";
import { lockFolder } from "#ctl/processes/folder-lock";
import { Keeper, type Service } from "#ctl/processes/keeper";
import { isAlive, processesWithArgv } from "#ctl/processes/process-id";
import { leftRunning, type Role, readRunRecord } from "#ctl/processes/run-record";
import type { UpOptions } from "#ctl/up/options";
import { bridgeService, natsService, type Plan, projectorService } from "#ctl/up/services";
import { choosePort, readUpState, type UpState, writeUpState } from "#ctl/up/state";
import { Watcher } from "#ctl/watch/watcher";

const SLAVE = slaveId("local");
const USER = userId("operator");

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

/**
 * Starts what is not running yet, in the order in which it is needed: nats-server, projector, bridge. Everything is stopped in
 * reverse when the process ends.
 * @throws ClusterioError with the last log lines of what did not get ready.
 */
export const startCluster = async (options: UpOptions, context: StartContext): Promise<Cluster> => {
  const { own, say } = context;
  await usableFolder(options.dir);
  own(await lockFolder(options.dir), (unlock) => unlock());
  const identity = await createIdentity(join(options.dir, "identity"), nodeDisk);
  const state = await readUpState(options.dir);
  const natsPort = await choosePort(state.natsPort, await isLeft(options.dir, "nats-server"));
  const httpPort = options.httpPort ?? (await choosePort(state.httpPort, await isLeft(options.dir, "projector")));
  const plan = await planOf(options, identity, natsPort);

  const remembered: UpState = { ...state, natsPort, ...(options.httpPort === undefined ? { httpPort } : {}) };
  await writeUpState(options.dir, remembered);
  const start = async (service: Service): Promise<void> => {
    own(await Keeper.start(service, { clock: plan.clock, say }, context.signal), (keeper) => keeper.stop());
  };

  if (options.nats === undefined) {
    const found = await findServer(say);
    await start(await natsService(plan, { binary: found.path, port: natsPort, identity }));
  }
  const link = own(
    await connectNats({ servers: plan.natsUrl, creds: plan.creds.user, name: USER, onProblem: (e) => say(e.message) }),
    (opened) => opened.close(),
  );
  const bus = new NatsBus(link);
  const client = new ClusterClient(bus, USER);
  const watcher = own(new Watcher(client, bus, plan.clock), (opened) => opened.stop());
  const assignmentKey = join(options.dir, "identity", "assignment.key");
  await nodeDisk.write(assignmentKey, new TextEncoder().encode(`${identity.assignment.seed}\n`));
  await start(await projectorService(plan, client, { assignmentKey, httpPort }));
  await start(await bridgeService(plan, bus));
  return { plan, client, watcher, httpPort, state: remembered };
};

const usableFolder = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // It holds the cluster's keys.
    await chmod(dir, 0o700);
  } catch (error) {
    throw unavailable(`the folder ${dir} cannot be used: ${messageOf(error)}; choose another one with --dir`, error);
  }
};

const isLeft = async (dir: string, role: Role): Promise<boolean> =>
  leftRunning(await readRunRecord(dir, role), { isAlive, withArgv: processesWithArgv }).length > 0;

const planOf = async (options: UpOptions, identity: Identity, natsPort: number): Promise<Plan> => {
  const common = { options, clock: nodeClock, slave: SLAVE, user: USER };
  if (options.nats !== undefined) {
    const { url, core, edge, user } = options.nats;
    const bytes = await readFile(user).catch((error: unknown) => {
      throw badInput(`cannot read the credentials ${user}: ${messageOf(error)}`, error);
    });
    return { ...common, natsUrl: url, creds: { core, slave: edge, user: new Uint8Array(bytes) } };
  }
  const core = (await identity.masterCreds()).path;
  const slave = (await identity.slaveCreds(SLAVE)).path;
  const user = (await identity.userCreds(USER)).bytes;
  return { ...common, natsUrl: `nats://127.0.0.1:${natsPort}`, creds: { core, slave, user } };
};

const findServer = async (say: (line: string) => void): Promise<FoundServer> => {
  say("finding nats-server…");
  const found = await findNatsServer({ env: process.env, report: say });
  say(`nats-server ${found.version}: ${found.path}`);
  return found;
};

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "#core/adapters/make-folder";
import { connectNats } from "#core/adapters/nats-connection";
import type { CredsSource } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { packageRoot } from "#core/adapters/package-root";
import { unavailable } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import type { Identity } from "#core/identity/identity";
import type { SlaveId, UserId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { SELF, subjects } from "#core/subjects";
import { VERSION } from "#core/version";
import type { ClusterClient } from "#ctl/client/client";
import type { ClusterSettings } from "#ctl/cluster/settings";
import { brokerConfig } from "#ctl/init/init";
import { natsTemplate, renderConfig } from "#ctl/nats-server/config";
import type { Service } from "#ctl/processes/keeper";
import { argvHash } from "#ctl/processes/run-record";
import type { UpOptions } from "#ctl/up/options";
import { patiently } from "#ctl/up/patience";

/** A cold disk with gigabytes of streams takes seconds. */
const NATS_READY_MS_MAX = 30_000;
/** A projector stands by for 3 s after the last one, then reads the ledger. */
const PROJECTOR_READY_MS_MAX = 60_000;
const BRIDGE_READY_MS_MAX = 30_000;
export const STOP_MS = 15_000;
/** The bridge stops the games first, and a large map takes its time to be saved. */
export const BRIDGE_STOP_MS = 180_000;

/** What the services of one cluster share. */
export interface Plan {
  readonly options: UpOptions;
  readonly clock: Clock;
  readonly slave: SlaveId;
  readonly user: UserId;
  readonly natsUrl: string;
  /** Of a cluster with TLS: the authority, as text and as a file. */
  readonly ca?: { readonly pem: string; readonly path: string };
  /** What `clusterio init` decided. */
  readonly settings?: ClusterSettings;
  /** Credential files. */
  readonly creds: { readonly core: string; readonly slave: string; readonly user: CredsSource };
}

const logOf = (dir: string, name: string): string => join(dir, "logs", `${name}.log`);

/** Another build of the programs is another start. */
const buildOf = (): Promise<string> =>
  readFile(join(packageRoot(), "dist", ".build.json"), "utf8").catch(() => VERSION);

const programOf = (name: string): string => join(packageRoot(), "dist", name, "main.js");

export const natsService = async (
  plan: Plan,
  server: { readonly binary: string; readonly port: number; readonly identity: Identity },
): Promise<Service> => {
  const { dir } = plan.options;
  const folder = join(dir, "nats");
  const path = join(folder, "nats.conf");
  const { settings } = plan;
  const config =
    settings === undefined
      ? renderConfig(await natsTemplate(), { ...server, folder, serverName: "clusterio" })
      : await brokerConfig(dir, { settings, ...server });
  await makeFolder(folder);
  await nodeDisk.write(path, new TextEncoder().encode(config));
  return {
    role: "nats-server",
    dir,
    log: logOf(dir, "nats-server"),
    argv: [server.binary, "--config", path],
    // What a master added to EDGE since is no reason to start the server anew: it has it already.
    build: argvHash([config.replace(server.identity.edgeNow, server.identity.accounts.edge.jwt)]),
    stopMs: STOP_MS,
    ready: (signal) => patiently(() => connectAndClose(plan), { clock: plan.clock, signal, ms: NATS_READY_MS_MAX }),
  };
};

const connectAndClose = async ({ natsUrl, creds, user, ca }: Plan): Promise<void> => {
  const link = await connectNats({ servers: natsUrl, creds: creds.user, name: user, ca: ca?.pem });
  await link.close();
};

export const projectorService = async (
  plan: Plan,
  client: ClusterClient,
  at: { readonly assignmentKey: string; readonly httpPort: number; readonly accessKeys?: string },
): Promise<Service> => {
  const { dir } = plan.options;
  return {
    role: "projector",
    dir,
    log: logOf(dir, "projector"),
    argv: [
      ...[process.execPath, programOf("master-projector"), "run"],
      ...["--nats-url", plan.natsUrl, "--creds", plan.creds.core, ...caArgs(plan)],
      ...["--dir", join(dir, "projector"), "--assignment-key", at.assignmentKey],
      ...(at.accessKeys === undefined ? [] : ["--access-keys", at.accessKeys]),
      ...["--http", `127.0.0.1:${at.httpPort}`],
    ],
    build: await buildOf(),
    stopMs: STOP_MS,
    ready: async (signal) => {
      await patiently(() => client.cluster(), { clock: plan.clock, signal, ms: PROJECTOR_READY_MS_MAX });
    },
  };
};

export const bridgeService = async (plan: Plan, bus: Bus): Promise<Service> => {
  const { dir, game } = plan.options;
  const standIn = game.kind === "stand-in" && game.speed !== 1 ? ["--speed", String(game.speed)] : [];
  return {
    role: "bridge",
    dir,
    log: logOf(dir, "bridge"),
    argv: [
      ...[process.execPath, programOf("slave-bridge"), "run"],
      ...["--slave", plan.slave, "--nats-url", plan.natsUrl, "--creds", plan.creds.slave, ...caArgs(plan)],
      ...["--dir", join(dir, "bridge"), "--extra-mods", join(packageRoot(), "sim", "demo-world"), "--stop-games"],
      ...(game.kind === "factorio" ? ["--factorio", game.dir] : standIn),
    ],
    build: await buildOf(),
    stopMs: BRIDGE_STOP_MS,
    ready: (signal) =>
      patiently(() => bridgeAnswers(plan, bus), { clock: plan.clock, signal, ms: BRIDGE_READY_MS_MAX }),
  };
};

const caArgs = ({ ca }: Plan): string[] => (ca === undefined ? [] : ["--ca", ca.path]);

/** Any answer will do, also of a bridge of another version. */
const bridgeAnswers = async ({ user, slave }: Plan, bus: Bus): Promise<void> => {
  const asked = await bus.request(subjects.command(user, slave, SELF, "status"), encodeJson({}), 2_000);
  if (asked.kind !== "answer") throw unavailable(`no bridge of ${slave} answers`);
};

import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { fromSeed } from "@nats-io/nkeys";
import { Command, Option } from "clipanion";
import { pino } from "pino";
import * as t from "typanion";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, MASTER_PAYLOAD_BYTES_MIN, requirePayload } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { always, type Program } from "#core/cli";
import { badInput, messageOf } from "#core/errors";
import { signAssignment, verifyAssignment } from "#core/identity/assignment";
import { type DaemonContext, runDaemon } from "#core/lifecycle";
import { FLOOD_LIMITS, floodLimits } from "#projector/access/flood-guard";
import { healthOf, serveHttp } from "#projector/adapters/http";
import { openAccess } from "#projector/adapters/open-access";
import { CHECKPOINT_EVERY } from "#projector/housekeeping";
import { Logs } from "#projector/logs";
import { newMetrics } from "#projector/metrics";
import { Projector } from "#projector/projector";

const readSecret = async (path: string, what: string): Promise<string> => {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw badInput(`cannot read ${what} ${path}: ${messageOf(error)}`, error);
  }
};

const publicKeyOf = (seed: string, path: string): string => {
  try {
    return fromSeed(new TextEncoder().encode(seed)).getPublicKey();
  } catch (error) {
    throw badInput(`${path} holds no seed of a key: give the file that "clusterio up" made`, error);
  }
};

const addressOf = (text: string): { host: string; port: number } => {
  const match = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):(\d{1,5})$/.exec(text);
  if (match === null) throw badInput(`--http ${text}: give a loopback address and a port, like 127.0.0.1:8080`);
  return { host: match[1]!.replace(/^\[|\]$/g, ""), port: Number(match[2]) };
};

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

const ROLE_WORDS = { leader: "leads", standby: "stands by", halted: "is halted" } as const;

class RunCommand extends Command {
  static override paths = [["run"]];
  static override usage = Command.Usage({
    category: "Master",
    description: "run the master's daemon: folds facts into storage, grants, tells every instance",
    details: `
      Several projectors may run for one cluster: one leads, the others stand by and take over after 3 s of silence.

      Exit codes: 0 stopped as asked, 1 failed, 2 bad configuration, 3 something is unavailable, 5 the ledger is damaged:
      starting again does not help then, so a service manager should not (systemd: RestartPreventExitStatus=5).

      A projector that finds the ledger damaged while it runs stays, halted: it writes nothing, /healthz answers 503 with the
      problem, and it goes on by itself when the ledger is whole again.
    `,
    examples: [
      [
        "As `clusterio up` starts it",
        "$0 run --nats-url nats://127.0.0.1:4222 --creds core.creds --dir data --assignment-key assignment.nk",
      ],
    ],
  });

  natsUrl = Option.String("--nats-url", { required: true, description: "The NATS server, nats://host:port" });
  creds = Option.String("--creds", { required: true, description: "File with this master's CORE credentials" });
  ca = Option.String("--ca", {
    description:
      "PEM file of the authority that the server's certificate must be from; then TLS is spoken, and nothing else",
  });
  dir = Option.String("--dir", {
    required: true,
    description: "Folder for the snapshot; deleting it only makes starting slower",
  });
  assignmentKey = Option.String("--assignment-key", {
    required: true,
    description: "File with the seed that signs assignments",
  });
  accessKeys = Option.String("--access-keys", {
    description:
      "The cluster's access.json: with it this master makes users, roles and slaves. Its folder gets edge.jwt",
  });
  floodMessages = Option.String("--flood-messages", String(FLOOD_LIMITS.pauseMessages), {
    description: `Messages a second above which a slave is kept out for a while (default ${FLOOD_LIMITS.pauseMessages})`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(100, 10_000_000)]),
  });
  name = Option.String("--name", "projector", { description: "Name of this connection (default projector)" });
  http = Option.String("--http", {
    description: "Serve /metrics and /healthz on this loopback address, host:port (port 0: any free one)",
  });
  checkpointEvery = Option.String("--checkpoint-every", String(CHECKPOINT_EVERY), {
    description: `Ledger messages between checkpoints: a start reads at most so many (default ${CHECKPOINT_EVERY})`,
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(10, 1_000_000)]),
  });
  logLevel = Option.String("--log-level", "info", {
    description: `What is logged to standard output: ${LEVELS.join(", ")} (default info)`,
    validator: t.isEnum(LEVELS),
  });

  override async execute(): Promise<number> {
    return runDaemon((context) => this.#main(context));
  }

  async #main({ signal, own }: DaemonContext): Promise<void> {
    const log = pino({ level: this.logLevel, base: { daemon: "projector" } });
    const seed = await readSecret(this.assignmentKey, "the assignment key");
    const creds = new TextEncoder().encode(`${await readSecret(this.creds, "the credentials")}\n`);
    const publicKey = publicKeyOf(seed, this.assignmentKey);
    tokenIn(creds, this.creds);
    const http = this.http === undefined ? undefined : addressOf(this.http);
    const onProblem = (error: Error) => log.warn(error.message);
    const ca = this.ca === undefined ? undefined : await readSecret(this.ca, "the authority");
    const link = own(await connectNats({ servers: this.natsUrl, creds, name: this.name, ca, onProblem }), (l) =>
      l.close(),
    );
    requirePayload(link, MASTER_PAYLOAD_BYTES_MIN);
    const bus = new NatsBus(link);
    const toldDrifts = new Set<string>();
    let view: () => Projector | undefined = () => undefined;
    const metrics = newMetrics({
      state: () => view()!.state,
      view: () => view()?.view(),
      problem: () => view()?.problem,
    });
    const access =
      this.accessKeys === undefined
        ? {}
        : {
            access: own(
              await openAccess({
                ...this,
                accessKeys: this.accessKeys,
                flood: floodLimits(this.floodMessages),
                creds,
                ca,
                link,
                onProblem,
              }),
              (o) => o.close(),
            ),
          };
    const projector = await Projector.open({
      ...access,
      events: new JetStreamLog(link, "EVENTS"),
      ledgerLog: new JetStreamLog(link, "LEDGER"),
      stateLog: new JetStreamLog(link, "STATE"),
      name: `${this.name}-${hostname()}-${process.pid}`.slice(0, 100),
      people: { players: new JetStreamLog(link, "PLAYERS"), lists: new JetStreamLog(link, "LISTS") },
      bus,
      clock: nodeClock,
      checkpointEvery: this.checkpointEvery,
      random: nodeRandom,
      disk: nodeDisk,
      snapshotPath: join(resolve(this.dir), "snapshot.json"),
      assignments: {
        sign: (assignment) => signAssignment(assignment, seed),
        verify: (text) => verifyAssignment(text, publicKey),
      },
      alarm: (message) => {
        metrics.alarms.inc();
        log.warn({ alarm: true }, message);
      },
      observe: ({ ms }) => metrics.rounds.observe(ms / 1000),
      wrote: (type) => metrics.facts.inc({ type }),
      onRole: (role) => log.info({ role }, `this projector ${ROLE_WORDS[role]}`),
      prepare: async () => {
        const ensured = await prepareStreams(link);
        if (ensured.created.length > 0) log.info({ streams: ensured.created }, "made streams");
        for (const drift of ensured.kept) {
          const told = JSON.stringify(drift);
          if (!toldDrifts.has(told)) log.warn({ drift }, `stream ${drift.stream} has its own ${drift.setting}`);
          toldDrifts.add(told);
        }
      },
    });
    view = () => projector;
    own(new Logs({ bus, clock: nodeClock, log: new JetStreamLog(link, "LOGS") }), (logs) => logs.close());
    if (http !== undefined) {
      const health = () => {
        const connected = link.connected();
        return healthOf(connected, projector);
      };
      const { server, port } = await serveHttp(http, { registry: metrics.registry, health });
      own(server, (s) => void s.close());
      log.info({ port }, `metrics on port ${port}`);
    }
    log.info("ready");
    await projector.run(signal);
  }
}

/** The program `clusterio-projector`. */
export const PROJECTOR: Program = {
  name: "clusterio-projector",
  label: "Clusterio on JetStream: the master, which keeps the ledger",
  groups: always([RunCommand]),
  values: { "--http": "HOST:PORT" },
};

import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "#bench/kit/figure";
import { processesOf, residentMb } from "#bench/kit/process";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { createIdentity } from "#core/identity/identity";
import { addressesOf, freeze, thaw } from "#ctl/count/settle";
import { untilLinked } from "#ctl/up/linked";
import { type Cluster, startCluster } from "#ctl/up/start";
import { makeWorlds, wantedWorlds } from "#ctl/up/worlds";

const WORLDS = 3;
const START_MS_MAX = 60_000;
/** Long enough to come to rest, and for many rounds. */
const IDLE_MS = 4_000;
const BUSY_MS = 40_000;
const HOUR_MS = 3_600_000;
/** Ledger messages between two checkpoints (master-projector/housekeeping.ts). */
const CHECKPOINT_EVERY = 5_000;

type Closer = () => Promise<void> | void;

/** What `npm start` runs: three worlds that trade. */
export const demo = async (): Promise<Figure[]> => {
  const dir = await mkdtemp(join(tmpdir(), "clusterio-bench-"));
  const closers: Closer[] = [];
  const closeAll = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    const cluster = await start(dir, closers);
    const context = { client: cluster.client, clock: cluster.plan.clock, signal: AbortSignal.timeout(START_MS_MAX) };
    const addresses = await addressesOf(cluster.client);
    await freeze(context, addresses);
    await sleep(IDLE_MS);
    const idle = memoryBelow(dir);
    await thaw(context, addresses);
    const grown = await growth(cluster, dir);
    const busy = memoryBelow(dir);
    await closeAll();
    // What a checkpoint restates is what the snapshot at the end holds.
    const { size } = await stat(join(dir, "projector", "snapshot.json"));
    const ledger = grown.ledger.bytes + (grown.ledger.messages / CHECKPOINT_EVERY) * size;
    return [
      {
        name: "ledger",
        what: "ledger of the demo, an hour",
        value: ledger / 1e6,
        unit: "MB",
        aim: { sense: "under", value: 20 },
        reference: { what: "its facts, an hour", value: grown.events.bytes / 1e6, unit: "MB" },
      },
      ...PROCESSES.map(
        ({ process }): Figure => ({
          name: "memory",
          what: `${process}, demo busy`,
          value: busy[process] ?? Number.NaN,
          unit: "MB",
          reference: { what: "the demo idle", value: idle[process] ?? Number.NaN, unit: "MB" },
        }),
      ),
    ];
  } finally {
    await closeAll();
    await rm(dir, { recursive: true, force: true });
  }
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const start = async (dir: string, closers: Closer[]): Promise<Cluster> => {
  const signal = AbortSignal.timeout(START_MS_MAX);
  const say = () => {};
  const own = <T>(resource: T, close: (resource: T) => Promise<void> | void): T => {
    closers.push(() => close(resource));
    return resource;
  };
  const options = { dir, worlds: WORLDS, json: true, game: { kind: "stand-in", speed: 1 } } as const;
  const cluster = await startCluster(options, { signal, own, say });
  const { client, plan } = cluster;
  const patience = { clock: plan.clock, signal, ms: START_MS_MAX };
  await makeWorlds(wantedWorlds(WORLDS), { client, slave: plan.slave, patience, say });
  await untilLinked(cluster, { signal, say });
  return cluster;
};

/** What the streams grow by in an hour, from what they grow by in a while. */
const growth = async ({ plan }: Cluster, dir: string) => {
  const { bytes: creds } = await (await createIdentity(join(dir, "identity"), nodeDisk)).masterCreds();
  const link = await connectNats({ servers: plan.natsUrl, creds, name: "master" });
  const streams = { ledger: new JetStreamLog(link, "LEDGER"), events: new JetStreamLog(link, "EVENTS") };
  const look = async () => ({
    at: performance.now(),
    ledger: await streams.ledger.info(),
    events: await streams.events.info(),
  });
  const before = await look();
  await sleep(BUSY_MS);
  const after = await look();
  await link.close();
  const hours = (after.at - before.at) / HOUR_MS;
  const grown = (name: keyof typeof streams) => ({
    bytes: (after[name].bytes - before[name].bytes) / hours,
    messages: (after[name].lastSeq - before[name].lastSeq) / hours,
  });
  return { ledger: grown("ledger"), events: grown("events") };
};

/** Each process of the demo by an argument that only it has. */
const PROCESSES = [
  { process: "nats-server", argument: "nats.conf" },
  { process: "projector", argument: "master-projector/main.js" },
  { process: "bridge", argument: "slave-bridge/main.js" },
  { process: "stand-in (one game)", argument: "sim/factorio/main.js" },
] as const;

/** Of several processes of a kind the largest. */
const memoryBelow = (dir: string): Record<string, number> =>
  Object.fromEntries(
    PROCESSES.map(({ process, argument }) => [process, Math.max(...processesOf(dir, argument).map(residentMb))]),
  );

import { BenchCluster, type Daemon } from "#bench/kit/cluster";
import type { Figure } from "#bench/kit/figure";
import { processesOf, processorMs, residentMb } from "#bench/kit/process";
import { decodeJson } from "#core/events/codec";
import { instanceTelemetry } from "#core/events/telemetry";
import { instanceId, slaveId } from "#core/ids";
import { parseTelemetrySubject, SELF, subjects } from "#core/subjects";

const SLAVES = ["alpha", "beta"] as const;
const INSTANCES_EACH = 25;
/** Fifty games that start at once have two cores between them. */
const ALL_MS_MAX = 600_000;
/** After the last one is linked: what follows from a start is over. */
const SETTLE_MS = 15_000;
const IDLE_MS = 30_000;
const S = 1_000;

interface Used {
  readonly ms: number;
  readonly mb: number;
}

/** Many servers on two bridges: how long they take to run and to stop, and what one that only runs costs bridge and projector. */
export const instances = async (each = INSTANCES_EACH): Promise<Figure[]> => {
  const count = each * SLAVES.length;
  const cluster = await BenchCluster.start();
  const bridges: Daemon[] = [];
  try {
    const accesses = await Promise.all(SLAVES.map((name) => cluster.slave(name, each)));
    for (const access of accesses) bridges.push(await cluster.bridge(access));
    const heard = new Map<string, { readonly state: string; readonly linked: boolean }>();
    const follow = cluster.bus.subscribe(subjects.all.telemetry, ({ subject, data }) => {
      const from = parseTelemetrySubject(subject);
      if (from !== undefined && from.instance !== SELF)
        heard.set(from.instance, decodeJson(instanceTelemetry, data, subject));
    });
    /** Seconds since `begun` until it is so of every instance. */
    const all = async (
      what: string,
      is: (told: { state: string; linked: boolean }) => boolean,
      begun = performance.now(),
    ): Promise<number> => {
      while ([...heard.values()].filter(is).length < count) {
        if (performance.now() - begun > ALL_MS_MAX) throw new Error(`not every instance is ${what}`);
        await sleep(50);
      }
      return (performance.now() - begun) / S;
    };
    const tellAll = (verb: "start" | "stop") =>
      Promise.all(
        accesses.flatMap(({ slave, instances: ids }) =>
          ids.map((id) => cluster.client.bridge({ slave: slaveId(slave), instance: instanceId(id) }, verb, {})),
        ),
      );
    await all("known", () => true);
    const empty = await used(cluster, bridges, IDLE_MS);
    const startedAt = performance.now();
    await tellAll("start");
    const started = await all("linked", ({ linked }) => linked, startedAt);
    await sleep(SETTLE_MS);
    const idle = await used(cluster, bridges, IDLE_MS);
    const games = processesOf(cluster.nats.folder, "sim/factorio/main.js");
    const game = await usedBy(games, IDLE_MS);
    const oneGame = { ms: game.ms / games.length, mb: game.mb / games.length };
    const stoppedAt = performance.now();
    await tellAll("stop");
    const stopped = await all("stopped", ({ state }) => state === "stopped", stoppedAt);
    follow.stop();
    const own = (part: "bridge" | "projector"): Figure[] => [
      {
        name: "instances",
        what: `${part}: processor time an idle instance, of ${count}`,
        value: (idle[part].ms - empty[part].ms) / count,
        unit: "ms/s",
        reference: { what: "its game, the stand-in", value: oneGame.ms, unit: "ms/s" },
      },
      {
        name: "instances",
        what: `${part}: memory an idle instance, of ${count}`,
        value: (idle[part].mb - empty[part].mb) / count,
        unit: "MB",
        reference: { what: "its game, the stand-in", value: oneGame.mb, unit: "MB" },
      },
    ];
    return [
      {
        name: "instances",
        what: `${count} instances on two bridges, from "start" to all linked`,
        value: started,
        unit: "s",
        reference: { what: `the same instances, from "stop" to all stopped`, value: stopped, unit: "s" },
      },
      ...own("bridge"),
      ...own("projector"),
    ];
  } finally {
    await Promise.all(bridges.map((bridge) => bridge.stop()));
    for (const pid of processesOf(cluster.nats.folder, "sim/factorio/main.js")) process.kill(pid, "SIGKILL");
    await cluster.stop();
  }
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Processor time in ms a second, and resident memory, of all these processes together. */
const usedBy = async (pids: readonly number[], ms: number): Promise<Used> => {
  const total = () => pids.reduce((sum, pid) => sum + processorMs(pid), 0);
  const [before, begun] = [total(), performance.now()];
  await sleep(ms);
  return {
    ms: ((total() - before) * S) / (performance.now() - begun),
    mb: pids.reduce((sum, pid) => sum + residentMb(pid), 0),
  };
};

const used = async (cluster: BenchCluster, bridges: readonly Daemon[], ms: number) => {
  const [bridge, projector] = await Promise.all([
    usedBy(
      bridges.map(({ pid }) => pid),
      ms,
    ),
    usedBy([cluster.projector.pid], ms),
  ]);
  return { bridge, projector };
};

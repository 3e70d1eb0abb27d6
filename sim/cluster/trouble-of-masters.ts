import { pause } from "#core/ports/clock";
import { type Act, pauseFor } from "#sim/cluster/act";
import type { Fault } from "#sim/cluster/chance";
import type { Cluster } from "#sim/cluster/cluster";
import type { Master } from "#sim/cluster/master";
import { cut, makeAnew, regrowEvents, regrowLedger } from "#sim/cluster/regrowth";

/** What happens to projectors and to the broker's streams. */

const cutMaster = (cluster: Cluster, at: number, ms: number): void => {
  const { machine } = cluster.masters[at]!;
  pauseFor(
    cluster,
    ms,
    () => machine.setCut(true),
    () => machine.setCut(false),
  );
};

/** After the broker lost something its clients may have noticed that it was away. */
const brokerCameBack = (cluster: Cluster): void => {
  if (cluster.chance.once(2)) return;
  for (const at of [0, 1]) cutMaster(cluster, at, 50);
};

const loseTail = async (cluster: Cluster, stream: "events" | "ledger", max: number): Promise<void> => {
  const { lastSeq, firstSeq } = await cluster[stream].info();
  const to = Math.max(firstSeq, lastSeq - cluster.chance.between(1, max));
  if (to < lastSeq) cut(cluster, stream, to);
  brokerCameBack(cluster);
};

const anyMaster = (cluster: Cluster): number => {
  const leader = cluster.masters.findIndex((master) => master.leads);
  return leader >= 0 && cluster.chance.below(3) > 0 ? leader : cluster.chance.below(2);
};

const killMaster = (cluster: Cluster, master: Master, forMs: number): void => {
  cluster.log("a master is killed");
  master.kill();
  cluster.clock.after(forMs, () => {
    if (master.machine.dead) master.start();
  });
};

export const OF_MASTERS: Partial<Record<Fault, Act>> = {
  "events-tail": (cluster) => loseTail(cluster, "events", 20),
  "events-new": (cluster) => {
    makeAnew(cluster, "events");
    brokerCameBack(cluster);
  },
  "events-aged": async (cluster) => {
    const { chance, events, clock } = cluster;
    const master = chance.once(2) ? cluster.masters[anyMaster(cluster)]! : undefined;
    if (master !== undefined) {
      killMaster(cluster, master, 1_000);
      await pause(clock, chance.below(3_000));
    }
    const { firstSeq, lastSeq } = await events.info();
    const below = chance.once(2) ? lastSeq + 1 : chance.between(firstSeq, lastSeq + 1);
    cluster.log(`events below ${below} age out`);
    await events.purgeBelow(below);
    cluster.checker.eventsAged(below);
  },
  "ledger-tail": (cluster) => loseTail(cluster, "ledger", 12),
  "events-regrown": regrowEvents,
  "ledger-regrown": regrowLedger,
  "ledger-full": async (cluster) => {
    cluster.log("the ledger may hold hardly more than now");
    await cluster.lowerLedgerLimit();
    cluster.clock.after(cluster.chance.between(5_000, 40_000), () => {
      if (!cluster.weather.quiet) void cluster.restoreLedgerLimit();
    });
  },
  "ledger-new": (cluster) => {
    if (cluster.chance.below(3) > 0) return;
    makeAnew(cluster, "ledger");
    if (cluster.chance.once(3)) makeAnew(cluster, "events");
    brokerCameBack(cluster);
  },
  "key-replaced": (cluster) => {
    cluster.log("the key that signs assignments is another one");
    cluster.keys.replace();
  },
  "state-lost": (cluster) => cluster.state.recreate(),
  "master-kill": (cluster) => {
    killMaster(cluster, cluster.masters[anyMaster(cluster)]!, cluster.chance.pick([200, 1_000, 10_000]));
  },
  "master-stop": (cluster) => cluster.masters[anyMaster(cluster)]!.stop(),
  "master-pause": (cluster) => {
    const { machine } = cluster.masters[anyMaster(cluster)]!;
    cluster.log("a master is paused");
    const ms = cluster.chance.below(cluster.chance.pick([500, 5_000, 40_000]));
    pauseFor(
      cluster,
      ms,
      () => machine.pause(),
      () => machine.resume(),
    );
  },
  "master-cut": (cluster) =>
    cutMaster(cluster, anyMaster(cluster), cluster.chance.below(cluster.chance.pick([500, 5_000, 40_000]))),
  "snapshot-lost": (cluster) => {
    const master = cluster.masters[anyMaster(cluster)]!;
    master.loseDisk();
    killMaster(cluster, master, 1_000);
  },
};

import type { Fault } from "#sim/cluster/chance";
import { type Cluster, SLAVES } from "#sim/cluster/cluster";
import { copyOfFolder, newFolder, putSave } from "#sim/cluster/folder";
import type { Host } from "#sim/cluster/host";
import { RESOURCES, type Save } from "#sim/cluster/world";

/** Faults and operators' acts: what a history is made of. Each acts on one host that nobody else is working on. */

export interface Happened {
  /** Instances that really ran twice: one of them may be stopped. */
  readonly twins: Set<string>;
  /** Some world was loaded from an earlier save: somebody may owe something. */
  rewound: boolean;
}

type Act = (cluster: Cluster, host: Host, happened: Happened) => void | Promise<void>;

const HOSTS_MAX = 6;

/** An operator works on this host alone until it is done. */
const working = async (host: Host, work: () => Promise<void>): Promise<void> => {
  host.busy = true;
  host.wanted = false;
  await work();
  host.busy = false;
  host.wanted = true;
};

/** Stops the game in order; false when it could not be done (its bridge is away). */
const stopInOrder = async (host: Host): Promise<boolean> => {
  if (host.bridge === undefined || host.bridge.machine.paused) return false;
  await host.stopGame();
  return !host.running;
};

const rewind = (cluster: Cluster, host: Host, happened: Happened, save: Save): void => {
  happened.rewound = true;
  cluster.log(`${host.instance} loads ${save.world || "a save without id"} tick ${save.tick}`);
  host.load(save);
};

export const ownSaves = (host: Host): Save[] =>
  [...host.folder.saves.values()]
    .filter(({ opens, save }) => opens && save.instance === host.instance)
    .map(({ save }) => save);

const newMap: Act = (cluster, host, happened) =>
  working(host, async () => {
    if (!(await stopInOrder(host))) return;
    const save = cluster.games.newSave(cluster.newSeed());
    if (cluster.chance.once(2)) await cluster.operator.command("world", "new", { instance: host.instance });
    happened.rewound = true;
    cluster.log(`${host.instance} gets a new map`);
    putSave(host.folder, save, host.now());
    // A rewind that was rejected meanwhile has its other save now.
    if (host.stopped === "rejected") host.startAgain();
    else host.startGame();
  });

const move: Act = (cluster, host) =>
  working(host, async () => {
    // Who was asked which world a save is answers before he sends it elsewhere.
    if (host.undecided || !(await stopInOrder(host))) return;
    const save = host.startable();
    if (save === undefined) return;
    const slave = cluster.chance.pick(SLAVES.filter((other) => other !== host.slave));
    host.killBridge();
    host.gone = true;
    cluster.hosts = cluster.hosts.filter((other) => other !== host);
    const folder = newFolder();
    putSave(folder, save, host.now());
    cluster.log(`${host.instance} moves to ${slave}`);
    await cluster.reassign(host.instance, slave, folder);
  });

const forceMove: Act = async (cluster, host, happened) => {
  const saves = ownSaves(host);
  if (happened.twins.has(host.instance) || saves.length === 0 || host.bridge === undefined) return;
  happened.twins.add(host.instance);
  happened.rewound = true;
  host.busy = true;
  host.bridge.machine.setCut(true);
  const slave = cluster.chance.pick(SLAVES.filter((other) => other !== host.slave));
  const folder = newFolder();
  putSave(folder, cluster.chance.pick(saves), host.now());
  cluster.log(`${host.instance} is taken from ${host.slave} to ${slave}`);
  await cluster.reassign(host.instance, slave, folder);
  host.busy = false;
};

const pauseFor = (cluster: Cluster, ms: number, begin: () => void, end: () => void): void => {
  begin();
  cluster.clock.after(ms, end);
};

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
  cluster.log(`${stream} is cut from ${lastSeq} to ${to}`);
  if (to < lastSeq) cluster[stream].truncate(to);
  if (stream === "ledger") cluster.checker.ledgerLost();
  brokerCameBack(cluster);
};

/** An operator forgives a debt, or a part of it; false when nobody owes anything. */
const writeOff = async (cluster: Cluster): Promise<boolean> => {
  const worlds = [...(cluster.leader?.state?.worlds.values() ?? [])];
  const debts = worlds.flatMap(({ id, accounts }) =>
    [...accounts.values()].flatMap(({ debt, stock }) => (debt > 0 ? [{ world: id, resource: stock.key, debt }] : [])),
  );
  if (debts.length === 0) return false;
  const { debt, ...of } = cluster.chance.pick(debts);
  const amount = cluster.chance.once(2) ? debt + cluster.chance.below(6) : cluster.chance.between(1, debt);
  const reason = "a simulated operator";
  const answer = await cluster.operator.command("storage", "adjust", { ...of, amount, reason });
  if (!("error" in answer)) cluster.weather.count(amount < debt ? "debt written off in part" : "debt written off");
  return true;
};

const anyMaster = (cluster: Cluster): number => {
  const leader = cluster.masters.findIndex((master) => master.leads);
  return leader >= 0 && cluster.chance.below(3) > 0 ? leader : cluster.chance.below(2);
};

export const TROUBLES: Partial<Record<Fault, Act>> = {
  rollback: (cluster, host, happened) => {
    const saves = ownSaves(host);
    if (saves.length > 0) rewind(cluster, host, happened, cluster.chance.pick(saves));
  },
  crash: (cluster, host, happened) => {
    happened.rewound = true;
    if (host.running) cluster.log(`${host.instance} crashes`);
    if (host.running) host.crash();
  },
  fork: async (cluster, _host, happened) => {
    if (cluster.hosts.length >= HOSTS_MAX || cluster.saves.length === 0) return;
    happened.rewound = true;
    const folder = newFolder();
    putSave(folder, cluster.games.asOrigin(cluster.chance.pick(cluster.saves)), 0);
    await cluster.found(cluster.newName("f"), cluster.chance.pick(SLAVES), folder);
  },
  "foreign-save": (cluster, host, happened) => {
    const foreign = cluster.saves.filter(({ instance }) => instance !== host.instance);
    if (foreign.length > 0) rewind(cluster, host, happened, cluster.games.asOrigin(cluster.chance.pick(foreign)));
  },
  "new-map": newMap,
  "id-less": (cluster, host, happened) => {
    // Now and then it is some other server's: of another map, for which the bridge asks.
    const saves = cluster.chance.once(3) ? cluster.saves : ownSaves(host);
    if (saves.length > 0) rewind(cluster, host, happened, cluster.games.forget(cluster.chance.pick(saves)));
  },
  twin: (cluster, host, happened) => {
    if (happened.twins.has(host.instance) || cluster.hosts.length >= HOSTS_MAX) return;
    happened.twins.add(host.instance);
    happened.rewound = true;
    cluster.log(`${host.instance} runs twice`);
    cluster.host(host.instance, host.slave, copyOfFolder(host.folder)).startBridge();
  },
  move,
  "force-move": forceMove,
  resurrect: (cluster, host, happened) => {
    const own = cluster.saves.filter(({ instance }) => instance === host.instance);
    if (own.length > 0) rewind(cluster, host, happened, cluster.chance.pick(own));
  },
  retire: async (cluster) => {
    const closed = [...(cluster.leader?.state?.worlds.values() ?? [])].filter(({ open }) => !open);
    if (closed.length > 0) await cluster.operator.command("world", "retire", { world: cluster.chance.pick(closed).id });
  },
  untakeable: (cluster, host, happened) => {
    const saves = ownSaves(host);
    if (saves.length > 0) rewind(cluster, host, happened, cluster.chance.pick(saves));
  },
  "events-tail": (cluster) => loseTail(cluster, "events", 20),
  "events-new": (cluster) => {
    cluster.log("EVENTS is made anew");
    cluster.events.recreate();
    brokerCameBack(cluster);
  },
  "events-aged": async (cluster) => {
    const { firstSeq, lastSeq } = await cluster.events.info();
    await cluster.events.purgeBelow(
      cluster.chance.once(2) ? lastSeq + 1 : cluster.chance.between(firstSeq, lastSeq + 1),
    );
    if (cluster.chance.once(2)) cluster.masters[anyMaster(cluster)]!.stop();
  },
  "ledger-tail": (cluster) => loseTail(cluster, "ledger", 12),
  "ledger-new": (cluster) => {
    if (cluster.chance.below(3) > 0) return;
    cluster.log("LEDGER is made anew");
    cluster.ledger.recreate();
    cluster.checker.ledgerLost();
    if (cluster.chance.once(3)) cluster.events.recreate();
    brokerCameBack(cluster);
  },
  "state-lost": (cluster) => cluster.state.recreate(),
  "master-kill": (cluster) => {
    const master = cluster.masters[anyMaster(cluster)]!;
    cluster.log("a master is killed");
    master.kill();
    cluster.clock.after(cluster.chance.pick([200, 1_000, 10_000]), () => {
      if (master.machine.dead) master.start();
    });
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
    master.kill();
    cluster.clock.after(1_000, () => {
      if (master.machine.dead) master.start();
    });
  },
  "bridge-kill": (cluster, host) => {
    if (host.bridge === undefined) return;
    cluster.log(`${host.instance}'s bridge is killed`);
    host.killBridge();
    cluster.clock.after(cluster.chance.below(cluster.chance.pick([500, 5_000, 80_000])), () => host.startBridge());
  },
  "machine-kill": (cluster, host, happened) => {
    if (host.bridge === undefined) return;
    happened.rewound = true;
    cluster.log(`${host.instance}'s machine loses power`);
    host.killBridge();
    if (host.running) host.crash();
    cluster.clock.after(cluster.chance.between(2_000, 60_000), () => host.startBridge());
  },
  "bridge-pause": (cluster, host) => {
    const machine = host.bridge?.machine;
    if (machine === undefined) return;
    const ms = cluster.chance.below(cluster.chance.pick([500, 10_000, 80_000]));
    pauseFor(
      cluster,
      ms,
      () => machine.pause(),
      () => machine.resume(),
    );
  },
  "slave-cut": (cluster, host) => {
    const machine = host.bridge?.machine;
    if (machine === undefined) return;
    const ms = cluster.chance.below(cluster.chance.pick([500, 10_000, 80_000]));
    pauseFor(
      cluster,
      ms,
      () => machine.setCut(true),
      () => machine.setCut(false),
    );
  },
  /** Whatever is said takes its own time. */
  shuffled: (cluster) => {
    const { chance, weather } = cluster;
    const ms = chance.between(2_000, 30_000);
    pauseFor(
      cluster,
      ms,
      () => {
        weather.jitterMsMax = chance.pick([200, 2_000, 8_000]);
      },
      () => {
        weather.jitterMsMax = 0;
      },
    );
  },
  /** What one slave says and is told is under way for longer than what others are. */
  "slow-route": (cluster, { slave }) => {
    const lagMs = cluster.chance.between(50, cluster.chance.pick([500, 4_000]));
    const machines = cluster.hosts.flatMap((host) => (host.slave === slave ? (host.bridge?.machine ?? []) : []));
    const set = (ms: number) => {
      for (const machine of machines) machine.lagMs = ms;
    };
    pauseFor(
      cluster,
      cluster.chance.between(2_000, 30_000),
      () => set(lagMs),
      () => set(0),
    );
  },
  "clock-jump": (cluster, host) => {
    const ms = cluster.chance.between(-100_000, 100_000);
    if (cluster.chance.once(2)) cluster.masters[cluster.chance.below(2)]!.machine.skewMs += ms;
    else cluster.jumpClock(host.slave, Math.abs(ms));
  },
  "rate-limit": async (cluster) => {
    const { chance } = cluster;
    const rate = chance.once(3) ? {} : { creditPerSecond: chance.between(1, 40) };
    const rule = chance.pick(["max-min", "proportional", "priority"]);
    const perInstance = (of: () => number) => Object.fromEntries(cluster.hosts.map((host) => [host.instance, of()]));
    const resources = chance.once(3) ? { [chance.pick(RESOURCES)]: { reserve: chance.below(60) } } : {};
    const limit = chance.once(3) ? { rewindLimit: { units: chance.below(40), seconds: chance.below(40) } } : {};
    const policies = { ...rate, ...limit, rule, resources, weights: perInstance(() => chance.between(1, 9)) };
    await cluster.operator.command("policy", "set", {
      policies: { ...policies, tiers: perInstance(() => chance.below(3)) },
    });
  },
  adjust: async (cluster, _host, happened) => {
    const { odds } = cluster.weather;
    // What an operator gave is in the ledger alone: one that is lost forgets it, and nobody's exports cover that.
    if (odds["ledger-tail"] + odds["ledger-new"] > 0) happened.rewound = true;
    const amount = cluster.chance.between(-60, 60);
    const resource = cluster.chance.pick(RESOURCES);
    if (cluster.chance.once(4)) {
      const to = cluster.chance.pick(RESOURCES.filter((other) => other !== resource));
      await cluster.operator.command("storage", "rename", { from: resource, to, reason: "a simulated operator" });
      return;
    }
    if (cluster.chance.once(2) && (await writeOff(cluster))) return;
    const world = [...(cluster.leader?.state?.worlds.keys() ?? [])];
    const of = cluster.chance.once(4) && world.length > 0 ? { world: cluster.chance.pick(world) } : {};
    await cluster.operator.command("storage", "adjust", { resource, amount, reason: "a simulated operator", ...of });
  },
};

/** Acts that need a host that runs. */
export const NEEDS_GAME: ReadonlySet<Fault> = new Set([
  ...(["rollback", "crash", "foreign-save", "new-map", "id-less", "twin", "move", "force-move"] as const),
  ...(["resurrect", "untakeable"] as const),
]);

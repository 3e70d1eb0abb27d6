import { type Act, type Happened, ownSaves, pauseFor } from "#sim/cluster/act";
import type { Fault } from "#sim/cluster/chance";
import { type Cluster, SLAVES } from "#sim/cluster/cluster";
import { copyOfFolder, newFolder, putSave } from "#sim/cluster/folder";
import { forceMove, move, newMap, remove } from "#sim/cluster/handover";
import type { Host } from "#sim/cluster/host";
import { OF_MASTERS } from "#sim/cluster/trouble-of-masters";
import type { Resource, Save } from "#sim/cluster/world";

/** Faults and operators' acts: what a history is made of. */

const HOSTS_MAX = 6;

const rewind = (cluster: Cluster, host: Host, happened: Happened, save: Save): void => {
  happened.rewound = true;
  cluster.log(`${host.instance} loads ${save.world || "a save without id"} tick ${save.tick}`);
  host.load(save);
  if (cluster.weather.strikes("early-crash", 4)) hurry(cluster, host);
};

/** Soon after its start a game works, saves and dies: before anybody has said which world it is, or right after. */
const hurry = (cluster: Cluster, host: Host): void => {
  const { chance, clock } = cluster;
  const work = (ms: number) => {
    clock.after(ms, () => {
      for (const key of cluster.resources) host.game?.produce(key, chance.between(1, 30));
      for (const key of cluster.resources) host.game?.collect(key, chance.between(1, 30));
    });
    clock.after(ms + 200, () => host.autosave(true));
  };
  for (let ms = chance.between(500, 2_500), n = 0; n < 3; n++, ms += chance.between(300, 1_500)) work(ms);
  clock.after(chance.between(2_000, 6_000), () => {
    if (host.running && !host.busy) host.crash();
  });
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
    // Now and then it is some other server's, of another map, for which the bridge asks, or as the world is right now.
    const { game } = host;
    if (game !== undefined && cluster.chance.once(3)) {
      host.pass();
      return rewind(cluster, host, happened, cluster.games.forget(game.save()));
    }
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
  delete: remove,
  configure: async (cluster, { instance }) => {
    const { chance, operator } = cluster;
    const config = {
      autosaveSeconds: chance.between(1, 600),
      ports: chance.once(2) ? { game: chance.between(1_024, 65_535) } : null,
    };
    await operator.command("instance", "configure", { instance, config });
    if (chance.once(2))
      await operator.command("instance", "rename", { instance, name: `${instance} ${chance.below(9)}` });
  },
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
  ...OF_MASTERS,
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
  /**
   * A game begins to use a resource right after it has reported, so that a reply is the first to name it; that is long under
   * way, and lines of the report file overtake it.
   */
  "slow-rcon": (cluster, host) => {
    const { game, bridge } = host;
    const look = game?.look();
    if (game === undefined || look === undefined || bridge?.session.linked !== true) return;
    const key = cluster.resources.find((each) => [look.exported, look.received, look.wanted].every((of) => !of[each]));
    const known = cluster.resources.find((each) => (look.exported[each] ?? 0) > 0);
    if (key === undefined || known === undefined) return;
    cluster.weather.count("a reply names a resource");
    const { clock, weather } = cluster;
    const act = (what: () => void) => {
      host.pass();
      if (host.game === game) what();
    };
    const put = (resource: Resource) => {
      game.produce(resource, 5);
      game.collect(resource, 5);
    };
    act(() => put(known));
    clock.after(34, () => act(() => game.request(key, 9)));
    clock.after(51, () => {
      weather.slowReplyMs = 2_000;
      void bridge.session.report();
    });
    clock.after(140, () => act(() => put(key)));
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
      for (const { said, told } of machines) {
        said.lagMs = ms;
        told.lagMs = ms;
      }
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
    const resources = chance.once(3) ? { [chance.pick(cluster.resources)]: { reserve: chance.below(60) } } : {};
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
    const resource = cluster.chance.pick(cluster.resources);
    if (cluster.chance.once(4)) {
      const to = cluster.chance.pick(cluster.resources.filter((other) => other !== resource));
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
  ...(["resurrect", "untakeable", "delete"] as const),
]);

import { type Act, ownSaves } from "#sim/cluster/act";
import { SLAVES } from "#sim/cluster/cluster";
import { newFolder, putSave } from "#sim/cluster/folder";
import type { Host } from "#sim/cluster/host";
import { makeAnew } from "#sim/cluster/regrowth";

/** Operators' work on one instance: another map, another slave. */

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

export const newMap: Act = (cluster, host, happened) =>
  working(host, async () => {
    if (!(await stopInOrder(host))) return;
    // The broker loses its store just then.
    if (cluster.weather.strikes("ledger-new", 8)) makeAnew(cluster, "ledger");
    const save = cluster.games.newSave(cluster.newSeed());
    if (cluster.chance.once(2)) await cluster.operator.command("world", "new", { instance: host.instance });
    happened.rewound = true;
    cluster.log(`${host.instance} gets a new map`);
    host.give(save);
    // A rewind that was rejected meanwhile has its other save now.
    if (host.stopped === "rejected") host.startAgain();
    else host.startGame();
  });

export const move: Act = (cluster, host) =>
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

/** Fewer would leave nobody to trade with. */
const LEFT_MIN = 2;

/** An operator deletes an instance: what its worlds hold goes with them, and what is in flight to them comes back. */
export const remove: Act = (cluster, host, happened) =>
  working(host, async () => {
    const { instance } = host;
    const others = new Set(cluster.hosts.map((other) => other.instance));
    if (happened.twins.has(instance) || others.size <= LEFT_MIN || !(await stopInOrder(host))) return;
    const { odds } = cluster.weather;
    // A ledger that loses what such a world had given can't learn of it any more: the cluster stays short of that.
    if (odds["ledger-tail"] + odds["ledger-new"] + odds["ledger-regrown"] > 0) happened.rewound = true;
    const answer = await cluster.operator.command("instance", "delete", { instance, force: true });
    cluster.weather.count("error" in answer ? "delete refused" : "deleted");
    if ("error" in answer) return host.startGame();
    cluster.log(`${instance} is deleted`);
    host.killBridge();
    host.gone = true;
    cluster.forget(host);
  });

export const forceMove: Act = async (cluster, host, happened) => {
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

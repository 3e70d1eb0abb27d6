import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";
import { rest } from "#sim/cluster/rest";
import { unrestIn } from "#sim/cluster/verdict";
import type { Look, Save } from "#sim/cluster/world";

/** Ends the game in order and starts another save; undefined when it does not end. */
const change = async (cluster: Cluster, host: Host, save: Save | undefined): Promise<Save | undefined> => {
  const stopped = host.stopGame();
  await cluster.pass(3_000);
  if (host.running) {
    cluster.checker.broke("stuck", `${host.instance} does not stop`);
    return undefined;
  }
  const left = await stopped;
  if (save !== undefined) {
    host.give(save);
    host.startGame();
    if (!(await rest(cluster))) cluster.checker.broke("stuck", `on tour: ${unrestIn(cluster).join(" | ")}`);
  }
  return left;
};

/**
 * The last state of every world: of those that run as they run; every other one is started once more from the newest save
 * of its own, so that the ledger hears what it holds, and left in order.
 */
export const tour = async (cluster: Cluster): Promise<ReadonlyMap<string, Look>> => {
  const finals = new Map<string, Look>();
  const running = cluster.hosts.filter((host) => host.running);
  const ids = new Set(running.map((host) => host.game?.look().world));
  for (const host of running) {
    let home: Save | undefined;
    for (const [world, save] of cluster.archived) {
      if (save.instance !== host.instance || ids.has(world)) continue;
      cluster.weather.count("toured");
      cluster.log(`tour: ${world}`);
      const left = await change(cluster, host, save);
      if (left === undefined) return finals;
      if (home === undefined) home = left;
      else finals.set(left.world, left);
    }
    if (home === undefined) continue;
    const left = await change(cluster, host, home);
    if (left !== undefined) finals.set(left.world, left);
  }
  for (const host of running) {
    const last = host.game?.look();
    if (last !== undefined) finals.set(last.world, last);
  }
  return finals;
};

import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";

/** What players, machines and inserters do in a running world. */
export const liveOn = (cluster: Cluster, host: Host): void => {
  const { chance } = cluster;
  const { game } = host;
  if (game === undefined) return;
  host.pass();
  const key = chance.pick(cluster.resources);
  switch (chance.below(13)) {
    case 0:
    case 1:
    case 2:
      game.produce(key, chance.between(1, 60));
      return;
    case 3:
    case 4:
    case 5:
      if (game.collect(key, chance.between(1, 50)) > 0) cluster.weather.count("exported");
      return;
    case 6:
    case 7:
      game.request(key, chance.below(80));
      return;
    case 8:
    case 9:
      if (game.consume(key, chance.between(1, 60)) > 0) cluster.weather.count("consumed");
      return;
    case 10:
      game.carry(key, chance.between(1, 60));
      return;
    case 11:
      game.giveBack(key);
      return;
    case 12:
      host.autosave(!cluster.weather.strikes("spoiled-save", 20));
  }
};

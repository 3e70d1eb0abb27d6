import type { Cluster } from "#sim/cluster/cluster";
import { liveOn } from "#sim/cluster/everyday";
import type { Host } from "#sim/cluster/host";
import type { Amounts } from "#sim/cluster/world";

/** A bridge that is away for much longer than its world's lease and its session last, while life goes on everywhere. */

const AWAY_MS = 600_000;
const CHUNK_MS = 5_000;
/** The lease is a minute; by then it is over. */
const LEASE_OVER_MS = 90_000;

const exportedIn = (host: Host): Readonly<Amounts> => ({ ...host.game?.look().exported });

const fill = (cluster: Cluster, host: Host): void => {
  host.pass();
  for (const key of cluster.resources) {
    host.game?.produce(key, 5);
    host.game?.collect(key, 5);
  }
};

/** The export chests are full, and nothing of them was counted since the lease ended. */
const judgeChests = (cluster: Cluster, host: Host, before: Readonly<Amounts>): void => {
  // A bridge whose clock jumped may have taken its game for a faster one, which has a longer lease.
  if (cluster.weather.odds["clock-jump"] > 0) return;
  cluster.weather.count("away: the lease is over");
  const now = exportedIn(host);
  for (const key of cluster.resources) {
    if (now[key] === before[key]) continue;
    const what = `exported ${before[key] ?? 0}, then ${now[key] ?? 0} ${key}`;
    cluster.checker.broke("away", `${host.instance} has had no bridge for ${AWAY_MS} ms, and ${what}`);
  }
};

/** Its session has lapsed, and its wants with it. */
const judgeSession = (cluster: Cluster, host: Host, id: string): void => {
  const { leader, weather, hosts } = cluster;
  const alone = hosts.filter((other) => other.instance === host.instance).length === 1;
  const world = [...(leader?.state?.worlds.values() ?? [])].find((each) => each.id === id);
  // A save of another instance that was not adopted yet names a world that goes on elsewhere. Who may not write may not say
  // so, and a twin's session is its own.
  if (world === undefined || world.instance !== host.instance || !alone || weather.odds["ledger-full"] > 0) return;
  weather.count("away: the session is over");
  if (world.open) cluster.checker.broke("away", `${id} is silent for ${AWAY_MS} ms, and its session goes on`);
  const wants = [...world.accounts.values()].find(({ target }) => target > 0);
  if (wants !== undefined)
    cluster.checker.broke("away", `${id} is silent for ${AWAY_MS} ms, and wants ${wants.target} ${wants.stock.key}`);
};

/** Ten minutes go by in the whole cluster. That all comes right afterwards is seen when it rests. */
export const longAbsence = async (cluster: Cluster): Promise<void> => {
  const { chance, clock } = cluster;
  const present = cluster.hosts.filter((host) => host.running && host.bridge !== undefined && !host.busy);
  if (present.length === 0) return;
  const host = chance.pick(present);
  const { game } = host;
  const world = game?.look().world ?? "";
  cluster.log(`${host.instance}'s bridge is away for ten minutes`);
  host.killBridge();
  // Somebody who had meant to since before may start it, or end the game: then it was a shorter absence.
  const goesOn = () =>
    host.bridge === undefined && host.game === game && !host.busy && cluster.checker.problems.size === 0;
  const began = clock.now();
  let atLeaseEnd: Readonly<Amounts> | undefined;
  while (clock.now() < began + AWAY_MS && goesOn()) {
    await cluster.pass(CHUNK_MS);
    fill(cluster, host);
    for (const other of cluster.hosts) if (other.running && chance.once(3)) liveOn(cluster, other);
    if (clock.now() >= began + LEASE_OVER_MS) atLeaseEnd ??= exportedIn(host);
  }
  if (goesOn() && atLeaseEnd !== undefined) {
    cluster.weather.count("away: ten minutes");
    judgeChests(cluster, host, atLeaseEnd);
    judgeSession(cluster, host, world);
  }
  if (host.bridge === undefined) host.startBridge();
};

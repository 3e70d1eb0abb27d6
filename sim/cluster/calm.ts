import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";
import { rest, SETTLED_MS } from "#sim/cluster/rest";
import { unrestIn } from "#sim/cluster/verdict";
import { RESOURCES } from "#sim/cluster/world";

/** What must go on by itself when nothing goes wrong any more (H8). What a long absence does is in absence.ts. */

/** Longer than a session may be silent. */
const WATCHED_MS = 60_000;
const CHUNK_MS = 2_000;

/** Something in the export chest, for somebody to collect. */
const putOut = (host: Host): number => {
  host.pass();
  const made = host.game?.produce(RESOURCES[0], 5) ?? 0;
  host.game?.collect(RESOURCES[0], made);
  return made;
};

/** Nobody loses his link, and no session begins anew, while nothing happens. */
export const watchLinks = async (cluster: Cluster): Promise<void> => {
  // Facts of before may be under way for a minute; commands, deliveries, and second copies for less.
  while (cluster.traffic.busy) await cluster.pass(CHUNK_MS);
  await cluster.pass(SETTLED_MS);
  const linked = cluster.hosts.filter((host) => host.bridge?.session.linked === true);
  const before = new Map(
    linked.map((host) => {
      const { token, exported = {} } = host.game?.look() ?? {};
      return [host, { unlinks: host.unlinks, token, exported: { ...exported }, put: putOut(host) }];
    }),
  );
  await cluster.pass(WATCHED_MS);
  cluster.weather.count("calm: watched");
  for (const [host, { unlinks, token, exported, put }] of before) {
    const total = host.game?.look().exported[RESOURCES[0]] ?? 0;
    if (total < (exported[RESOURCES[0]] ?? 0) + put)
      cluster.checker.broke("calm", `${host.instance} put ${put} ${RESOURCES[0]} out, and nobody collected them`);
    if (host.unlinks !== unlinks) cluster.checker.broke("calm", `${host.instance} lost its link, and nothing happened`);
    else if (host.game?.look().token !== token)
      cluster.checker.broke("calm", `${host.instance} began another session, and nothing happened`);
  }
  if (!(await rest(cluster))) cluster.checker.broke("stuck", `after a calm: ${unrestIn(cluster).join(" | ")}`);
};

import type { Cluster } from "#sim/cluster/cluster";
import { ownSaves } from "#sim/cluster/trouble";
import { isAtRest } from "#sim/cluster/verdict";

/** Trouble stops; the last loss that nobody noticed is made good by the mod's whole report after five minutes. */
const REST_MS_MAX = 420_000;
const REST_CHUNK_MS = 2_000;

/** An operator who sees that nothing came of his word says it again after this long. */
const DECIDE_AGAIN_MS = 15_000;

/** The operator answers a bridge that asks which world an id-less save is. */
export const decide = (cluster: Cluster): void => {
  const now = cluster.clock.now();
  for (const host of cluster.hosts) {
    if (!host.undecided || host.bridge === undefined || now - host.decidedAt < DECIDE_AGAIN_MS) continue;
    if (host.bridge.session.linked) {
      host.undecided = false;
      continue;
    }
    host.decidedAt = now;
    const as = !host.otherMap && cluster.chance.once(2) ? "same" : "new";
    // An operator may say it to the master or to the bridge.
    if (as === "new" && cluster.chance.once(2))
      void cluster.operator.command("world", "new", { instance: host.instance });
    else host.bridge.session.decided(as);
    cluster.weather.count(`decided: ${as}`);
  }
};

/** The operator accepts a rewind that waits, or rejects it and gives another save; at the end he takes worlds as they are. */
export const decideRewinds = (cluster: Cluster): void => {
  const { chance, operator, weather } = cluster;
  for (const { id, held } of cluster.leader?.state?.worlds.values() ?? []) {
    if (held === undefined || held.rejected === true || operator.waiting > 0) continue;
    const verb = weather.quiet || chance.once(2) ? "accept" : "reject";
    weather.count(`rewind: ${verb}`);
    void operator.command("world", verb, { world: id });
  }
  for (const host of cluster.hosts) {
    const saves = ownSaves(host);
    if (host.stopped !== "rejected" || host.busy || host.running || host.bridge === undefined || saves.length === 0)
      continue;
    weather.count("rewind: another save");
    host.load(chance.pick(saves));
  }
};

/** Lets things settle: true when everything came to rest within the bound. */
export const rest = async (cluster: Cluster): Promise<boolean> => {
  const until = cluster.clock.now() + REST_MS_MAX;
  await cluster.pass(REST_CHUNK_MS);
  while (!isAtRest(cluster)) {
    if (cluster.clock.now() >= until) return false;
    decide(cluster);
    decideRewinds(cluster);
    await cluster.pass(REST_CHUNK_MS);
  }
  return true;
};

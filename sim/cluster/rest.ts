import { ownSaves } from "#sim/cluster/act";
import type { Fault } from "#sim/cluster/chance";
import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";
import { isAtRest } from "#sim/cluster/verdict";

/** Trouble stops; the last loss that nobody noticed is made good by the mod's whole report after five minutes. */
const REST_MS_MAX = 420_000;
/** When nothing that was said was lost, nobody has to wait for a whole report. */
const REST_MS_LOSSLESS = 120_000;
/** What loses a report, or keeps it for later than a report is waited for. */
const LOSSES: readonly Fault[] = [
  ...(["fact-lost", "fact-late", "sync-late", "slave-cut", "force-move", "twin", "shuffled"] as const),
  ...(["bridge-pause", "machine-kill", "bridge-kill", "bridge-away"] as const),
];
const REST_CHUNK_MS = 2_000;

/** Longer than a command of before takes. */
export const SETTLED_MS = 20_000;

/** An operator who sees that nothing came of his word says it again after this long. */
const DECIDE_AGAIN_MS = 15_000;

/** The operator gives an instance back to the bridge that no leader knows any more. */
const adoptOrphan = (cluster: Cluster, host: Host): void => {
  const { operator, clock } = cluster;
  if (!host.disowned || host.busy || !host.wanted || host.stopped !== undefined) return;
  if (clock.now() - host.decidedAt < DECIDE_AGAIN_MS) return;
  host.disowned = false;
  if (host.bridge === undefined || host.bridge.session.linked) return;
  host.decidedAt = clock.now();
  const { instance, slave } = host;
  cluster.weather.count("assigned again");
  // Nobody moves it meanwhile.
  host.busy = true;
  void operator
    .command("instance", "create", { name: instance })
    .then(() => operator.command("instance", "assign", { instance, slave }))
    .then(() => {
      host.busy = false;
    });
};

/** The operator answers bridges: which world an id-less save is, and whose an instance is that the ledger forgot. */
export const decide = (cluster: Cluster): void => {
  const now = cluster.clock.now();
  for (const host of cluster.hosts) {
    adoptOrphan(cluster, host);
    if (!host.undecided || host.bridge === undefined || now - host.decidedAt < DECIDE_AGAIN_MS) continue;
    if (host.bridge.session.linked) {
      host.undecided = false;
      continue;
    }
    host.decidedAt = now;
    host.watch.decided = true;
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
    if (host.stopped !== "rejected" || host.busy || host.running || host.bridge === undefined) continue;
    const saves = ownSaves(host);
    // Where none of its own opens, he starts what is there again, to accept it after all.
    if (saves.length === 0) host.startAgain();
    else {
      weather.count("rewind: another save");
      host.load(chance.pick(saves));
    }
  }
};

const linkedIn = (cluster: Cluster): ReadonlyMap<string, string> => {
  const linked = cluster.hosts.filter(({ bridge, game }) => bridge?.session.linked === true && game !== undefined);
  return new Map(linked.map(({ game }) => [game?.look().token ?? "", game?.look().world ?? ""]));
};

/** Lets things settle: true when everything came to rest within the bound. */
export const rest = async (cluster: Cluster): Promise<boolean> => {
  const { odds } = cluster.weather;
  const lossless = LOSSES.every((fault) => odds[fault] === 0);
  const until = cluster.clock.now() + (lossless ? REST_MS_LOSSLESS : REST_MS_MAX);
  await cluster.pass(REST_CHUNK_MS);
  while (!isAtRest(cluster)) {
    if (cluster.clock.now() >= until) return false;
    decide(cluster);
    decideRewinds(cluster);
    await cluster.pass(REST_CHUNK_MS);
  }
  if (cluster.weather.quiet && cluster.clock.now() - cluster.weather.quietAt > SETTLED_MS)
    cluster.checker.restated(linkedIn(cluster));
  return true;
};

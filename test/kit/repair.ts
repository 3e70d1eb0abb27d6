import { join } from "node:path";
import { encodeJson } from "#core/events/codec";
import { slaveId, userId } from "#core/ids";
import type { MemoryBus } from "#core/ports/memory/memory-bus";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseSlaveCommandSubject, SELF, subjects } from "#core/subjects";
import { ClusterClient } from "#ctl/client/client";
import { LiveLedger } from "#ctl/history/reader";
import { type Prepared, type RepairPorts, repair } from "#ctl/repair/repair";
import { Projector } from "#projector/projector";
import { type Cluster, COPPER, PLATE, traded } from "#projector/test/kit";

/** A cluster whose ledger is damaged, its bridge, and `clusterio repair` on it, all in memory. */
export const USER = userId("op");
const SLAVE = slaveId("s1");

type Totals = Record<string, number>;
export interface Held {
  readonly exported: Totals;
  readonly received: Totals;
}

/** What the worlds hold at the end of `traded`. */
export const HOLD: Record<string, Held> = {
  "a.1": { exported: { [PLATE]: 130 }, received: { [COPPER]: 40 } },
  "b.1": { exported: { [COPPER]: 40 }, received: { [PLATE]: 30 } },
};

/** The bridge of s1: says which instances it has, and what the worlds hold. */
export const bridgeOf = (cluster: Cluster, worlds: Record<string, Held>, epochs: Record<string, number>): MemoryBus => {
  const bus = cluster.broker.connect();
  const instances = Object.keys(worlds).map((world) => world.split(".")[0]!);
  const telemetry = { boot: "00000000m-mmmm", version: "1", game: "g", instances };
  bus.publish(subjects.telemetry(SLAVE, SELF), encodeJson(telemetry));
  bus.subscribe(subjects.all.commandsTo(SLAVE), (message) => {
    const { instance, verb } = parseSlaveCommandSubject(message.subject)!;
    const [world, held] = Object.entries(worlds).find(([id]) => id.startsWith(`${instance}.`)) ?? [];
    if (verb !== "state" || held === undefined) return;
    const of = { world, epoch: epochs[instance], generation: 1, tick: 9, seed: 7 };
    bus.respond(message, encodeJson({ ok: { ...of, ...held } }));
  });
  cluster.clock.after(100, () => bus.publish(subjects.telemetry(SLAVE, SELF), encodeJson(telemetry)));
  return bus;
};

export const portsOf = (cluster: Cluster): RepairPorts => ({
  ledger: cluster.ledger,
  events: cluster.events,
  audit: cluster.audit,
  reader: new LiveLedger(cluster.ledger),
  core: cluster.broker.connect(),
  edge: cluster.broker.connect(),
  client: new ClusterClient(cluster.broker.connect(), USER),
  clock: cluster.clock,
  random: new SeededRandom(5),
  say: () => {},
  listenMs: 500,
});

export const signal = new AbortController().signal;

/** Lets time pass until it is done. */
export const during = async <T>(cluster: Cluster, work: Promise<T>): Promise<T> => {
  let over = false;
  const watched = work.finally(() => {
    over = true;
  });
  watched.catch(() => {});
  while (!over) {
    await cluster.pass(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return watched;
};

/** A cluster that traded and did what comes `before`, and then bits of its ledger's last message changed; no projector runs. */
export const damaged = async (before: (cluster: Cluster) => Promise<void> = async () => {}) => {
  const all = await traded();
  await before(all.cluster);
  await all.leader.stop();
  const { cluster, a, b } = all;
  const { lastSeq } = await cluster.ledger.info();
  const { data } = (await cluster.ledger.get(lastSeq))!;
  const text = new TextDecoder().decode(data);
  cluster.ledger.damage(lastSeq, new TextEncoder().encode(text.replace('"round":', '"round":1')));
  await expect(Projector.open(cluster.ports())).rejects.toMatchObject({ code: "corrupt" });
  return { ...all, epochs: { a, b }, lastSeq };
};

export const repairedIn = (folder: string) => async (cluster: Cluster, prepared: Prepared) => {
  const file = join(folder, "repairs", "LEDGER.jsonl.gz");
  return during(cluster, repair(portsOf(cluster), prepared, { user: USER, file, signal }));
};

import type { Boot } from "#core/boot";
import { type AuditEntry, auditEntry } from "#core/events/telemetry";
import { newState, stockOf } from "#core/fold/state";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker, matches } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { resourceKey } from "#core/resource";
import { Capping } from "#projector/capping";
import { RESTATED_MS_MAX } from "#projector/granting";
import { LEVELS_MAX, LEVELS_MS, REJECTED_PER_SECOND_MAX, Telling } from "#projector/telling";
import { Cluster, PLATE } from "#projector/test/kit";

/** What the leader tells beside deliveries: levels, instances, audit, rejected facts. */
const STEEL = "item:steel-plate";

interface Told {
  readonly instance?: string;
  readonly slave?: string;
  readonly epoch?: number;
  readonly generation?: number;
  readonly resource?: string;
  readonly level?: number;
}

/** Everything told on subjects that match, in order. */
const hearing = (cluster: Cluster, pattern: string) => {
  const heard: { subject: string; value: Told }[] = [];
  cluster.bus.subscribe(pattern, ({ subject, data }) => {
    heard.push({ subject, value: JSON.parse(new TextDecoder().decode(data)) as Told });
  });
  return heard;
};

const levelsIn = (heard: ReturnType<typeof hearing>): Record<string, unknown> =>
  Object.fromEntries(
    heard
      .filter(({ subject }) => matches("clusterio.v1.storage.>", subject))
      .map(({ value: { resource = "", level } }) => [resource, level]),
  );

test("an instance's record is told when it is made, assigned, and gets a new map", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const heard = hearing(cluster, "clusterio.v1.state.instances.*");
  const epoch = await cluster.instance("a");
  await cluster.command("world", "new", { instance: "a" });
  expect(heard.map(({ value }) => [value.instance, value.slave, value.epoch, value.generation])).toEqual([
    ["a", "", 0, 1],
    ["a", "s1", epoch, 1],
    ["a", "s1", epoch, 2],
  ]);
  await leader.stop();
});

test("levels are told after an adjustment, a renaming, a recall and a round, as the ledger holds them", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const heard = hearing(cluster, "clusterio.v1.storage.>");
  const levels = async () => {
    await cluster.pass(LEVELS_MS);
    return levelsIn(heard.splice(0));
  };
  const epoch = await cluster.instance("a");
  await cluster.command("storage", "adjust", { resource: PLATE, amount: 9, reason: "test" });
  expect(await levels()).toEqual({ [PLATE]: 9 });
  await cluster.command("storage", "rename", { from: PLATE, to: STEEL, reason: "test" });
  expect(await levels()).toEqual({ [PLATE]: 0, [STEEL]: 9 });
  cluster.sync("a.1", { prev: "", epoch, wanted: { [STEEL]: 4 }, received: { [STEEL]: 0 } });
  await cluster.pass(RESTATED_MS_MAX);
  expect(await levels()).toEqual({ [STEEL]: 5 });
  cluster.publish("a", {
    type: "world-left",
    data: { world: "a.1" as never, token: "aaaaaaaaaaaa1", epoch, tick: 1, exported: {}, received: {} },
  });
  await cluster.pass(100);
  await cluster.command("world", "retire", { world: "a.1" });
  expect(await levels()).toEqual({ [STEEL]: 9 });
  await leader.stop();
});

test("each term restates all levels and instances, so that a lost stream is whole again", async () => {
  const cluster = new Cluster();
  const disk = new MemoryDisk();
  const first = await cluster.start(cluster.ports(disk));
  await cluster.instance("a");
  const amount = { amount: 3, reason: "test" };
  await cluster.command("storage", "adjust", { resource: PLATE, ...amount });
  await cluster.command("storage", "adjust", { resource: STEEL, ...amount });
  await first.stop();
  const heard = hearing(cluster, "clusterio.v1.>");
  const second = await cluster.start(cluster.ports(disk));
  await cluster.pass(LEVELS_MS);
  expect(levelsIn(heard)).toEqual({ [PLATE]: 3, [STEEL]: 3 });
  expect(heard.map(({ subject }) => subject)).toContain("clusterio.v1.state.instances.a");
  await second.stop();
});

test("many levels are told in several goes", async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const levels = new MemoryLog(clock);
  broker.capture("clusterio.v1.storage.>", levels);
  const telling = new Telling(broker.connect(), "00000000a-aaaa" as Boot, new Capping());
  const state = newState();
  for (let n = 0; n < LEVELS_MAX + 500; n++) stockOf(state, resourceKey(`item:part-${n}`));
  telling.readModels(state);
  const told = async () => {
    telling.publishLevels();
    return (await levels.info()).lastSeq;
  };
  expect([await told(), await told(), await told()]).toEqual([LEVELS_MAX, LEVELS_MAX + 500, LEVELS_MAX + 500]);
});

test("what operators order is in the audit, before and after, in the same form as the bridges' entries", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const entries: AuditEntry[] = [];
  cluster.bus.subscribe("clusterio.v1.audit.master._", ({ data }) => {
    entries.push(auditEntry.parse(JSON.parse(new TextDecoder().decode(data))));
  });
  await cluster.command("storage", "adjust", { resource: PLATE, amount: 5, reason: "a gift" });
  await cluster.command("instance", "assign", { instance: "nowhere", slave: "s1" });
  await cluster.command("instance", "create", { name: "x".repeat(1_000_000) });
  const said = entries.map(({ user, verb, outcome, message = "" }) => [user, verb, outcome, message.length]);
  expect(said).toEqual([
    ["op", "storage.adjust", "asked", expect.any(Number)],
    ["op", "storage.adjust", "ok", 0],
    ["op", "instance.assign", "asked", expect.any(Number)],
    ["op", "instance.assign", "bad-input", expect.any(Number)],
    ["op", "instance.create", "asked", 10_000],
    ["op", "instance.create", "bad-input", expect.any(Number)],
  ]);
  expect(entries[0]!.message).toContain("a gift");
  await leader.stop();
});

test("so many malformed facts a second are reported, and all are counted", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const heard = hearing(cluster, "clusterio.v1.rejected.>");
  const flood = async () => {
    for (let n = 0; n < 3 * REJECTED_PER_SECOND_MAX; n++)
      cluster.bus.publish("clusterio.v1.event.s1.a.world-left", new TextEncoder().encode("{}"));
    for (let n = 0; n < 50; n++) await cluster.pass(1);
  };
  await flood();
  expect(heard).toHaveLength(REJECTED_PER_SECOND_MAX);
  await cluster.pass(1_000);
  await flood();
  expect(heard).toHaveLength(2 * REJECTED_PER_SECOND_MAX);
  expect(leader.projector.view()?.facts.rejected).toBe(6 * REJECTED_PER_SECOND_MAX);
  await leader.stop();
});

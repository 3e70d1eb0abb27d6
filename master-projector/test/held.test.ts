import { explanationOf } from "#core/audit/explanation";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { RESTATED_MS_MAX } from "#projector/granting";
import { COPPER, expectAudited, LATER, PLATE, stock, TOKEN, told, traded } from "#projector/test/kit";

/** Rewinds above the policy's limit wait for an operator: nothing of them counts before. */
const BACK = { prev: TOKEN, token: LATER, tick: 3_600, exported: { [PLATE]: 10 }, received: { [COPPER]: 10 } };
const LIMIT = { units: 119 };

const limited = async (rewindLimit: object = LIMIT) => {
  const all = await traded();
  await all.cluster.command("policy", "set", { policies: { rewindLimit } });
  return all;
};
const held = async (rewindLimit?: object) => {
  const all = await limited(rewindLimit);
  all.cluster.sync("a.1", { ...BACK, epoch: all.a });
  await all.cluster.pass(1_000);
  return all;
};

test("a rewind above the limit changes no total: the ledger says what it would take, and from whom", async () => {
  const { cluster, leader } = await held();
  const [body] = await told(cluster, "rewind-held");
  const rewind = { fromStorage: { [PLATE]: 100 }, owed: { [PLATE]: 20 }, again: { [COPPER]: 30 } };
  expect(body).toMatchObject({ world: "a.1", rewind: { from: 18_000, to: 3_600, ...rewind }, sync: { token: LATER } });
  expect(explanationOf({ type: "rewind-held", data: body! })).toContain("this waits for a decision");
  expect(stock(leader.projector.state)).toBe(100);
  expect(await told(cluster, "world-rewound")).toEqual([]);
  expect(cluster.delivery("a").worlds["a.1" as never]).toMatchObject({ held: { token: LATER } });
  expect(cluster.delivery("a").worlds["a.1" as never]).not.toMatchObject({ token: LATER });
  expect(leader.projector.view()?.waiting).toEqual(["a.1"]);
  expect(cluster.alarms.at(-1)).toMatch(/120 item:iron-plate: clusterio world accept a\.1.*#rewind-held\)$/);
  await expectAudited(cluster, leader);
  await leader.stop();
});

test.each<[string, object, number]>([
  ["one unit below the limit is folded", { units: 120 }, 0],
  ["longer than the limit waits", { seconds: 239 }, 1],
  ["as long as the limit is folded", { seconds: 240 }, 0],
  ["an instance's own limit stands instead of the cluster's", { units: 1, instances: { a: { units: 500 } } }, 0],
  ["another instance's limit is not its own", { instances: { b: { units: 1 } } }, 0],
  ["an instance with a limit of its own waits", { instances: { a: { units: 1 } } }, 1],
])("a rewind: %s", async (_what, rewindLimit, waiting) => {
  const { cluster, leader } = await held(rewindLimit);
  expect(leader.projector.view()?.waiting).toHaveLength(waiting);
  expect(await told(cluster, "world-rewound")).toHaveLength(1 - waiting);
  await leader.stop();
});

test("while it waits nothing of its new session counts, and the others trade on", async () => {
  const { cluster, leader, a, b } = await held();
  cluster.report("a.1", {
    token: LATER,
    epoch: a,
    seq: 1,
    exported: { [PLATE]: 90 },
    wanted: { [COPPER]: 5 },
    received: { [COPPER]: 10 },
  });
  cluster.report("b.1", { token: TOKEN, epoch: b, seq: 3, received: { [PLATE]: 30 }, wanted: { [PLATE]: 25 } });
  await cluster.pass(2_000);
  expect(stock(leader.projector.state)).toBe(75);
  expect(cluster.delivery("b").worlds["b.1" as never]).toMatchObject({ allocated: { [PLATE]: 55 } });
  expect(leader.projector.state.worlds.get("a.1" as never)?.open).toBe(false);
  await leader.stop();
});

test("accept folds what waited, also after a restart, and says who decided; said twice it is said once", async () => {
  const { cluster, leader } = await held();
  await leader.stop();
  const next = await cluster.start();
  await cluster.pass(RESTATED_MS_MAX);
  expect(next.projector.view()?.waiting).toEqual(["a.1"]);
  expect(await cluster.command("world", "accept", { world: "a.1" })).toEqual({ ok: { waits: true } });
  expect(await cluster.command("world", "accept", { world: "a.1" })).toEqual({ ok: { waits: false } });
  const rewinds = await told(cluster, "world-rewound");
  expect(rewinds).toMatchObject([{ user: "op", rewind: { fromStorage: { [PLATE]: 100 }, owed: { [PLATE]: 20 } } }]);
  expect(cluster.delivery("a").worlds["a.1" as never]).toMatchObject({ token: LATER, allocated: { [COPPER]: 40 } });
  expect(cluster.delivery("a").worlds["a.1" as never]).not.toHaveProperty("held");
  expect(stock(next.projector.state)).toBe(0);
  await expectAudited(cluster, next);
  await next.stop();
});

test("reject tells the bridge so until another save is loaded; one within the limit goes on without a word", async () => {
  const { cluster, leader, a } = await held();
  expect(await cluster.command("world", "reject", { world: "a.1" })).toEqual({ ok: { waits: true } });
  expect(await cluster.command("world", "reject", { world: "a.1" })).toEqual({ ok: { waits: true } });
  expect(await told(cluster, "rewind-rejected")).toHaveLength(1);
  expect(cluster.delivery("a").worlds["a.1" as never]).toMatchObject({ held: { token: LATER, rejected: true } });
  expect(await cluster.command("world", "accept", { world: "a.1" })).toMatchObject({ error: { code: "refused" } });
  const { token } = leader.projector.state.worlds.get("a.1" as never)!;
  const newer = { exported: { [PLATE]: 125 }, received: { [COPPER]: 40 } };
  cluster.sync("a.1", { prev: token, token: "aaaaaaaaaaaa3", epoch: a, tick: 17_000, ...newer });
  await cluster.pass(1_000);
  expect(leader.projector.view()?.waiting).toEqual([]);
  expect(await told(cluster, "world-rewound")).toMatchObject([{ rewind: { fromStorage: { [PLATE]: 5 }, owed: {} } }]);
  expect(cluster.delivery("a").worlds["a.1" as never]).toMatchObject({ token: "aaaaaaaaaaaa3" });
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("a decision about a world that is not there is told which ones wait", async () => {
  const { cluster, leader } = await held();
  const answer = await cluster.command("world", "accept", { world: "c.1" });
  expect(answer).toMatchObject({
    error: { code: "bad-input", message: expect.stringContaining("these wait for a decision: a.1") },
  });
  await leader.stop();
});

test("what waits is in checkpoints and snapshots, and in the answers to who asks", async () => {
  const { cluster, leader } = await held();
  await leader.stop();
  const disk = new MemoryDisk();
  const second = await cluster.start(cluster.ports(disk));
  await second.stop();
  const third = await cluster.start(cluster.ports(disk));
  expect(third.projector.view()?.waiting).toEqual(["a.1"]);
  const { ok } = (await cluster.query("worlds")) as { ok: { worlds: { world: string; waiting?: object }[] } };
  const rewind = expect.objectContaining({ owed: { [PLATE]: 20 }, again: { [COPPER]: 30 } });
  expect(ok.worlds[0]).toMatchObject({ world: "a.1", waiting: { rejected: false, more: 0, rewind } });
  const instances = (await cluster.query("instances")) as { ok: { instances: object[] } };
  expect(instances.ok.instances).toMatchObject([{ instance: "a", waiting: ["a.1"] }, { instance: "b" }]);
  await third.stop();
});

test("another world of the instance ends the waiting: nobody runs the save that was to be decided about", async () => {
  const { cluster, leader, a } = await held();
  cluster.sync("a.2", { prev: "", token: "aaaaaaaaaaaa3", epoch: a });
  await cluster.pass(1_000);
  expect(leader.projector.view()?.waiting).toEqual([]);
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("an instance that is assigned to another slave has nothing that waits", async () => {
  const { cluster, leader } = await held();
  await cluster.command("instance", "assign", { instance: "a", slave: "s2" });
  expect(leader.projector.view()?.waiting).toEqual([]);
  await leader.stop();
});

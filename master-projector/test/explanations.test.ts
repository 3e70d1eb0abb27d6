import { explanationOf } from "#core/audit/explanation";
import { parentHashOf } from "#core/fold/adoption";
import { LAPSE_MS } from "#core/fold/lapse";
import type { Log } from "#core/ports/log";
import type { MemoryBus } from "#core/ports/memory/memory-bus";
import type { MemoryLog } from "#core/ports/memory/memory-log";
import { RESTATED_MS_MAX } from "#projector/granting";
import { SILENCE_MS } from "#projector/projector";
import { type Cluster, COPPER, expectAudited, LATER, PLATE, stock, TOKEN, told, traded } from "#projector/test/kit";

/** The ledger's facts that explain themselves: P11, and what a ledger that lost its memory tells (P9). */
test("P11 a rewind is told with what was taken back, from where, and what comes again", async () => {
  const { cluster, leader, a } = await traded();
  cluster.sync("a.1", {
    prev: TOKEN,
    token: LATER,
    epoch: a,
    tick: 3_600,
    exported: { [PLATE]: 10 },
    received: { [COPPER]: 10 },
  });
  await cluster.pass(1_000);
  const [rewound, ...more] = await told(cluster, "world-rewound");
  expect(more).toEqual([]);
  expect(rewound?.rewind).toEqual({
    world: "a.1",
    from: 18_000,
    to: 3_600,
    fromHeld: {},
    fromStorage: { [PLATE]: 100 },
    owed: { [PLATE]: 20 },
    again: { [COPPER]: 30 },
  });
  expect(explanationOf({ type: "world-rewound", data: rewound! })).toBe(
    "a.1 went back 4 min, from tick 18000 to 3600: 120 iron-plate taken back (100 from storage, 20 owed); 30 copper-plate come again",
  );
  expect(cluster.alarms).toEqual([
    "a.1 went back from tick 18000 to 3600 and owes 20 item:iron-plate (docs/operations.md#world-rewound)",
  ]);
  expect(cluster.delivery("a").worlds["a.1" as never]).toMatchObject({ token: LATER, allocated: { [COPPER]: 40 } });
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("P11 what came before a rewind in the same breath is written before it, what came after behind it", async () => {
  const { cluster, leader, a, b } = await traded();
  cluster.report("b.1", { token: TOKEN, epoch: b, seq: 3, exported: { [PLATE]: 7 } });
  cluster.sync("a.1", { prev: TOKEN, token: LATER, epoch: a, exported: { [PLATE]: 10 }, received: { [COPPER]: 40 } });
  cluster.report("a.1", { token: LATER, epoch: a, seq: 1, exported: { [PLATE]: 25 } });
  await cluster.pass(1_000);
  const [rewound] = await told(cluster, "world-rewound");
  expect(rewound?.rewind).toMatchObject({ fromStorage: { [PLATE]: 107 }, owed: { [PLATE]: 13 }, again: {} });
  expect(Object.keys(rewound?.worlds ?? {})).toEqual(["a.1"]);
  expect(stock(leader.projector.state)).toBe(2);
  await expectAudited(cluster, leader);
  await leader.stop();
});

for (const stored of [true, false]) {
  test(`P11 a leader that dies when its rewind was ${stored ? "" : "not "}stored leaves it told once`, async () => {
    const { cluster, leader, a } = await traded();
    await leader.stop();
    const ports = cluster.ports();
    const dying: Pick<Log, "append"> = {
      append: async (subject, data, expected) => {
        const isRewind = subject.endsWith("world-rewound");
        const result = isRewind && !stored ? undefined : await cluster.ledger.append(subject, data, expected);
        return isRewind || result === undefined ? new Promise(() => {}) : result;
      },
    };
    const { ledger } = cluster;
    const methods = { get: (log: MemoryLog, name: keyof Log) => dying[name as "append"] ?? log[name].bind(log) };
    await cluster.start({ ...ports, ledgerLog: new Proxy(ledger, methods as never) });
    const back = { exported: { [PLATE]: 10 }, received: { [COPPER]: 40 } };
    cluster.sync("a.1", { prev: TOKEN, token: LATER, epoch: a, ...back });
    await cluster.pass(1_000);
    (ports.bus as MemoryBus).setConnected(false);
    const next = await cluster.start();
    await cluster.pass(SILENCE_MS + RESTATED_MS_MAX);
    expect(next.projector.leading).toBe(true);
    const rewinds = await told(cluster, "world-rewound");
    expect(rewinds.map(({ rewind }) => rewind.owed)).toEqual([{ [PLATE]: 20 }]);
    await expectAudited(cluster, next);
    await next.stop();
  });
}

test("a sync that lowers nothing is no rewind", async () => {
  const { cluster, leader, a } = await traded();
  cluster.sync("a.1", {
    prev: TOKEN,
    token: LATER,
    epoch: a,
    tick: 1,
    exported: { [PLATE]: 130 },
    received: { [COPPER]: 40 },
  });
  await cluster.pass(1_000);
  expect(await told(cluster, "world-rewound")).toEqual([]);
  await leader.stop();
});

test("a re-instated timeline pays back what its rewind owed, and nothing is told twice", async () => {
  const { cluster, leader, a } = await traded();
  cluster.sync("a.1", { prev: TOKEN, token: LATER, epoch: a, exported: { [PLATE]: 10 }, received: { [COPPER]: 10 } });
  await cluster.pass(1_000);
  cluster.sync("a.1", {
    prev: LATER,
    token: "aaaaaaaaaaaa3",
    epoch: a,
    exported: { [PLATE]: 130 },
    received: { [COPPER]: 40 },
  });
  await cluster.pass(1_000);
  expect(stock(leader.projector.state)).toBe(100);
  expect(await told(cluster, "world-rewound")).toHaveLength(1);
  await expectAudited(cluster, leader);
  await leader.stop();
});

const CHILD = `b.1.${parentHashOf("a.1")}`;
const adopted = (cluster: Cluster, epoch: number, parent = "a.1"): void =>
  cluster.publish("b", {
    type: "world-adopted",
    data: {
      world: CHILD,
      token: LATER,
      epoch,
      tick: 500,
      parent,
      exported: { [PLATE]: 130 },
      received: { [COPPER]: 40 },
    } as never,
  });

test("an adopted save is told once, with the world that it was and its totals then", async () => {
  const { cluster, leader, b } = await traded();
  adopted(cluster, b);
  cluster.sync(CHILD, { prev: "", token: LATER, epoch: b });
  await cluster.pass(500);
  adopted(cluster, b);
  await cluster.pass(1_000);
  const all = await told(cluster, "world-adopted");
  const base = { exported: { [PLATE]: 130 }, received: { [COPPER]: 40 } };
  expect(all).toEqual([expect.objectContaining({ world: CHILD, parent: "a.1", tick: 500, base })]);
  expect(leader.projector.state.worlds.get(CHILD as never)).toMatchObject({ parent: "a.1", open: true });
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("an adoption whose fact was lost is told by the sync; its parent is found by the child's id", async () => {
  const { cluster, leader, b } = await traded();
  cluster.sync(CHILD, { prev: "", token: LATER, epoch: b, tick: 700 });
  await cluster.pass(1_000);
  const [told1, ...more] = await told(cluster, "world-adopted");
  expect(more).toEqual([]);
  expect(told1).toMatchObject({ world: CHILD, parent: "a.1", tick: 700 });
  expect(told1).not.toHaveProperty("base");
  await leader.stop();
});

test("a bridge that names another parent than its world's id does is not believed", async () => {
  const { cluster, leader, b } = await traded();
  adopted(cluster, b, "c.9");
  await cluster.pass(1_000);
  expect(await told(cluster, "world-adopted")).toEqual([]);
  expect(leader.projector.view()?.facts.ignored).toMatchObject({ "not-a-child": 1 });
  await leader.stop();
});

test("P9 after LEDGER lost its tail, the leader tells which worlds brought back how much, and what is short", async () => {
  const { cluster, leader } = await traded();
  const types = await cluster.ledgerTypes();
  await leader.stop();
  // Up to the assignments: no world and no trade is known any more.
  cluster.ledger.truncate(types.lastIndexOf("instance-assigned") + 1);
  cluster.events.recreate();
  const next = await cluster.start();
  await cluster.pass(100);
  const [a, b] = ["a", "b"].map((id) => next.projector.state.instances.get(id as never)!.epoch) as [number, number];
  cluster.sync("b.1", { prev: "", token: LATER, epoch: b, exported: { [COPPER]: 40 }, received: { [PLATE]: 30 } });
  await cluster.pass(RESTATED_MS_MAX + 2_000);
  const [first] = await told(cluster, "ledger-recovered");
  expect(first).toMatchObject({
    worlds: { "b.1": { raised: { [PLATE]: 30 }, credited: {} } },
    instances: [],
    shortfall: { [PLATE]: 30 },
  });
  expect(cluster.alarms.at(-1)).toContain("the cluster is short of 30 item:iron-plate");
  cluster.sync("a.1", { prev: "", token: LATER, epoch: a, exported: { [PLATE]: 130 }, received: { [COPPER]: 40 } });
  await cluster.pass(2 * RESTATED_MS_MAX);
  // What a.1 holds was covered by what b.1 had stated: told, and nothing is short.
  expect(await told(cluster, "ledger-recovered")).toHaveLength(2);
  expect(stock(next.projector.state)).toBe(100);
  await cluster.pass(3 * RESTATED_MS_MAX);
  expect(await told(cluster, "ledger-recovered")).toHaveLength(2);
  await expectAudited(cluster, next);
  await next.stop();
});

test("P9 a leader that dies before it told what was recovered leaves it to the next one", async () => {
  const { cluster, leader } = await traded();
  const types = await cluster.ledgerTypes();
  await leader.stop();
  cluster.ledger.truncate(types.lastIndexOf("instance-assigned") + 1);
  cluster.events.recreate();
  const next = await cluster.start();
  const b = next.projector.state.instances.get("b" as never)!.epoch;
  cluster.sync("b.1", { prev: "", token: LATER, epoch: b, received: { [PLATE]: 30 } });
  await cluster.pass(1_000);
  await next.stop();
  expect(await told(cluster, "ledger-recovered")).toEqual([]);
  const last = await cluster.start();
  await cluster.pass(RESTATED_MS_MAX + 2_000);
  const all = await told(cluster, "ledger-recovered");
  expect(all.map(({ worlds }) => worlds)).toEqual([{ "b.1": { raised: { [PLATE]: 30 }, credited: {} } }]);
  await expectAudited(cluster, last);
  await last.stop();
});

test("an instance that an empty ledger learns of by its signed assignment is told as recovered, with its credits", async () => {
  const { cluster, leader, a } = await traded();
  await leader.stop();
  cluster.ledger.recreate();
  const next = await cluster.start();
  const assignment = JSON.stringify({ instance: "a", slave: "s1", epoch: a });
  cluster.sync("a.1", { prev: "", token: LATER, epoch: a, assignment, exported: { [PLATE]: 130 } });
  await cluster.pass(2 * RESTATED_MS_MAX);
  const [recovered] = await told(cluster, "ledger-recovered");
  expect(recovered).toMatchObject({ instances: ["a"], worlds: { "a.1": { raised: {}, credited: { [PLATE]: 130 } } } });
  expect(next.projector.state.instances.get("a" as never)).toMatchObject({ restored: false });
  await expectAudited(cluster, next);
  await next.stop();
});

test("a lapse says whose silence it was and for how long", async () => {
  const { cluster, leader } = await traded();
  await cluster.pass(LAPSE_MS + 2_000);
  const lapsed = await told(cluster, "session-lapsed");
  expect(lapsed.map(({ world, slave }) => [world, slave])).toEqual([
    ["a.1", "s1"],
    ["b.1", "s1"],
  ]);
  expect(lapsed.every(({ silentMs }) => silentMs > LAPSE_MS)).toBe(true);
  expect(cluster.alarms.at(-1)).toContain("nothing was heard from s1 for");
  await leader.stop();
});

test("events-lost says from which message to which nothing is known", async () => {
  const { cluster, leader } = await traded();
  await leader.stop();
  const before = leader.projector.state.position!;
  cluster.events.truncate(before.seq - 1);
  const next = await cluster.start();
  const [lost] = await told(cluster, "events-lost");
  expect(lost).toMatchObject({ from: before, position: { seq: before.seq - 1 } });
  expect(cluster.alarms.at(-1)).toContain("docs/operations.md#events-lost");
  await next.stop();
});

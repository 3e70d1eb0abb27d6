import type { Boot } from "#core/boot";
import { sealBytes } from "#core/events/ledger-codec";
import { hashOf, imageOf } from "#core/fold/image";
import { LAPSE_MS } from "#core/fold/lapse";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { RESTATED_MS_MAX } from "#projector/granting";
import { CHECKPOINT_EVERY } from "#projector/housekeeping";
import { SILENCE_MS } from "#projector/projector";
import { Cluster, PLATE, rewritten, stock } from "#projector/test/kit";

/** The projector's shell by its rules (P1 to P10), on in-memory streams and a clock that the test moves. */
const TOKEN = "aaaaaaaaaaaa1";

/** A cluster with a world that gives 100 plates and one that wants 60. */
const trading = async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const [a, b] = [await cluster.instance("a"), await cluster.instance("b")];
  cluster.sync("a.1", { prev: "", epoch: a, exported: { [PLATE]: 100 } });
  cluster.sync("b.1", { prev: "", epoch: b, wanted: { [PLATE]: 60 }, received: { [PLATE]: 0 } });
  await cluster.pass(RESTATED_MS_MAX + 100);
  return { cluster, leader, a, b };
};

test("what one world exports is delivered to the one that wants it, as totals under its token", async () => {
  const { cluster, leader } = await trading();
  expect(cluster.delivery("b").worlds["b.1" as never]).toMatchObject({ token: TOKEN, allocated: { [PLATE]: 60 } });
  expect(stock(leader.projector.state)).toBe(40);
  await leader.stop();
});

test("a second projector stands by, folds the same state, and leads after the silence of the first", async () => {
  const { cluster, leader, a } = await trading();
  const standby = await cluster.start();
  expect(standby.projector.leading).toBe(false);
  await cluster.pass(1_000);
  expect(hashOf(imageOf(standby.projector.state))).toBe(hashOf(imageOf(leader.projector.state)));
  await leader.stop();
  await cluster.pass(10);
  expect(standby.projector.leading).toBe(true);
  cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 130 } });
  await cluster.pass(100);
  expect(stock(standby.projector.state)).toBe(70);
  await standby.stop();
});

test("P2 two masters on one log: every round is granted once, and the one that lost its write stands by", async () => {
  const { cluster, leader, a } = await trading();
  // A projector that hears no beat believes itself alone.
  const deaf = cluster.ports();
  const rival = await cluster.start({ ...deaf, stateLog: { ...deaf.stateLog, last: async () => undefined } as never });
  await cluster.pass(100);
  cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 150 }, seq: 2 });
  await cluster.pass(SILENCE_MS + 1_000);
  expect([leader.projector.leading, rival.projector.leading].filter(Boolean)).toHaveLength(1);
  expect((await cluster.chain()).every(({ valid }) => valid)).toBe(true);
  const winner = leader.projector.leading ? leader : rival;
  expect(stock(winner.projector.state)).toBe(90);
  await leader.stop();
  await rival.stop();
});

test("P3 a lost acknowledgement is read back: the round is neither lost nor written twice", async () => {
  const { cluster, leader, a } = await trading();
  cluster.ledger.failNext("stored-unacknowledged");
  cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 110 }, seq: 2 });
  await cluster.pass(1_000);
  cluster.ledger.failNext("dropped-unacknowledged");
  cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 120 }, seq: 3 });
  await cluster.pass(1_000);
  expect(leader.projector.leading).toBe(true);
  expect(stock(leader.projector.state)).toBe(60);
  expect((await cluster.chain()).every(({ valid }) => valid)).toBe(true);
  await leader.stop();
});

test("a restart goes on from the snapshot, from a checkpoint, or from the ledger alone: the same state", async () => {
  const cluster = new Cluster();
  const disk = new MemoryDisk();
  const first = await cluster.start(cluster.ports(disk));
  const a = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch: a });
  await cluster.pass(RESTATED_MS_MAX + 100);
  for (let n = 1; n <= 40; n++) {
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: n, exported: { [PLATE]: n } });
    await cluster.pass(60);
  }
  await first.stop();
  const hash = hashOf(imageOf(first.projector.state));
  const withSnapshot = await cluster.start(cluster.ports(disk));
  expect(hashOf(imageOf(withSnapshot.projector.state))).toBe(hash);
  await withSnapshot.stop();
  const without = await cluster.start();
  expect(hashOf(imageOf(without.projector.state))).toBe(hash);
  await without.stop();
});

test("a checkpoint is written every so many messages, and what lies before it is not needed", async () => {
  const cluster = new Cluster();
  const first = await cluster.start();
  const a = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch: a, heard: first.projector.state!.boot });
  for (let n = 1; n <= CHECKPOINT_EVERY + 50; n++) {
    const vectors = { exported: { [PLATE]: n }, received: { [PLATE]: 0 }, wanted: { [PLATE]: n } };
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: n, ...vectors });
    await cluster.pass(50);
  }
  await cluster.pass(2_000);
  const types = await cluster.ledgerTypes();
  expect(types).toContain("checkpoint");
  await first.stop();
  const hash = hashOf(imageOf(first.projector.state));
  await cluster.ledger.purgeBelow(types.indexOf("checkpoint") + 1);
  const second = await cluster.start();
  expect(hashOf(imageOf(second.projector.state))).toBe(hash);
  await second.stop();
});

test("totals that nobody waits for go into fuller rounds; a want that can be met gets its own at once", async () => {
  const { cluster, leader, a, b } = await trading();
  const rounds = async () => (await cluster.ledgerTypes()).length;
  // The clean points of the second and of restating close rounds, too: between them.
  await cluster.pass(550);
  cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 101 }, seq: 2 });
  await cluster.pass(10);
  const before = await rounds();
  for (let n = 1; n <= 4; n++) {
    cluster.report("a.1", { token: TOKEN, epoch: a, exported: { [PLATE]: 101 + n }, seq: 2 + n });
    await cluster.pass(60);
  }
  expect(await rounds()).toBe(before);
  cluster.report("b.1", { token: TOKEN, epoch: b, received: { [PLATE]: 60 }, wanted: { [PLATE]: 5 }, seq: 2 });
  await cluster.pass(10);
  expect(await rounds()).toBe(before + 1);
  expect(cluster.delivery("b").worlds["b.1" as never]).toMatchObject({ allocated: { [PLATE]: 65 } });
  await leader.stop();
});

test("P5 a snapshot that the ledger does not hold any more is not believed", async () => {
  const cluster = new Cluster();
  const disk = new MemoryDisk();
  const first = await cluster.start(cluster.ports(disk));
  const a = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch: a, exported: { [PLATE]: 10 } });
  await cluster.pass(1_000);
  const { lastSeq } = await cluster.ledger.info();
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 50 } });
  await cluster.pass(1_000);
  await first.stop();
  cluster.ledger.truncate(lastSeq);
  const other = sealBytes({ v: 1, round: 9, boot: "00000000a-aaaa" as Boot, closedAt: 1, prev: "" });
  cluster.ledger.store("clusterio.v1.ledger.round", other);
  cluster.ledger.store("clusterio.v1.ledger.round", other);
  const second = await cluster.start(cluster.ports(disk));
  // The facts behind the ledger's position are folded again.
  await cluster.pass(100);
  expect(stock(second.projector.state)).toBe(50);
  await second.stop();
});

test("◇ P1 a message whose prev is not the hash of the last valid one is void for every reader", async () => {
  const { cluster, leader, a } = await trading();
  await leader.stop();
  const stored = await cluster.ledger.read(1, 1_000);
  const round = stored.findLast(({ subject }) => subject.endsWith(".round"))!;
  const stale = { boot: "00000000b-bbbb", prev: "x".repeat(43), storage: { [PLATE]: 999_999 } };
  cluster.ledger.store("clusterio.v1.ledger.round", rewritten(round.data, stale));
  const next = await cluster.start();
  expect(stock(next.projector.state)).toBe(40);
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 5, exported: { [PLATE]: 101 } });
  await cluster.pass(100);
  expect((await cluster.chain()).filter(({ valid }) => !valid)).toHaveLength(1);
  await next.stop();
});

test("◇ P4 a leader whose ledger was cut and grew again to the same length writes one void message and stands by", async () => {
  const { cluster, leader, a } = await trading();
  const { lastSeq } = await cluster.ledger.info();
  const [last] = await cluster.ledger.read(lastSeq, 1);
  cluster.ledger.truncate(lastSeq - 1);
  cluster.ledger.store(last!.subject, rewritten(last!.data, { boot: "zzzzzzzz0-bbbb", closedAt: 5 }));
  await cluster.pass(2_000);
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 5, exported: { [PLATE]: 130 } });
  await cluster.pass(SILENCE_MS + 2_000);
  const chain = await cluster.chain();
  expect(chain.filter(({ valid }) => !valid).length).toBeLessThanOrEqual(1);
  expect(chain.at(-1)?.valid).toBe(true);
  expect(leader.projector.leading).toBe(true);
  expect(stock(leader.projector.state)).toBe(70);
  await leader.stop();
});

test("◆ position: another message at the position, a shorter stream or another stream voids all sessions", async () => {
  for (const damage of ["truncate", "recreate", "regrow"] as const) {
    const { cluster, leader, a } = await trading();
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 105 } });
    await cluster.pass(100);
    await leader.stop();
    const { lastSeq } = await cluster.events.info();
    if (damage === "recreate") cluster.events.recreate();
    else cluster.events.truncate(lastSeq - 1);
    if (damage === "regrow") cluster.report("a.1", { token: TOKEN, epoch: a, seq: 3, exported: { [PLATE]: 700 } });
    await cluster.pass(10);
    const next = await cluster.start();
    expect(await cluster.ledgerTypes()).toContain("events-lost");
    expect(cluster.alarms.join()).toContain("EVENTS");
    expect([...next.projector.state.worlds.values()].every((world) => !world.open)).toBe(true);
    // The echo tells the bridge, whose next sync is accepted: nothing needs an operator.
    const prev = cluster.delivery("a").worlds["a.1" as never] as unknown as { token: string };
    cluster.sync("a.1", { prev: prev.token, token: "aaaaaaaaaaaa2", epoch: a, exported: { [PLATE]: 107 } });
    await cluster.pass(100);
    expect(next.projector.state.worlds.get("a.1" as never)?.accounts.get(PLATE)?.exported).toBe(107);
    await next.stop();
  }
});

test("a position that has only aged out voids the sessions without an alarm", async () => {
  const { cluster, leader } = await trading();
  await leader.stop();
  const { lastSeq } = await cluster.events.info();
  await cluster.events.purgeBelow(lastSeq + 1);
  const next = await cluster.start();
  expect(await cluster.ledgerTypes()).toContain("events-unverifiable");
  expect(cluster.alarms).toEqual([]);
  await next.stop();
});

test("EVENTS recreated under a running leader: it compares the position, and leads on", async () => {
  const { cluster, leader } = await trading();
  cluster.events.recreate();
  await cluster.pass(2_000);
  expect(await cluster.ledgerTypes()).toContain("events-lost");
  expect(leader.projector.leading).toBe(true);
  await leader.stop();
});

test("P8 each term begins with a write that names a later boot than any before", async () => {
  const { cluster, leader } = await trading();
  await leader.stop();
  const second = await cluster.start();
  await second.stop();
  const boots = (await cluster.ledger.read(1, 1_000)).map(
    ({ data }) => (JSON.parse(new TextDecoder().decode(data)) as { boot: string }).boot,
  );
  expect([...boots].sort()).toEqual(boots);
  expect(new Set(boots).size).toBe(2);
});

test("P9 a new leader grants nothing before the open sessions have restated, or the wait is over", async () => {
  const { cluster, leader, a, b } = await trading();
  await leader.stop();
  const next = await cluster.start();
  cluster.report("b.1", { token: TOKEN, epoch: b, seq: 2, wanted: { [PLATE]: 70 }, received: { [PLATE]: 0 } });
  await cluster.pass(200);
  expect(stock(next.projector.state)).toBe(40);
  const heard = next.projector.state.boot as never;
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, full: true, heard, exported: { [PLATE]: 100 } });
  cluster.report("b.1", {
    token: TOKEN,
    epoch: b,
    seq: 3,
    full: true,
    heard,
    wanted: { [PLATE]: 70 },
    received: { [PLATE]: 0 },
  });
  await cluster.pass(200);
  expect(stock(next.projector.state)).toBe(30);
  await next.stop();
});

test("a silent session lapses: its wants are nobody's, and its token is void", async () => {
  const { cluster, leader, a } = await trading();
  for (let ms = 0; ms < LAPSE_MS + 3_000; ms += 3_000) {
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2 });
    await cluster.pass(3_000);
  }
  expect(await cluster.ledgerTypes()).toContain("session-lapsed");
  expect(leader.projector.state.worlds.get("b.1" as never)).toMatchObject({ open: false });
  expect(leader.projector.state.worlds.get("a.1" as never)).toMatchObject({ open: true });
  await leader.stop();
});

test("a leader whose clock is minutes ahead of the broker's ends no session that speaks", async () => {
  const cluster = new Cluster();
  const ahead = { now: () => cluster.clock.now() + 600_000, after: cluster.clock.after.bind(cluster.clock) };
  const leader = await cluster.start({ ...cluster.ports(), clock: ahead });
  const epoch = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch });
  for (let ms = 0; ms < 2 * LAPSE_MS; ms += 10_000) {
    cluster.report("a.1", { token: TOKEN, epoch });
    await cluster.pass(10_000);
  }
  expect(await cluster.ledgerTypes()).not.toContain("session-lapsed");
  await cluster.pass(LAPSE_MS + 3_000);
  expect(await cluster.ledgerTypes()).toContain("session-lapsed");
  await leader.stop();
});

test("◇ an assignment's epoch is of the broker's time: a leader whose clock is behind does not fall below a forgotten one", async () => {
  const cluster = new Cluster();
  const behind = { now: () => cluster.clock.now() - 600_000, after: cluster.clock.after.bind(cluster.clock) };
  const leader = await cluster.start({ ...cluster.ports(), clock: behind });
  const before = cluster.clock.now();
  expect(await cluster.instance("a")).toBeGreaterThanOrEqual(before);
  await leader.stop();
});

test("◇ an operator's assignment outlasts a forgotten one: said again to a ledger that lost it, it is above that", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start(cluster.ports());
  const first = await cluster.instance("a");
  const assign = async () => {
    const { ok } = await cluster.command("instance", "assign", { instance: "a", slave: "s1" });
    return (ok as { epoch: number }).epoch;
  };
  // The ledger names s1 already. Whether that is what the operator means, only an open session there can say: "a" may
  // have been elsewhere in a tail that was lost, and the signed assignment of that time is still about.
  await cluster.pass(1_000);
  const again = await assign();
  expect(again).toBeGreaterThan(first);
  expect(leader.projector.state?.instances.get("a" as never)).toMatchObject({ slave: "s1", epoch: again });
  cluster.sync("a.1", { prev: "", epoch: again });
  await cluster.pass(1_000);
  expect(await assign()).toBe(again);
  expect(leader.projector.state?.worlds.get("a.1" as never)?.open).toBe(true);
  await leader.stop();
});

test("credits that are held back cost the leader no more than a look each round", async () => {
  const cluster = new Cluster();
  let timers = 0;
  const counting = {
    now: () => cluster.clock.now(),
    after: (ms: number, task: () => void) => {
      // A leader that turns without time passing would never give the test its turn back.
      if (++timers > 10_000) throw new Error("the leader spins");
      return cluster.clock.after(ms, task);
    },
  };
  const leader = await cluster.start({ ...cluster.ports(), clock: counting });
  const epoch = await cluster.instance("a");
  await cluster.command("policy", "set", { policies: { creditPerSecond: 1 } });
  cluster.sync("a.1", { prev: "", epoch, exported: { [PLATE]: 1_000 } });
  await cluster.pass(1_000);
  timers = 0;
  await cluster.pass(10_000);
  expect(timers).toBeLessThan(1_000);
  expect(stock(leader.projector.state)).toBeLessThan(100);
  await leader.stop();
});

test("malformed facts are counted and rejected with a reason; the rest goes on undisturbed", async () => {
  const { cluster, leader, a } = await trading();
  const rejected: string[] = [];
  cluster.bus.subscribe("clusterio.v1.rejected.>", ({ data }) => rejected.push(new TextDecoder().decode(data)));
  const bad = [
    "not json",
    "{}",
    JSON.stringify({
      specversion: "1.0",
      id: "x-1",
      type: "world-reported",
      v: 1,
      time: "2026-01-01T00:00:00.000Z",
      source: "s2/a",
      data: {},
    }),
  ];
  for (const text of bad) cluster.bus.publish("clusterio.v1.event.s1.a.world-reported", new TextEncoder().encode(text));
  cluster.bus.publish("clusterio.v1.event.s1.a.world-danced", new TextEncoder().encode("{}"));
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 101 } });
  await cluster.pass(200);
  expect(leader.projector.view()?.facts.rejected).toBe(4);
  expect(rejected.join()).toContain("source differs");
  expect(stock(leader.projector.state)).toBe(41);
  await leader.stop();
});

test("a full ledger stops grants and loses nothing; it goes on when there is room", async () => {
  const { cluster, leader, a } = await trading();
  cluster.ledger.failNext("full", "full");
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 101 } });
  await cluster.pass(500);
  expect(cluster.alarms.join()).toContain("full");
  await cluster.pass(3_000);
  expect(stock(leader.projector.state)).toBe(41);
  await leader.stop();
});

test("a leader that waited for room in a full ledger does not take that for the bridges' silence", async () => {
  const { cluster, leader, a } = await trading();
  // A short wait, in which it becomes time to look for silent sessions, then a long one before that look.
  const full = Array.from({ length: LAPSE_MS / 1_000 + 10 }, () => "full" as const);
  cluster.ledger.failNext("full", "stored-unacknowledged", ...full);
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 101 } });
  await cluster.pass(500);
  for (let ms = 0; ms < LAPSE_MS + 15_000; ms += 5_000) {
    cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { [PLATE]: 102 } });
    await cluster.pass(5_000);
  }
  expect(stock(leader.projector.state)).toBe(42);
  expect(leader.projector.state.worlds.get("a.1" as never)).toMatchObject({ open: true });
  await leader.stop();
});

test("commands are decided from the ledger's state, answered once written, and say what is wrong", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  expect(await cluster.command("instance", "create", { name: "North Base" })).toEqual({
    ok: { instance: "north-base" },
  });
  expect(await cluster.command("instance", "create", { name: "North Base" })).toMatchObject({
    error: { code: "refused" },
  });
  expect(await cluster.command("instance", "assign", { instance: "nowhere", slave: "s1" })).toMatchObject({
    error: { code: "bad-input" },
  });
  // The broker lets some ask about some instances only: the subject names the one, and the body is no way around it.
  const about = (instance: string, on: string) => cluster.command("instance", "assign", { instance, slave: "s1" }, on);
  expect(await about("north-base", "other")).toMatchObject({ error: { code: "refused" } });
  expect(await cluster.command("policy", "set", { policies: {} }, "north-base")).toMatchObject({
    error: { code: "refused", message: expect.stringContaining("no instance") },
  });
  expect(await cluster.command("world", "new", {}, "north-base")).toMatchObject({ error: { code: "refused" } });
  expect(await cluster.command("world", "retire", { world: "other.1" }, "north-base")).toMatchObject({
    error: { code: "refused" },
  });
  expect(await about("north-base", "north-base")).toMatchObject({ ok: { epoch: expect.any(Number) } });
  expect(await cluster.command("instance", "explode", {})).toMatchObject({ error: { code: "bad-input" } });
  expect(
    await cluster.command("storage", "adjust", { resource: "item:iron-plate", amount: 5, reason: "test" }),
  ).toEqual({ ok: {} });
  expect(stock(leader.projector.state)).toBe(5);
  expect(await cluster.command("storage", "adjust", { resource: "iron", amount: 5, reason: "test" })).toMatchObject({
    error: { code: "bad-input", message: expect.stringContaining("resource") },
  });
  await leader.stop();
});

test("nobody answers while there is no leader: known at once", async () => {
  const cluster = new Cluster();
  expect(await cluster.command("instance", "create", { name: "x" })).toEqual({ result: "nobody" });
});

test("a delivery's age is that of the fact that somebody waited for, not of a quiet one before it", async () => {
  const { cluster, leader, a, b } = await trading();
  const want = (seq: number, wanted: number) =>
    cluster.report("b.1", { token: TOKEN, epoch: b, seq, wanted: { [PLATE]: wanted }, received: { [PLATE]: 0 } });
  want(2, 65);
  await cluster.pass(60);
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, exported: { "item:coal": 5 } });
  await cluster.pass(100);
  const asked = cluster.clock.now();
  want(3, 70);
  await cluster.pass(60);
  const granted = cluster.deliveries.filter(
    ({ instance, delivery }) => instance === "b" && delivery.folded !== undefined,
  );
  expect(granted.at(-1)?.delivery.folded).toBe(asked);
  await leader.stop();
});

test("a broker that stores nothing is waited for, and somebody is told", async () => {
  const cluster = new Cluster();
  await cluster.start();
  await cluster.instance("a");
  cluster.ledger.failNext(...Array.from({ length: 100 }, () => "dropped-unacknowledged" as const));
  const asked = cluster.command("instance", "create", { name: "b" });
  await cluster.pass(21_000);
  const taken = cluster.alarms.filter((alarm) => alarm.includes("LEDGER has taken no message for 10 s"));
  expect(taken.length).toBeGreaterThan(0);
  expect((await asked).result).toBe("timeout");
  await cluster.pass(5_000);
  await cluster.instance("c");
  expect(cluster.alarms.filter((alarm) => alarm.includes("LEDGER has taken no message"))).toEqual(taken);
});

test("EVENTS that is cut and grows again between the look at its position and the first fact is noticed", async () => {
  const { cluster, leader, a } = await trading();
  await leader.stop();
  const { events } = cluster;
  const ports = cluster.ports();
  let cut = false;
  const regrown: typeof ports.events = Object.create(events, {
    follow: {
      value: (...args: Parameters<typeof events.follow>) => {
        if (!cut) {
          cut = true;
          events.truncate(1);
          for (let n = 0; n < 5; n++) cluster.report("a.1", { token: TOKEN, epoch: a, seq: 9 + n });
        }
        return events.follow(...args);
      },
    },
  });
  for (const name of ["get", "last", "read", "info", "append", "purgeBelow"] as const)
    Object.assign(regrown, { [name]: (events[name] as () => unknown).bind(events) });
  const next = await cluster.start({ ...ports, events: regrown });
  await cluster.pass(2_000);
  expect(cut).toBe(true);
  expect(await cluster.ledgerTypes()).toContain("events-lost");
  await next.stop();
});

test("a leader leads on although all of EVENTS has aged out", async () => {
  const { cluster, leader } = await trading();
  await leader.stop();
  const { lastSeq } = await cluster.events.info();
  await cluster.events.purgeBelow(lastSeq + 1);
  const next = await cluster.start();
  await cluster.pass(1_000);
  const terms = await cluster.ledgerTypes();
  expect(terms.filter((type) => type === "events-unverifiable")).toHaveLength(1);
  expect(next.projector.leading).toBe(true);
  await next.stop();
});

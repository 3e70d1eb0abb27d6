import type { WorldSynced } from "#core/events/facts";
import { type SlaveId, slaveId } from "#core/ids";
import { every } from "#core/ports/clock";
import type { Log, StoredMessage } from "#core/ports/log";
import { subjects } from "#core/subjects";
import { FORGOTTEN_MS, RESTATED_MS_MAX } from "#projector/granting";
import { Cluster, PLATE, stock, TOKEN } from "#projector/test/kit";

/** P17: a ledger that was lost is made again from facts of the past, which take a while to read. */
const APART_MS = 4_000;
const S2 = slaveId("s2");

/** EVENTS over a slow line: a message comes so long after the one before it. */
const slowly = (cluster: Cluster, apartMs = APART_MS): Log => {
  const { events, clock } = cluster;
  const follow: Log["follow"] = (from, onMessage, onReset) => {
    const coming: StoredMessage[] = [];
    const following = events.follow(from, (message) => void coming.push(message), onReset);
    const cancel = every(clock, apartMs, () => {
      const next = coming.shift();
      if (next !== undefined) onMessage(next);
    });
    const stop = async () => {
      cancel();
      await following.stop();
    };
    return { stop };
  };
  const slow = { follow } as Partial<Log>;
  return new Proxy(events, {
    get: (log, name: keyof Log) => slow[name] ?? (log[name] as () => unknown).bind(log),
  });
};

const signed = (slave: string, epoch: number) => JSON.stringify({ instance: "a", slave, epoch });

const synced = (cluster: Cluster, data: Partial<WorldSynced> & { epoch: number }, slave: SlaveId): void => {
  const vectors = { exported: {}, received: {}, wanted: {}, untakeable: [] };
  const session = { world: "a.1", token: TOKEN, prev: "", owner: "00000000m-mmmm", heard: "", seed: 7, tick: 0 };
  const assignment = signed(slave, data.epoch);
  const body = { ...vectors, ...session, assignment, ...data } as WorldSynced;
  cluster.publish("a", { type: "world-synced", data: body }, slave);
};

/** Instance a was on s1, with a session, and moved to s2, where it has another; then LEDGER was lost. */
const moved = async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const first = await cluster.instance("a");
  synced(cluster, { epoch: first }, slaveId("s1"));
  await cluster.pass(100);
  const { ok } = (await cluster.command("instance", "assign", { instance: "a", slave: S2 })) as {
    ok: { epoch: number };
  };
  const prev = leader.projector.state.worlds.get("a.1" as never)!.token;
  synced(cluster, { epoch: ok.epoch, prev, token: "aaaaaaaaaaaa2" }, S2);
  await cluster.pass(100);
  await leader.stop();
  cluster.ledger.recreate();
  cluster.deliveries.length = 0;
  return { cluster, first, second: ok.epoch };
};

/** Asks with patience; undefined as long as there is no answer. */
const asking = (cluster: Cluster, subject: string, value: object): { answer?: unknown } => {
  const asked: { answer?: unknown } = {};
  const data = new TextEncoder().encode(JSON.stringify(value));
  void cluster.bus.request(subject, data, 60_000).then((result) => {
    asked.answer = result.kind === "answer" ? JSON.parse(new TextDecoder().decode(result.data)) : result.kind;
  });
  return asked;
};

test("P17 who asks where an instance is, while old facts are folded, is told where it is now", async () => {
  const { cluster, first, second } = await moved();
  const next = await cluster.start({ ...cluster.ports(), events: slowly(cluster) });
  // The facts behind the lost ledger: a sync of s1, then one of s2.
  await cluster.pass(APART_MS + 100);
  expect(next.projector.state.instances.get("a" as never)).toMatchObject({ slave: "s1", epoch: first });
  const request = { instance: "a", epoch: second, assignment: signed("s2", second) };
  const link = asking(cluster, subjects.query(S2, "link"), request);
  await cluster.pass(APART_MS - 1_000);
  expect(link.answer).toBeUndefined();
  // A server on s1 would be told that it has a session, one on s2 nothing.
  expect(cluster.deliveries).toEqual([]);
  await cluster.pass(2_000);
  // The session on s1 has ended, and that one began behind it is not known: it begins anew with this token.
  const token = next.projector.state.worlds.get("a.1" as never)!.token;
  expect(token).toMatch(/^~/);
  expect(link.answer).toMatchObject({ ok: { epoch: second, worlds: { "a.1": { token } } } });
  expect(cluster.deliveries.length).toBeGreaterThan(0);
  for (const { delivery } of cluster.deliveries) expect(delivery.epoch).toBe(second);
  await next.stop();
});

test("P17 ◇ an operator's assignment, while old facts are folded, is above all that they name", async () => {
  const { cluster, first, second } = await moved();
  const next = await cluster.start({ ...cluster.ports(), events: slowly(cluster) });
  await cluster.pass(APART_MS + 100);
  expect(next.projector.state.instances.get("a" as never)).toMatchObject({ slave: "s1", epoch: first });
  // By the facts of the past it is there, with an open session: nothing would be written.
  const assigned = asking(cluster, subjects.masterCommand("op" as never, "instance", "assign"), {
    instance: "a",
    slave: "s1",
  });
  await cluster.pass(3 * APART_MS);
  const { ok } = assigned.answer as { ok: { epoch: number } };
  expect(ok.epoch).toBeGreaterThan(second);
  expect(next.projector.state.instances.get("a" as never)).toMatchObject({ slave: "s1", epoch: ok.epoch });
  await next.stop();
});

test("P17 what a world has long had is not granted again while the facts that say so are still to come", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const epoch = await cluster.instance("a");
  synced(cluster, { epoch }, slaveId("s1"));
  await cluster.pass(100);
  await leader.stop();
  cluster.ledger.recreate();
  const report = (seq: number, exported: number, received: number, wanted: number) => {
    const vectors = { exported: { [PLATE]: exported }, received: { [PLATE]: received }, wanted: { [PLATE]: wanted } };
    cluster.report("a.1", { token: TOKEN, epoch, seq, tick: seq, ...vectors });
  };
  report(1, 100, 0, 60);
  for (let seq = 2; seq < 8; seq++) report(seq, 100, 0, 60);
  report(8, 100, 60, 0);
  await cluster.pass(10);
  const next = await cluster.start({ ...cluster.ports(), events: slowly(cluster) });
  await cluster.pass(8 * APART_MS);
  expect(8 * APART_MS).toBeGreaterThan(FORGOTTEN_MS + RESTATED_MS_MAX);
  expect(next.projector.state.worlds.get("a.1" as never)?.accounts.get(PLATE)).toMatchObject({ target: 60 });
  expect(next.projector.view()?.granting).toBe(false);
  expect(stock(next.projector.state)).toBe(100);
  // It begins to wait for the worlds when it can be heard by them.
  await cluster.pass(APART_MS);
  expect(stock(next.projector.state)).toBe(40);
  expect(next.projector.view()?.granting).toBe(false);
  await cluster.pass(FORGOTTEN_MS + 1_000);
  expect(next.projector.view()?.granting).toBe(true);
  await next.stop();
});

test("P17 facts of the past end no session, and say nothing of the broker's time", async () => {
  const { cluster, second } = await moved();
  await cluster.pass(3_600_000);
  const began = cluster.clock.now();
  const next = await cluster.start({ ...cluster.ports(), events: slowly(cluster, 30_000) });
  await cluster.pass(58_000);
  expect(await cluster.ledgerTypes()).not.toContain("session-lapsed");
  await cluster.pass(4_000);
  expect(next.projector.state.instances.get("a" as never)).toMatchObject({ slave: "s2", epoch: second });
  const { ok } = (await cluster.command("instance", "assign", { instance: "a", slave: "s3" })) as {
    ok: { epoch: number };
  };
  expect(ok.epoch).toBeGreaterThanOrEqual(began);
  await next.stop();
});

test("P17 facts that age out while a term begins are not waited for", async () => {
  const { cluster } = await moved();
  const { lastSeq } = await cluster.events.info();
  const next = await cluster.start({ ...cluster.ports(), events: slowly(cluster, 3_600_000) });
  const asked = asking(cluster, subjects.query("op" as never, "cluster"), {});
  await cluster.pass(2_000);
  expect(asked.answer).toBeUndefined();
  await cluster.events.purgeBelow(lastSeq + 1);
  await cluster.pass(2_000);
  expect(asked.answer).toMatchObject({ ok: { granting: false } });
  await next.stop();
});

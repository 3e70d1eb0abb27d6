import { encodeJson } from "#core/events/codec";
import { RESTATE_MS } from "#core/events/delivery";
import { subjects } from "#core/subjects";
import { FORGOTTEN_MS, RESTATED_MS_MAX } from "#projector/granting";
import { SILENCE_MS } from "#projector/projector";
import { Cluster, PLATE, rewritten, stock } from "#projector/test/kit";

/** How a term begins, what it says, and what ends it. */
const TOKEN = "aaaaaaaaaaaa1";
const bootOf = (data: Uint8Array): string => (JSON.parse(new TextDecoder().decode(data)) as { boot: string }).boot;

/** A leader that tells its roles, on a bus of its own, with an open world a.1. */
const led = async (options: { ledgerBytesMax?: number } = {}) => {
  const cluster = new Cluster(options);
  const roles: string[] = [];
  const bus = cluster.broker.connect();
  const leader = await cluster.start({ ...cluster.ports(), bus, onRole: (role) => void roles.push(role) });
  const epoch = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch, exported: { [PLATE]: 10 } });
  await cluster.pass(RESTATED_MS_MAX + 100);
  return { cluster, leader, bus, roles, epoch };
};

test("P8 the ledger names a leader's boot before that leader says anything", async () => {
  const { cluster, leader } = await led();
  await leader.stop();
  const said: [string, string][] = [];
  const noting = async ({ data }: { data: Uint8Array }) => {
    const { lastSeq } = await cluster.ledger.info();
    const [last] = await cluster.ledger.read(lastSeq, 1);
    said.push([bootOf(data), bootOf(last!.data)]);
  };
  cluster.bus.subscribe(subjects.stateLeader(), (message) => void noting(message));
  cluster.bus.subscribe(subjects.all.deliveries, (message) => void noting(message));
  const { lastSeq } = await cluster.ledger.info();
  const second = await cluster.start();
  expect(said.length).toBeGreaterThan(1);
  for (const [speaking, written] of said) expect(written).toBe(speaking);
  // With nothing new to write, it is an empty round.
  expect((await cluster.ledger.info()).lastSeq).toBe(lastSeq + 1);
  await second.stop();
});

test("P10 a standby keeps still while it hears beats, and leads after the silence of a leader that is cut off", async () => {
  const { cluster, leader, bus, epoch } = await led();
  const standby = await cluster.start();
  await cluster.pass(3 * SILENCE_MS);
  expect(standby.projector.leading).toBe(false);
  bus.setConnected(false);
  await cluster.pass(SILENCE_MS - 1_000);
  expect(standby.projector.leading).toBe(false);
  await cluster.pass(1_000);
  expect(standby.projector.leading).toBe(true);
  cluster.report("a.1", { token: TOKEN, epoch, seq: 2, exported: { [PLATE]: 15 } });
  await cluster.pass(1_000);
  expect(leader.projector.leading).toBe(false);
  expect(stock(standby.projector.state)).toBe(15);
  expect((await cluster.chain()).every(({ valid }) => valid)).toBe(true);
  bus.setConnected(true);
  await standby.stop();
  await leader.stop();
});

test("a leader that hears a later boot's beat stops at once, and stands by for the time of a silence", async () => {
  const { cluster, leader, roles } = await led();
  const beat = (boot: string) => cluster.bus.publish(subjects.stateLeader(), encodeJson({ boot, at: 0 }));
  beat("000000001-aaaa");
  await cluster.pass(10);
  expect(roles).toEqual(["standby", "leader"]);
  beat("zzzzzzzzz-zzzz");
  await cluster.pass(10);
  expect(roles).toEqual(["standby", "leader", "standby"]);
  const { lastSeq } = await cluster.ledger.info();
  await cluster.pass(SILENCE_MS - 100);
  expect((await cluster.ledger.info()).lastSeq).toBe(lastSeq);
  await cluster.pass(1_000);
  expect(leader.projector.leading).toBe(true);
  await leader.stop();
});

test("after a reconnect a leader looks first whether the ledger is the one it knew: it writes nothing void", async () => {
  const { cluster, leader, bus, roles, epoch } = await led();
  bus.setConnected(false);
  const { lastSeq } = await cluster.ledger.info();
  const [last] = await cluster.ledger.read(lastSeq, 1);
  cluster.ledger.truncate(lastSeq - 1);
  cluster.ledger.store(last!.subject, rewritten(last!.data, { boot: "zzzzzzzz0-bbbb", closedAt: 5 }));
  bus.setConnected(true);
  cluster.report("a.1", { token: TOKEN, epoch, seq: 2, exported: { [PLATE]: 15 } });
  await cluster.pass(100);
  expect(roles).toEqual(["standby", "leader", "standby", "leader"]);
  await cluster.pass(2_000);
  expect((await cluster.chain()).every(({ valid }) => valid)).toBe(true);
  expect(stock(leader.projector.state)).toBe(15);
  await leader.stop();
});

test("◆ echo: the token that the ledger holds is restated in each period, whether or not anything happens", async () => {
  const { cluster, leader, epoch } = await led();
  cluster.deliveries.length = 0;
  await cluster.pass(5 * RESTATE_MS);
  expect(cluster.deliveries.length).toBeGreaterThanOrEqual(5);
  for (const { instance, delivery } of cluster.deliveries) {
    expect(instance).toBe("a");
    expect(delivery).toMatchObject({ epoch, worlds: { "a.1": { token: TOKEN } } });
  }
  await leader.stop();
});

test("a ledger that is 95 % full takes what worlds state and grants nothing", async () => {
  const bytesMax = 100_000;
  const { cluster, leader, epoch } = await led({ ledgerBytesMax: bytesMax });
  cluster.report("a.1", { token: TOKEN, epoch, seq: 2, wanted: { [PLATE]: 3 }, received: { [PLATE]: 0 } });
  await cluster.pass(1_000);
  expect(stock(leader.projector.state)).toBe(7);
  while ((await cluster.ledger.info()).bytes < bytesMax * 0.951)
    await cluster.command("storage", "adjust", { resource: "energy", amount: 1, reason: "x".repeat(500) });
  await cluster.pass(2_000);
  expect(leader.projector.view()?.granting).toBe(false);
  const vectors = { exported: { [PLATE]: 11 }, wanted: { [PLATE]: 5 }, received: { [PLATE]: 0 } };
  cluster.report("a.1", { token: TOKEN, epoch, seq: 3, ...vectors });
  await cluster.pass(1_000);
  expect(stock(leader.projector.state)).toBe(8);
  expect(cluster.alarms.join()).toContain("% of its limit");
  await leader.stop();
});

test("◇ P9 a ledger that forgot everything grants nothing to the first that speaks: others hold what it exported", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const epoch = cluster.clock.now();
  const state = () => leader.projector.state!;
  const speaks = (instance: string, vectors: object) => {
    const assignment = JSON.stringify({ instance, slave: "s1", epoch });
    cluster.sync(`${instance}.1`, { prev: "", epoch, assignment, heard: state().boot, ...vectors });
  };
  await cluster.pass(2 * RESTATED_MS_MAX);
  speaks("a", { exported: { [PLATE]: 100 }, wanted: { [PLATE]: 60 } });
  // Longer than it takes to tell that the ledger has its memory back, and than three echoes of another token.
  await cluster.pass(FORGOTTEN_MS - 1_500);
  speaks("b", { received: { [PLATE]: 90 } });
  await cluster.pass(3_000);
  const allocated = state()
    .worlds.get("a.1" as never)
    ?.accounts.get(PLATE as never)?.allocated;
  expect(allocated).toBe(10);
  expect(state().stocks.get(PLATE as never)).toMatchObject({ storage: 0, shortfall: 0 });
  await leader.stop();
});

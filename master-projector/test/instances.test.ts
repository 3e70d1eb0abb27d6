import { type InstanceConfig, revisionOf } from "#core/instance-config";
import { Cluster, COPPER, expectAudited, PLATE, stock, TOKEN, told, traded } from "#projector/test/kit";

/** What operators say about instances: what they are to be, what they are called, and their end. */
const led = async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const configure = async (instance: string, config: object) => {
    const { ok, error } = await cluster.command("instance", "configure", { instance, config });
    return (ok ?? error) as { config: InstanceConfig; changed: boolean } & { code: string; message: string };
  };
  return { cluster, leader, configure };
};

test("what is configured is the ledger's, its revision stands in deliveries, and said twice it is written once", async () => {
  const { cluster, leader, configure } = await led();
  await cluster.instance("a");
  const before = cluster.delivery("a").config;
  const { config } = await configure("a", { ports: { game: 34_197 }, settings: { max_players: 3 } });
  expect(config).toMatchObject({ name: "a", ports: { game: 34_197 }, settings: { max_players: 3 } });
  expect(await configure("a", { ports: { game: 34_197 } })).toMatchObject({ changed: false });
  expect(await told(cluster, "instance-configured")).toHaveLength(1);
  expect(cluster.delivery("a").config).toBe(revisionOf(config));
  expect(cluster.delivery("a").config).not.toBe(before);
  expect(await configure("a", { port: 5 })).toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/"port"/),
  });
  expect(await configure("x", {})).toMatchObject({ code: "bad-input", message: 'there is no instance "x"' });
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("an instance is made with what it is to be, or not at all", async () => {
  const { cluster, leader } = await led();
  const create = (value: object) => cluster.command("instance", "create", value);
  expect(await create({ name: "A", config: { ports: { gaem: 1 } } })).toMatchObject({ error: { code: "bad-input" } });
  expect(await create({ name: " A" })).toMatchObject({ error: { code: "bad-input" } });
  expect(await told(cluster, "instance-created")).toEqual([]);
  expect(await create({ name: "A", config: { game: "2.0", seed: 9 } })).toEqual({ ok: { instance: "a" } });
  const { ok } = await cluster.query("instances");
  expect(ok).toMatchObject({ instances: [{ config: { name: "A", seed: 9, game: "2.0", autosaveSeconds: 0 } }] });
  await leader.stop();
});

test("a fixed port stands once on a slave: at configure and at assign", async () => {
  const { cluster, leader, configure } = await led();
  for (const name of ["a", "b"]) await cluster.instance(name);
  await configure("a", { ports: { game: 34_197, rcon: 27_015 } });
  expect(await configure("b", { ports: { game: 34_197 } })).toMatchObject({
    ...{ code: "refused", message: expect.stringContaining("ports.game 34197 is that of a on s1") },
  });
  // The other protocol's number, or another machine's, is no conflict.
  expect(await configure("b", { ports: { game: 27_015 } })).toMatchObject({ changed: true });
  await cluster.command("instance", "create", { name: "c", config: { ports: { rcon: 27_015 } } });
  const assign = (slave: string) => cluster.command("instance", "assign", { instance: "c", slave });
  expect(await assign("s1")).toMatchObject({ error: { code: "refused", message: expect.stringContaining("27015") } });
  expect(await assign("s2")).toMatchObject({ ok: {} });
  await leader.stop();
});

test("a name changes and the id stays; nobody has another's name", async () => {
  const { cluster, leader } = await led();
  for (const name of ["a", "b"]) await cluster.instance(name);
  const rename = (instance: string, name: string) => cluster.command("instance", "rename", { instance, name });
  expect(await rename("a", "b")).toMatchObject({ error: { code: "refused" } });
  expect(await rename("a", "Far North")).toEqual({ ok: { name: "Far North" } });
  expect(await rename("a", "Far North")).toEqual({ ok: { name: "Far North" } });
  expect(await told(cluster, "instance-renamed")).toMatchObject([{ instance: "a", name: "Far North", user: "op" }]);
  expect(leader.projector.state.instances.get("a" as never)?.config?.name).toBe("Far North");
  await expectAudited(cluster, leader);
  await leader.stop();
});

test("deleting: not while it runs, not over what is in flight without a word, once, and its id is never given again", async () => {
  const { cluster, leader, b } = await traded();
  const remove = (force?: true) =>
    cluster.command("instance", "delete", { instance: "b", ...(force === undefined ? {} : { force }) });
  expect(await remove(true)).toMatchObject({ error: { code: "refused", message: expect.stringContaining("runs") } });
  // It wants more, gets it, and leaves before it came.
  cluster.report("b.1", { token: TOKEN, epoch: b, seq: 3, wanted: { [PLATE]: 5 }, received: { [PLATE]: 30 } });
  await cluster.pass(1_000);
  const left = { world: "b.1" as never, token: TOKEN, epoch: b, tick: 5, exported: {}, received: {} };
  cluster.publish("b", { type: "world-left", data: left });
  await cluster.pass(1_000);
  expect(stock(leader.projector.state)).toBe(95);
  expect(await remove()).toMatchObject({
    error: { code: "refused", message: expect.stringContaining(`in flight are 5 ${PLATE} to b.1`) },
  });
  expect(await remove(true)).toEqual({ ok: { deleted: true } });
  expect(await remove(true)).toEqual({ ok: { deleted: false } });
  expect(stock(leader.projector.state)).toBe(100);
  expect(stock(leader.projector.state, COPPER)).toBe(0);
  const [{ epoch } = { epoch: 0 }] = await told(cluster, "instance-deleted");
  expect(epoch).toBeGreaterThan(b);
  for (const [verb, value] of [
    ["assign", { slave: "s1" }],
    ["configure", { config: {} }],
    ["rename", { name: "c" }],
  ] as const)
    expect(await cluster.command("instance", verb, { instance: "b", ...value })).toMatchObject({
      error: { code: "bad-input", message: 'the instance "b" was deleted' },
    });
  expect(await cluster.command("instance", "create", { name: "b" })).toEqual({ ok: { instance: "b-2" } });
  const ids = async (value: object) =>
    ((await cluster.query("instances", value)).ok as { instances: { instance: string }[] }).instances.map(
      (i) => i.instance,
    );
  expect([await ids({}), await ids({ deleted: true })]).toEqual([["a", "b-2"], ["b"]]);
  await expectAudited(cluster, leader);
  await leader.stop();
});

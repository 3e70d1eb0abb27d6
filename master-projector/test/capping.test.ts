import { parseWorldId } from "#core/ids";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Cluster, COPPER, expectAudited, PLATE, type Running, stock, TOKEN } from "#projector/test/kit";

/** A cap: whoever exported a resource that storage is full of is told to stop, and to go on; nothing is refused (CP1, CP2). */
const started = async (caps: object) => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const [a, b] = [await cluster.instance("a"), await cluster.instance("b")];
  cluster.sync("a.1", { prev: "", epoch: a });
  cluster.sync("b.1", { prev: "", epoch: b });
  await cluster.pass(RESTATED_MS_MAX + 100);
  for (const [resources, rule] of Object.entries(caps))
    expect(await cluster.command("storage", "policy", { resources, rule })).toMatchObject({ ok: {} });
  let seq = 1;
  /** States totals of a or b. */
  const report = async (of: "a" | "b", totals: object) => {
    cluster.report(`${of}.1`, { token: TOKEN, epoch: of === "a" ? a : b, seq: ++seq, ...totals });
    await cluster.pass(600);
  };
  return { cluster, leader, a, b, report };
};
const capped = (cluster: Cluster, instance: string) => cluster.delivery(instance).capped;
const end = async (cluster: Cluster, leader: Running) => {
  await expectAudited(cluster, leader);
  await leader.stop();
};

test("who exported it is told to stop at the cap and to go on at nine tenths; what was on its way is credited", async () => {
  const { cluster, leader, report } = await started({ "item:*": { cap: 100 } });
  expect(capped(cluster, "a")).toEqual([]);
  await report("a", { exported: { [PLATE]: 99 } });
  expect(capped(cluster, "a")).toEqual([]);
  await report("a", { exported: { [PLATE]: 130, [COPPER]: 5 } });
  expect(stock(leader.projector.state)).toBe(130);
  expect(capped(cluster, "a")).toEqual([PLATE]);
  // It never gave any: nothing is said.
  expect(capped(cluster, "b")).toEqual([]);
  await report("b", { wanted: { [PLATE]: 39 }, received: { [PLATE]: 0 } });
  expect(stock(leader.projector.state)).toBe(91);
  expect(capped(cluster, "a")).toEqual([PLATE]);
  await report("b", { wanted: { [PLATE]: 1 }, received: { [PLATE]: 39 } });
  expect(stock(leader.projector.state)).toBe(90);
  expect(capped(cluster, "a")).toEqual([]);
  await end(cluster, leader);
});

test("it is told at once, not only when everything is restated", async () => {
  const { cluster, leader, report } = await started({ [PLATE]: { cap: 10 } });
  const before = cluster.deliveries.length;
  await report("a", { exported: { [PLATE]: 10 } });
  const told = cluster.deliveries.slice(before).find(({ delivery }) => delivery.capped?.includes(PLATE));
  expect(told?.delivery.round).toBe(
    cluster.deliveries.slice(before).find(({ instance }) => instance === "a")?.delivery.round,
  );
  await leader.stop();
});

test("a rule for one key names it to everybody, also before anybody has any; taken away, nobody hears of it", async () => {
  const { cluster, leader } = await started({ "fluid:steam:165": { cap: 0 }, "item:*": { cap: 0 } });
  await cluster.pass(2_100);
  expect([capped(cluster, "a"), capped(cluster, "b")]).toEqual([["fluid:steam:165"], ["fluid:steam:165"]]);
  expect(await cluster.command("storage", "policy", { resources: "fluid:steam:165" })).toMatchObject({
    ok: { caps: { "item:*": { cap: 0 } } },
  });
  await cluster.pass(100);
  expect(capped(cluster, "a")).toEqual([]);
  expect(await cluster.command("storage", "policy", { resources: "energy" })).toMatchObject({
    error: { code: "bad-input" },
  });
  await end(cluster, leader);
});

test("a world in debt goes on until that is repaid", async () => {
  const { cluster, leader, a, report } = await started({ "item:*": { cap: 50 } });
  await report("a", { exported: { [PLATE]: 60 } });
  await report("b", { wanted: { [PLATE]: 60 }, received: { [PLATE]: 0 } });
  cluster.sync("a.1", { prev: TOKEN, token: "aaaaaaaaaaaa2", epoch: a, exported: { [PLATE]: 20 } });
  await report("b", { exported: { [PLATE]: 55 }, received: { [PLATE]: 60 } });
  const { state } = leader.projector;
  expect(state.worlds.get(parseWorldId("a.1").id)?.accounts.get(PLATE)?.debt).toBe(40);
  expect([stock(state), capped(cluster, "a"), capped(cluster, "b")]).toEqual([55, [], [PLATE]]);
  await end(cluster, leader);
});

test("CP1 a new leader states it too, from the levels alone", async () => {
  const { cluster, leader, report } = await started({ "item:*": { cap: 100 } });
  await report("a", { exported: { [PLATE]: 100 } });
  await leader.stop();
  cluster.deliveries.splice(0);
  const next = await cluster.start();
  await cluster.pass(3_000);
  expect(cluster.deliveries.length).toBeGreaterThan(0);
  expect(
    cluster.deliveries
      .filter(({ instance }) => instance === "a")
      .every(({ delivery }) => delivery.capped?.[0] === PLATE),
  ).toBe(true);
  await end(cluster, next);
});

test("the views say the rule, that it is capped, and who waits with which share", async () => {
  const { cluster, leader, report } = await started({ "item:*": { cap: 100, resume: 70 } });
  await report("a", { exported: { [PLATE]: 100 } });
  await cluster.command("policy", "set", {
    policies: {
      caps: { "item:*": { cap: 100, resume: 70 } },
      weights: { b: 3 },
      resources: { [PLATE]: { reserve: 100 } },
    },
  });
  await report("a", { wanted: { [PLATE]: 8 }, received: { [PLATE]: 0 } });
  await report("b", { wanted: { [PLATE]: 400 }, received: { [PLATE]: 0 } });
  const cap = { pattern: "item:*", cap: 100, resume: 70 };
  expect(await cluster.query("storage")).toMatchObject({
    ok: { stocks: [{ resource: PLATE, storage: 100, demand: 408, waiting: 2, cap, capped: true }] },
  });
  const { ok } = (await cluster.query("stock", { resource: PLATE })) as { ok: Record<string, unknown> };
  expect(ok).toMatchObject({ rule: "max-min", reserve: 100, cap, capped: true });
  expect(ok.worlds).toMatchObject([
    { world: "a.1", demand: 8, weight: 1, share: 0.25, exported: 100, carry: 0 },
    { world: "b.1", demand: 400, weight: 3, share: 0.75 },
  ]);
  expect(await cluster.query("claims", { world: "b.1", resources: [PLATE, "item:nothing"] })).toEqual({
    ok: {
      standings: [
        { resource: PLATE, onTheWay: 0, storage: 100, demand: 408, worlds: 2, share: 0.75 },
        { resource: "item:nothing", onTheWay: 0, storage: 0, demand: 0, worlds: 0, share: 0 },
      ],
    },
  });
  expect(await cluster.query("claims", { world: "z.1", resources: [PLATE] })).toMatchObject({
    ok: { standings: [{ share: 0, onTheWay: 0 }] },
  });
  expect(await cluster.query("stock", { resource: PLATE, limit: 1 })).toMatchObject({ ok: { next: "a.1" } });
  expect(await cluster.query("stock", { resource: "item:nothing" })).toMatchObject({ ok: { storage: 0, worlds: [] } });
  expect(await cluster.query("policies")).toMatchObject({ ok: { rule: "max-min", weights: { b: 3 } } });
  await leader.stop();
});

test("the same rule again is no fact, and of rules there are so many", async () => {
  const { cluster, leader } = await started({ energy: { cap: 5 } });
  const types = await cluster.ledgerTypes();
  await cluster.command("storage", "policy", { resources: "energy", rule: { cap: 5 } });
  const after = await cluster.ledgerTypes();
  expect(after.filter((type) => type === "policy-set")).toEqual(types.filter((type) => type === "policy-set"));
  const caps = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`item:i${n}`, { cap: n }]));
  await cluster.command("policy", "set", { policies: { caps } });
  expect(await cluster.command("storage", "policy", { resources: "*", rule: { cap: 1 } })).toMatchObject({
    error: { code: "refused" },
  });
  expect(await cluster.command("storage", "policy", { resources: "item:i7", rule: { cap: 1 } })).toHaveProperty("ok");
  await cluster.pass(2_100);
  // item:i0 alone: at most as many as there is room for.
  expect(capped(cluster, "a")).toEqual(["item:i0"]);
  await leader.stop();
});

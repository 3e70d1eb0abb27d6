import { accountOf, newState, stockOf, worldOf } from "#core/fold/state";
import { instanceId, parseWorldId } from "#core/ids";
import { serveHttp } from "#projector/adapters/http";
import { RESTATED_MS_MAX } from "#projector/granting";
import { newMetrics } from "#projector/metrics";
import { Cluster, PLATE } from "#projector/test/kit";

/** What operators scrape, over a real socket. */
const get = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
};

test("debt, held-back credits and shortfall are shown while they are there, summed over the worlds", async () => {
  const state = newState();
  const { registry } = newMetrics({ state: () => state, view: () => undefined });
  const stock = stockOf(state, PLATE);
  const account = (world: string) => accountOf(state, worldOf(state, parseWorldId(world).id, instanceId("a")), PLATE);
  Object.assign(stock, { shortfall: 4 });
  Object.assign(account("a.1"), { debt: 3, held: 1 });
  Object.assign(account("a.2"), { debt: 30, held: 10 });
  const amounts = async () =>
    Object.fromEntries(
      [...(await registry.metrics()).matchAll(/^clusterio_amount\{.*kind="(\w+)"\} (\d+)$/gm)].map(([, kind, n]) => [
        kind,
        n,
      ]),
    );
  expect(await amounts()).toEqual({ storage: "0", shortfall: "4", debt: "33", held: "11" });
  expect(await amounts()).toEqual({ storage: "0", shortfall: "4", debt: "33", held: "11" });
  Object.assign(stock, { shortfall: 0 });
  Object.assign(account("a.1"), { debt: 0, held: 0 });
  Object.assign(account("a.2"), { debt: 0, held: 0 });
  expect(await amounts()).toEqual({ storage: "0" });
});

test("/metrics shows the cluster's amounts and the term's counts, /healthz says whether the broker is there", async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const epoch = await cluster.instance("a");
  cluster.sync("a.1", { prev: "", epoch, exported: { [PLATE]: 70 } });
  await cluster.pass(RESTATED_MS_MAX + 100);
  const { projector } = leader;
  const { registry, alarms } = newMetrics({ state: () => projector.state, view: () => projector.view() });
  alarms.inc();
  let connected = true;
  const health = () => ({ healthy: connected, role: "leader" as const, connected });
  const { server, port } = await serveHttp({ host: "127.0.0.1", port: 0 }, { registry, health });
  try {
    const metrics = await get(port, "/metrics");
    expect(metrics.status).toBe(200);
    for (const line of [
      "clusterio_leader 1",
      "clusterio_worlds_open 1",
      "clusterio_facts_applied 1",
      `clusterio_amount{resource="${PLATE}",kind="storage"} 70`,
      "clusterio_alarms_total 1",
    ]) {
      expect(metrics.text).toContain(`${line}\n`);
    }
    expect(await get(port, "/healthz")).toMatchObject({
      status: 200,
      text: expect.stringContaining('"role":"leader"'),
    });
    connected = false;
    expect((await get(port, "/healthz")).status).toBe(503);
    expect((await get(port, "/secrets")).status).toBe(404);
    await expect(serveHttp({ host: "127.0.0.1", port }, { registry, health })).rejects.toMatchObject({
      code: "unavailable",
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await leader.stop();
  }
});

import { join } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeRandom } from "#core/adapters/node-random";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { encodeJson } from "#core/events/codec";
import type { SignedAssignment } from "#core/fold/outcome";
import { slaveId, userId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { subjects } from "#core/subjects";
import { verifyCluster } from "#ctl/audit/verify";
import { ClusterClient } from "#ctl/client/client";
import { liveLedger } from "#ctl/history/open";
import { prepareRepair, repair } from "#ctl/repair/repair";
import { Projector } from "#projector/projector";
import { PLATE } from "#projector/test/kit";
import { TestNats } from "#test/kit/nats";
import { PlainWorld } from "#test/kit/plain-world";
import { until } from "#test/kit/until";

/** `clusterio repair` across the two accounts of a real nats-server: forged ledger, repaired ledger, audited ledger. */
const SLAVE = slaveId("s1");
const signal = new AbortController().signal;
let nats: TestNats;
beforeEach(async () => {
  nats = await TestNats.start();
}, 120_000);
const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  await nats.close();
}, 30_000);

const startProjector = async () => {
  const link = await nats.master();
  const stop = new AbortController();
  const projector = await Projector.open({
    ...{ events: new JetStreamLog(link, "EVENTS"), ledgerLog: new JetStreamLog(link, "LEDGER") },
    ...{ stateLog: new JetStreamLog(link, "STATE"), bus: new NatsBus(link), clock: nodeClock, random: nodeRandom },
    ...{ disk: new MemoryDisk(), snapshotPath: "/snapshot.json", alarm: () => {}, observe: () => {}, onRole: () => {} },
    assignments: { sign: (a) => JSON.stringify(a), verify: (text) => JSON.parse(text) as SignedAssignment },
    prepare: async () => void (await prepareStreams(link)),
  });
  const ended = projector.run(stop.signal);
  const end = async () => {
    stop.abort();
    await ended;
  };
  running.push(end);
  return { projector, stop: end };
};

const trade = async (client: ClusterClient, edge: Bus): Promise<PlainWorld[]> => {
  const worlds: PlainWorld[] = [];
  for (const [name, exported, wanted] of [
    ["a", 100, 0],
    ["b", 0, 60],
  ] as const) {
    await until(
      () =>
        client.master("instance.create", { name }).then(
          () => true,
          () => false,
        ),
      { what: "created" },
    );
    const { epoch } = (await client.master("instance.assign", { instance: name, slave: "s1" })) as { epoch: number };
    const of = { slave: SLAVE, user: userId("op"), instance: name, epoch, resource: PLATE, exported, wanted };
    worlds.push(new PlainWorld(edge, of));
  }
  await until(() => worlds[1]!.received === 60, { what: "b received what it wanted", timeoutMs: 20_000 });
  return worlds;
};

test("a forged ledger stops the projector; after the repair the worlds trade on, nothing is lost or made, and the audit holds", async () => {
  const [first, user, edge, core] = [
    await startProjector(),
    await nats.user("op"),
    new NatsBus(await nats.slave("s1")),
    await nats.master(),
  ];
  const client = new ClusterClient(new NatsBus(user), userId("op"));
  const worlds = await trade(client, edge);
  await first.stop();
  const ledger = new JetStreamLog(core, "LEDGER");
  await ledger.append(subjects.ledger("adjusted"), encodeJson({ v: 1, amount: 1_000_000 }));
  await expect(startProjector()).rejects.toMatchObject({ code: "corrupt" });

  const telemetry = setInterval(() => {
    for (const world of worlds) world.tell();
  }, 200);
  const ports = {
    ...{ ledger, events: new JetStreamLog(core, "EVENTS"), reader: liveLedger(core), core: new NatsBus(core) },
    audit: new JetStreamLog(core, "AUDIT"),
    ...{ edge: new NatsBus(user), client, clock: nodeClock, random: nodeRandom, say: () => {}, listenMs: 1_000 },
  };
  const prepared = await prepareRepair(ports, signal);
  clearInterval(telemetry);
  expect(prepared.old.problem).toBeDefined();
  expect(prepared.plan.worlds.map(({ world }) => world)).toEqual(["a.1", "b.1"]);
  const file = join(nats.folder, "repairs", "old.jsonl.gz");
  await repair(ports, prepared, { user: userId("op"), file, signal });

  const second = await startProjector();
  const account = (world: string) => second.projector.state.worlds.get(world as never)?.accounts.get(PLATE);
  const open = () => [...second.projector.state.worlds.values()].every((world) => world.open);
  await until(() => second.projector.leading && open(), {
    what: "both worlds have a session again",
    timeoutMs: 20_000,
  });
  expect(account("a.1")?.exported).toBe(100);
  // Counted where it lies: what was exported is in storage or was taken in.
  const held = worlds.reduce((sum, world) => sum + world.received, 0);
  expect((second.projector.state.stocks.get(PLATE)?.storage ?? 0) + held).toBe(100);
  const proof = await verifyCluster({ link: core }, {}, signal);
  expect(proof.finding).toBeUndefined();
  expect(proof.live).toMatchObject({ compared: true });
}, 90_000);

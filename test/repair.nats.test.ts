import { join } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeRandom } from "#core/adapters/node-random";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { encodeJson } from "#core/events/codec";
import type { Delivery } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { SignedAssignment } from "#core/fold/outcome";
import { instanceId, slaveId, userId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { parseSlaveCommandSubject, SELF, subjects } from "#core/subjects";
import { verifyCluster } from "#ctl/audit/verify";
import { ClusterClient } from "#ctl/client/client";
import { liveLedger } from "#ctl/history/open";
import { prepareRepair, repair } from "#ctl/repair/repair";
import { Projector } from "#projector/projector";
import { PLATE } from "#projector/test/kit";
import { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** `clusterio repair` across the two accounts of a real nats-server: forged ledger, repaired ledger, audited ledger. */
const SLAVE = slaveId("s1");
const OWNER = "00000000m-mmmm";
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

/** A world with a bridge of the plainest kind: syncs when the echo is another, takes in what is delivered, answers `state`. */
class World {
  received = 0;
  #token = "";
  #number = 0;
  constructor(
    readonly bus: Bus,
    readonly instance: string,
    readonly epoch: number,
    readonly exported: number,
    readonly wanted: number,
  ) {
    const id = instanceId(instance);
    bus.subscribe(subjects.delivery(SLAVE, id), ({ data }) =>
      this.#hear(JSON.parse(new TextDecoder().decode(data)) as Delivery),
    );
    bus.subscribe(subjects.command(userId("op"), SLAVE, id, "state"), (message) => {
      if (parseSlaveCommandSubject(message.subject) === undefined) return;
      const of = { world: `${instance}.1`, epoch, generation: 1, tick: 5, seed: 7 };
      bus.respond(message, encodeJson({ ok: { ...of, ...this.#totals() } }));
    });
  }

  #totals() {
    return { exported: { [PLATE]: this.exported }, received: { [PLATE]: this.received } };
  }

  #hear(delivery: Delivery): void {
    const entry = Object.entries(delivery.worlds).find(([id]) => id === `${this.instance}.1`)?.[1];
    this.received = Math.max(this.received, entry?.allocated[PLATE] ?? 0);
    if ((entry?.token ?? "") === this.#token && this.#token !== "") return;
    this.#token = `aaaaaaaaaaaa${++this.#number}`;
    const wanted = { [PLATE]: Math.max(0, this.wanted - this.received) };
    const data = {
      ...{ world: `${this.instance}.1`, token: this.#token, prev: entry?.token ?? "", owner: OWNER, epoch: this.epoch },
      ...{ seed: 7, tick: 5, untakeable: [], heard: delivery.boot, wanted, ...this.#totals() },
    };
    const from = { slave: SLAVE, instance: instanceId(this.instance), boot: OWNER as never, number: ++this.#number };
    const bytes = encodeFact(from, Date.now(), { type: "world-synced", data: data as never });
    this.bus.publish(subjects.event(SLAVE, from.instance, "world-synced"), bytes);
  }
}

const trade = async (client: ClusterClient, edge: Bus): Promise<World[]> => {
  const worlds: World[] = [];
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
    worlds.push(new World(edge, name, epoch, exported, wanted));
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
    const said = { boot: OWNER, version: "1", game: "g", instances: ["a", "b"] };
    edge.publish(subjects.telemetry(SLAVE, SELF), encodeJson(said));
  }, 200);
  const ports = {
    ...{ ledger, events: new JetStreamLog(core, "EVENTS"), reader: liveLedger(core), core: new NatsBus(core) },
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

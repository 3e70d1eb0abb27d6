import { jetstreamManager } from "@nats-io/jetstream";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeRandom } from "#core/adapters/node-random";
import { prepareStreams } from "#core/adapters/prepare-streams";
import type { Delivery } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import type { SignedAssignment } from "#core/fold/outcome";
import { instanceId, slaveId, userId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { subjects } from "#core/subjects";
import { Projector } from "#projector/projector";
import { PLATE } from "#projector/test/kit";
import { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** The projector on a real nats-server: across the two accounts, and through the broker's deaths. */
const TOKEN = "aaaaaaaaaaaa1";
const SLAVE = slaveId("s1");
let nats: TestNats;
const running: { stop(): Promise<void> }[] = [];
beforeEach(async () => {
  nats = await TestNats.start();
}, 120_000);
afterEach(async () => {
  await Promise.all(running.splice(0).map((projector) => projector.stop()));
  await nats.close();
}, 30_000);

const startProjector = async () => {
  const link = await nats.master();
  const stop = new AbortController();
  const projector = await Projector.open({
    events: new JetStreamLog(link, "EVENTS"),
    ledgerLog: new JetStreamLog(link, "LEDGER"),
    stateLog: new JetStreamLog(link, "STATE"),
    bus: new NatsBus(link),
    clock: nodeClock,
    random: nodeRandom,
    disk: new MemoryDisk(),
    snapshotPath: "/snapshot.json",
    assignments: { sign: (a) => JSON.stringify(a), verify: (text) => JSON.parse(text) as SignedAssignment },
    alarm: () => {},
    observe: () => {},
    onRole: () => {},
    prepare: async () => void (await prepareStreams(link)),
  });
  const ended = projector.run(stop.signal);
  const started = {
    projector,
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
  running.push(started);
  return started;
};

/** Asks the master until it answers. */
const command = async (
  bus: Bus,
  noun: string,
  verb: string,
  value: object,
): Promise<{ ok?: unknown; error?: unknown }> =>
  until(
    async () => {
      const result = await bus.request(
        subjects.masterCommand(userId("op"), noun, verb),
        new TextEncoder().encode(JSON.stringify(value)),
        1_000,
      );
      return result.kind === "answer" ? (JSON.parse(new TextDecoder().decode(result.data)) as object) : undefined;
    },
    { what: `the master answers ${noun} ${verb}` },
  );

/** A bridge of the plainest kind: answers each echo of a foreign token with a sync, keeps the newest delivery. */
const startWorld = (bus: Bus, instance: string, epoch: number, totals: { exported: number; wanted: number }) => {
  const world = { token: "", heard: undefined as Delivery | undefined, received: 0, ...totals };
  let number = 0;
  const id = instanceId(instance);
  const publish = (body: FactBody) => {
    const from = { slave: SLAVE, instance: id, boot: "00000000m-mmmm" as never, number: ++number };
    bus.publish(subjects.event(SLAVE, id, body.type), encodeFact(from, Date.now(), body));
  };
  const signed = JSON.stringify({ instance, slave: SLAVE, epoch });
  const hear = (delivery: Delivery) => {
    const entry = delivery.worlds[`${instance}.1` as never] as unknown as
      | { token: string; allocated: Record<string, number> }
      | undefined;
    world.heard = delivery;
    world.received = Math.max(world.received, entry?.allocated[PLATE] ?? 0);
    if ((entry?.token ?? "") === world.token && world.token !== "") return;
    world.token = `${TOKEN}${number}`;
    const vectors = {
      exported: { [PLATE]: world.exported },
      received: { [PLATE]: world.received },
      wanted: { [PLATE]: Math.max(0, world.wanted - world.received) },
    };
    const sync = {
      world: `${instance}.1`,
      token: world.token,
      prev: entry?.token ?? "",
      owner: "00000000m-mmmm",
      epoch,
      seed: 7,
      tick: 0,
      untakeable: [],
      heard: delivery.boot,
    };
    publish({ type: "world-synced", data: { ...sync, assignment: signed, ...vectors } as never });
  };
  bus.subscribe(subjects.delivery(SLAVE, id), ({ data }) =>
    hear(JSON.parse(new TextDecoder().decode(data)) as Delivery),
  );
  return {
    world,
    /** What a bridge that hears nothing does: it asks, and shows the assignment that it holds. */
    ask: async () => {
      const request = new TextEncoder().encode(JSON.stringify({ instance, epoch, assignment: signed }));
      const result = await bus.request(subjects.query(SLAVE, "link"), request, 1_000);
      if (result.kind !== "answer") return;
      const answer = JSON.parse(new TextDecoder().decode(result.data)) as { ok?: Delivery };
      if (answer.ok !== undefined) hear(answer.ok);
    },
    report: (exported: number) => {
      world.exported = exported;
      publish({
        type: "world-reported",
        data: {
          world: `${instance}.1`,
          token: world.token,
          epoch,
          seq: number,
          tick: 1,
          exported: { [PLATE]: exported },
          received: {},
          wanted: {},
        } as never,
      });
    },
  };
};

const trade = async () => {
  const user = new NatsBus(await nats.user("op"));
  const edge = new NatsBus(await nats.slave("s1"));
  const instances: ReturnType<typeof startWorld>[] = [];
  for (const [name, totals] of [
    ["a", { exported: 100, wanted: 0 }],
    ["b", { exported: 0, wanted: 60 }],
  ] as const) {
    await command(user, "instance", "create", { name });
    const { ok } = await command(user, "instance", "assign", { instance: name, slave: "s1" });
    instances.push(startWorld(edge, name, (ok as { epoch: number }).epoch, totals));
  }
  const [a, b] = instances as [ReturnType<typeof startWorld>, ReturnType<typeof startWorld>];
  await until(() => b.world.received === 60, { what: "b received what it wanted", timeoutMs: 15_000 });
  return { user, a, b };
};

const account = (projector: Projector, world: string) =>
  projector.state.worlds.get(world as never)?.accounts.get(PLATE);

test("facts of EDGE become deliveries to EDGE, and the second projector takes over when the first stops", async () => {
  const first = await startProjector();
  const { a } = await trade();
  const second = await startProjector();
  await first.stop();
  await until(() => second.projector.leading, { what: "the standby leads" });
  a.report(130);
  await until(() => account(second.projector, "a.1")?.exported === 130, { what: "the new leader folds" });
  expect(second.projector.state.stocks.get(PLATE)?.storage).toBe(70);
}, 60_000);

test("nats-server killed and back with its data: the leader goes on where it was", async () => {
  const { projector } = await startProjector();
  const { a } = await trade();
  await nats.kill();
  await nats.restart({ keepData: true });
  await until(
    () => {
      a.report(150);
      return account(projector, "a.1")?.exported === 150;
    },
    { what: "facts are folded again", timeoutMs: 20_000 },
  );
  expect(account(projector, "b.1")).toMatchObject({ received: 0, allocated: 60 });
}, 60_000);

test("EVENTS deleted while a leader leads: it is made anew, and facts are folded again", async () => {
  const { projector } = await startProjector();
  const { a, b } = await trade();
  const manager = await jetstreamManager((await nats.master()).nc);
  await manager.streams.delete("EVENTS");
  const restated = async () => {
    a.report(150);
    await Promise.all([a.ask(), b.ask()]);
    return account(projector, "a.1")?.exported === 150;
  };
  await until(restated, { what: "facts are folded again", timeoutMs: 30_000 });
}, 60_000);

test("nats-server back without its data: worlds state their totals, and the ledger takes the truth from them", async () => {
  const { projector } = await startProjector();
  const { a, b } = await trade();
  await nats.kill();
  await nats.restart({ keepData: false });
  const rebuilt = async () => {
    await Promise.all([a.ask(), b.ask()]);
    return account(projector, "a.1")?.exported === 100 && account(projector, "b.1")?.received === 60;
  };
  const what = "the signed assignments and whole vectors rebuilt the ledger";
  await until(rebuilt, { what, timeoutMs: 30_000 });
  expect(projector.state.stocks.get(PLATE)).toMatchObject({ storage: 40, shortfall: 0 });
}, 60_000);

import { Auditor } from "#core/audit/auditor";
import { beginning } from "#core/audit/checkpoints";
import { isBoot } from "#core/boot";
import type { Delivery } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody, WorldReported, WorldSynced } from "#core/events/facts";
import type { LedgerMessage, LedgerMessages } from "#core/events/ledger";
import { sealBytes, unseal } from "#core/events/ledger-codec";
import { hashOf, imageOf } from "#core/fold/image";
import type { SignedAssignment } from "#core/fold/outcome";
import type { State } from "#core/fold/state";
import { instanceId, parseWorldId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker, type MemoryBus } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { resourceKey } from "#core/resource";
import type { LedgerType } from "#core/subjects";
import { SUBJECT_PREFIX, subjects } from "#core/subjects";
import { RESTATED_MS_MAX } from "#projector/granting";
import { Projector, type ProjectorPorts } from "#projector/projector";

/** A whole master on in-memory ports: time moves only when the test moves it. */
export const PLATE = resourceKey("item:iron-plate");
const SLAVE = slaveId("s1");
const USER = userId("op");

/** Lets promises and microtasks come to rest. */
const settle = async (): Promise<void> => {
  for (let n = 0; n < 60; n++) await Promise.resolve();
};

export interface Running {
  readonly projector: Projector;
  stop(): Promise<void>;
}

export class Cluster {
  readonly clock = new ManualClock();
  readonly broker = new MemoryBroker(this.clock);
  readonly bus: MemoryBus = this.broker.connect();
  readonly events = new MemoryLog(this.clock);
  readonly ledger: MemoryLog;
  readonly state = new MemoryLog(this.clock);
  readonly audit = new MemoryLog(this.clock);
  readonly alarms: string[] = [];
  readonly deliveries: { instance: string; delivery: Delivery }[] = [];
  #number = 0;
  #seed = 0;

  constructor(options: { readonly ledgerBytesMax?: number } = {}) {
    this.ledger = new MemoryLog(
      this.clock,
      options.ledgerBytesMax === undefined ? {} : { bytesMax: options.ledgerBytesMax },
    );
    this.broker.capture(`${SUBJECT_PREFIX}.event.>`, this.events);
    this.broker.capture(`${SUBJECT_PREFIX}.state.>`, this.state);
    this.broker.capture(`${SUBJECT_PREFIX}.audit.>`, this.audit);
    this.bus.subscribe(subjects.all.deliveries, ({ subject, data }) => {
      const delivery = JSON.parse(new TextDecoder().decode(data)) as Delivery;
      this.deliveries.push({ instance: subject.split(".").at(-1)!, delivery });
    });
  }

  ports(disk = new MemoryDisk()): ProjectorPorts {
    return {
      events: this.events,
      ledgerLog: this.ledger,
      stateLog: this.state,
      bus: this.broker.connect(),
      clock: this.clock,
      random: new SeededRandom(++this.#seed),
      disk,
      snapshotPath: "/data/snapshot.json",
      assignments: { sign: (a) => JSON.stringify(a), verify: (text) => JSON.parse(text) as SignedAssignment },
      alarm: (message) => void this.alarms.push(message),
      observe: () => {},
      onRole: () => {},
      prepare: async () => {},
    };
  }

  /** Starts a projector; `disk` survives a restart when it is given again. */
  async start(ports = this.ports()): Promise<Running> {
    const stop = new AbortController();
    const projector = await Projector.open(ports);
    const ended = projector.run(stop.signal);
    await this.pass(10);
    return {
      projector,
      stop: async () => {
        stop.abort();
        await this.pass(10);
        await ended;
      },
    };
  }

  /** Lets `ms` pass. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceSettling(ms, settle);
  }

  publish(instance: string, body: FactBody, slave = SLAVE): void {
    const from = { slave, instance: instanceId(instance), boot: "00000000m-mmmm" as never, number: ++this.#number };
    this.bus.publish(subjects.event(slave, from.instance, body.type), encodeFact(from, this.clock.now(), body));
  }

  sync(world: string, data: Partial<Omit<WorldSynced, "world">> & { prev: string }): void {
    const { instance, id } = parseWorldId(world);
    const vectors = { exported: {}, received: {}, wanted: {}, untakeable: [] };
    const full = {
      world: id,
      token: "aaaaaaaaaaaa1",
      owner: "00000000m-mmmm",
      epoch: 0,
      seed: 7,
      tick: 0,
      heard: "",
      ...vectors,
      ...data,
    };
    if (!isBoot(full.owner)) throw new Error("boot");
    this.publish(instance, { type: "world-synced", data: full as WorldSynced });
  }

  report(world: string, data: Partial<Omit<WorldReported, "world">> & { token: string }): void {
    const { instance, id } = parseWorldId(world);
    const vectors = { exported: {}, received: {}, wanted: {} };
    this.publish(instance, {
      type: "world-reported",
      data: { world: id, epoch: 0, seq: 1, tick: 1, ...vectors, ...data } as WorldReported,
    });
  }

  /** Sends a command to the master and returns its answer. */
  async command(noun: string, verb: string, value: object, on?: string): Promise<Record<string, unknown>> {
    const asked = this.bus.request(
      subjects.masterCommand(USER, noun, verb, on === undefined ? undefined : instanceId(on)),
      new TextEncoder().encode(JSON.stringify(value)),
      1_000,
    );
    await this.pass(100);
    const result = await asked;
    return result.kind === "answer"
      ? (JSON.parse(new TextDecoder().decode(result.data)) as Record<string, unknown>)
      : { result: result.kind };
  }

  /** Asks the master as user op and returns its answer. */
  async query(noun: string, value: object = {}): Promise<Record<string, unknown>> {
    const asked = this.bus.request(subjects.query(USER, noun), new TextEncoder().encode(JSON.stringify(value)), 1_000);
    await this.pass(100);
    const result = await asked;
    return result.kind === "answer"
      ? (JSON.parse(new TextDecoder().decode(result.data)) as Record<string, unknown>)
      : { result: result.kind };
  }

  /** Makes an instance on slave s1 and returns its epoch. */
  async instance(name: string): Promise<number> {
    await this.command("instance", "create", { name });
    const { ok } = await this.command("instance", "assign", { instance: name, slave: SLAVE });
    return (ok as { epoch: number }).epoch;
  }

  /** The newest delivery to an instance. */
  delivery(instance: string): Delivery {
    return this.deliveries.findLast((d) => d.instance === instance)!.delivery;
  }

  async ledgerTypes(): Promise<string[]> {
    const stored = await this.ledger.read(1, 10_000);
    return stored.map(({ subject }) => subject.split(".").at(-1)!);
  }

  /** Every ledger message in order: its type and what its chain link is worth. */
  async chain(): Promise<{ type: string; valid: boolean }[]> {
    let tip = "";
    return (await this.ledger.read(1, 10_000)).map((stored) => {
      const unsealed = unseal(stored);
      if (unsealed.kind !== "message") throw new Error(unsealed.reason);
      const valid = unsealed.message.data.prev === tip;
      if (valid) tip = unsealed.hash;
      return { type: unsealed.message.type, valid };
    });
  }
}

/** A ledger message as another leader would have written it: whole, with these fields changed. */
export const rewritten = (data: Uint8Array, changes: object): Uint8Array =>
  sealBytes({ ...JSON.parse(new TextDecoder().decode(data)), ...changes });

export const stock = (state: State, key = PLATE): number => state.stocks.get(key)?.storage ?? 0;

export const TOKEN = "aaaaaaaaaaaa1";
export const LATER = "aaaaaaaaaaaa2";
export const COPPER = resourceKey("item:copper-plate");

const messages = async (cluster: Cluster): Promise<LedgerMessage[]> =>
  (await cluster.ledger.read(1, 10_000)).map((stored) => {
    const unsealed = unseal(stored);
    if (unsealed.kind !== "message") throw new Error(unsealed.reason);
    return unsealed.message;
  });

export const told = async <T extends LedgerType>(cluster: Cluster, type: T): Promise<LedgerMessages[T]["data"][]> =>
  (await messages(cluster))
    .filter((message) => message.type === type)
    .map(({ data }) => data as LedgerMessages[T]["data"]);

/** Every message, audited from the beginning; the state is the leader's. */
export const expectAudited = async (cluster: Cluster, { projector }: Running): Promise<void> => {
  const auditor = new Auditor(beginning());
  for (const stored of await cluster.ledger.read(1, 10_000)) expect(auditor.take(stored)).toBeUndefined();
  expect(auditor.finish()).toBeUndefined();
  expect(hashOf(imageOf(auditor.state))).toBe(hashOf(imageOf(projector.state)));
};

/** a.1 gave 130 plates, of which b.1 was granted 30, and took in 40 copper, which b.1 gave. */
export const traded = async () => {
  const cluster = new Cluster();
  const leader = await cluster.start();
  const [a, b] = [await cluster.instance("a"), await cluster.instance("b")];
  const wanted = { [COPPER]: 40 };
  cluster.sync("a.1", {
    prev: "",
    epoch: a,
    tick: 18_000,
    exported: { [PLATE]: 130 },
    wanted,
    received: { [COPPER]: 0 },
  });
  const given = { exported: { [COPPER]: 40 }, wanted: { [PLATE]: 30 }, received: { [PLATE]: 0 } };
  cluster.sync("b.1", { prev: "", epoch: b, ...given });
  await cluster.pass(RESTATED_MS_MAX + 100);
  cluster.report("a.1", { token: TOKEN, epoch: a, seq: 2, tick: 18_000, received: { [COPPER]: 40 } });
  cluster.report("b.1", { token: TOKEN, epoch: b, seq: 2, received: { [PLATE]: 30 } });
  await cluster.pass(1_000);
  expect(stock(leader.projector.state)).toBe(100);
  return { cluster, leader, a, b };
};

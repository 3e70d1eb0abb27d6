import { slice } from "#bench/load/catalogue";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { type Boot, nextBoot } from "#core/boot";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type Delivery, linkAnswer } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import { instanceId, type SlaveId, slaveId, type WorldId, worldId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { type Random, randomText } from "#core/ports/random";
import type { ResourceKey } from "#core/resource";
import { parseDeliverySubject, subjects } from "#core/subjects";

/** Where and as whom a worker connects. */
export interface Access {
  readonly url: string;
  readonly slave: string;
  readonly creds: string;
  readonly instances: readonly string[];
}

/** What a report of the live load states: a few resources, as a world does that reports every few ticks. */
const LIVE_KEYS = 4;
/** All instances together draw from this many resources. */
const SHARED = 40;
/** Each report exports this much more of each of its resources, and wants this much more. */
const STEP = 10;

const decoder = new TextDecoder();

/** One world that takes in what it is given at once. Its n-th report has exported, and wants in all, n steps of each. */
class SimulatedWorld {
  sent = 0;
  /** Reports whose wants were granted and delivered. */
  granted = 0;
  #received: number[] = Array.from({ length: LIVE_KEYS }, () => 0);
  readonly #exports: readonly ResourceKey[];
  readonly #wants: readonly ResourceKey[];

  constructor(
    index: number,
    private readonly session: { readonly world: WorldId; readonly token: string; readonly epoch: number },
  ) {
    this.#exports = slice((index * LIVE_KEYS) % SHARED, LIVE_KEYS);
    this.#wants = slice((index * LIVE_KEYS + SHARED / 2) % SHARED, LIVE_KEYS);
  }

  report(): FactBody {
    const total = ++this.sent * STEP;
    const exported: Record<string, number> = {};
    const received: Record<string, number> = {};
    const wanted: Record<string, number> = {};
    for (let i = 0; i < LIVE_KEYS; i++) {
      const [exports, wants, taken] = [this.#exports[i]!, this.#wants[i]!, this.#received[i]!];
      exported[exports] = total;
      received[wants] = taken;
      wanted[wants] = total - taken;
    }
    const { world, token, epoch } = this.session;
    const data = { world, token, epoch, seq: this.sent, tick: 5 * this.sent, exported, received, wanted };
    return { type: "world-reported", data };
  }

  take(allocated: Readonly<Record<string, number>>): void {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < LIVE_KEYS; i++) {
      // What is not in flight any more is not stated.
      const total = allocated[this.#wants[i]!] ?? this.#received[i]!;
      if (total > this.#received[i]!) this.#received[i] = total;
      least = Math.min(least, this.#received[i]!);
    }
    this.granted = Math.floor(least / STEP);
  }
}

/** A slave with many instances on one connection, as far as the master can tell. */
export class SimulatedBridge {
  readonly worlds: SimulatedWorld[] = [];
  /** Called after each delivery that granted something. */
  onGrant: () => void = () => {};
  readonly #byInstance = new Map<string, SimulatedWorld>();
  #number = 0;

  private constructor(
    readonly link: NatsLink,
    readonly slave: SlaveId,
    private readonly instances: readonly string[],
    private readonly boot: Boot,
  ) {}

  /** Connects and opens a session for every instance. */
  static async open(access: Access): Promise<SimulatedBridge> {
    const random = new SeededRandom(1);
    const bridge = await SimulatedBridge.#connect(access, random);
    bridge.link.nc.subscribe(subjects.deliveriesTo(bridge.slave), {
      callback: (_error, { subject, data }) => bridge.#deliver(subject, data),
    });
    for (const instance of access.instances) await bridge.#sync(instance, random);
    await bridge.link.nc.flush();
    return bridge;
  }

  /** Connects only: what it reports counts for nobody. */
  static async openMute(access: Access): Promise<SimulatedBridge> {
    const random = new SeededRandom(1);
    const bridge = await SimulatedBridge.#connect(access, random);
    for (const name of access.instances) {
      const world = worldId({ instance: instanceId(name), generation: 1 });
      bridge.#add(name, { world, token: randomText(random, 12), epoch: 1 });
    }
    return bridge;
  }

  static async #connect(access: Access, random: Random): Promise<SimulatedBridge> {
    const creds = new TextEncoder().encode(access.creds);
    const link = await connectNats({ servers: access.url, creds, name: access.slave });
    const boot = nextBoot(Date.now(), "", random);
    return new SimulatedBridge(link, slaveId(access.slave), access.instances, boot);
  }

  #add(name: string, session: { readonly world: WorldId; readonly token: string; readonly epoch: number }): void {
    const world = new SimulatedWorld(this.worlds.length, session);
    this.worlds.push(world);
    this.#byInstance.set(name, world);
  }

  async #sync(name: string, random: Random): Promise<void> {
    const instance = instanceId(name);
    const request = encodeJson({ instance, epoch: 0 });
    const reply = await this.link.nc.request(subjects.query(this.slave, "link"), request, { timeout: 10_000 });
    const answer = decodeJson(linkAnswer, reply.data, "the answer of link");
    if (!("ok" in answer)) throw new Error(`${name}: ${decoder.decode(reply.data)}`);
    const { epoch, generation, boot, worlds } = answer.ok;
    const world = worldId({ instance, generation });
    const session = { world, token: randomText(random, 12), epoch };
    this.publish(instance, {
      type: "world-synced",
      data: {
        ...session,
        prev: worlds[world]?.token ?? "",
        owner: this.boot,
        seed: 1,
        tick: 0,
        exported: {},
        received: {},
        wanted: {},
        untakeable: [],
        heard: boot,
      },
    });
    this.#add(name, session);
  }

  report(index: number): void {
    this.publish(this.instances[index]!, this.worlds[index]!.report());
  }

  publish(name: string, body: FactBody): void {
    const instance = instanceId(name);
    const from = { slave: this.slave, instance, boot: this.boot, number: ++this.#number };
    this.link.nc.publish(subjects.event(this.slave, instance, body.type), encodeFact(from, Date.now(), body));
  }

  #deliver(subject: string, data: Uint8Array): void {
    const to = parseDeliverySubject(subject);
    const world = to === undefined ? undefined : this.#byInstance.get(to.instance);
    if (world === undefined) return;
    const { worlds } = JSON.parse(decoder.decode(data)) as Delivery;
    const before = world.granted;
    for (const { allocated } of Object.values(worlds)) world.take(allocated);
    if (world.granted > before) this.onGrant();
  }

  close(): Promise<void> {
    return this.link.close();
  }
}

import { encodeJson } from "#core/events/codec";
import type { Delivery } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import { instanceId, type SlaveId, type UserId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import type { ResourceKey } from "#core/resource";
import { parseSlaveCommandSubject, SELF, subjects } from "#core/subjects";

const OWNER = "00000000m-mmmm";

export interface PlainWorldOptions {
  readonly slave: SlaveId;
  readonly instance: string;
  readonly epoch: number;
  readonly resource: ResourceKey;
  readonly exported: number;
  readonly wanted: number;
  /** Who may ask it for its totals. */
  readonly user: UserId;
}

/** A world with a bridge of the plainest kind: syncs when the echo is another, takes in what is delivered, answers `state`. */
export class PlainWorld {
  received = 0;
  exported: number;
  tick = 5;
  /** What it was last told not to export. */
  capped: readonly string[] = [];
  #token = "";
  /** What the ledger holds, as last heard. */
  #echo = "";
  #heard = "";
  #number = 0;

  constructor(
    private readonly bus: Bus,
    private readonly options: PlainWorldOptions,
  ) {
    const { slave, instance, epoch, user, exported } = options;
    this.exported = exported;
    const id = instanceId(instance);
    bus.subscribe(subjects.delivery(slave, id), ({ data }) =>
      this.#hear(JSON.parse(new TextDecoder().decode(data)) as Delivery),
    );
    bus.subscribe(subjects.command(user, slave, id, "state"), (message) => {
      if (parseSlaveCommandSubject(message.subject) === undefined) return;
      const of = { world: `${instance}.1`, epoch, generation: 1, tick: this.tick, seed: 7 };
      bus.respond(message, encodeJson({ ok: { ...of, ...this.#totals() } }));
    });
  }

  /** Loads an earlier save. */
  goBack(exported: number, tick: number): void {
    this.exported = exported;
    this.tick = tick;
    this.#sync();
  }

  /** What its bridge says of itself, as it does every few seconds. */
  tell(): void {
    const said = { boot: OWNER, version: "1", game: "g", instances: [this.options.instance] };
    this.bus.publish(subjects.telemetry(this.options.slave, SELF), encodeJson(said));
  }

  #totals() {
    const { resource } = this.options;
    return { exported: { [resource]: this.exported }, received: { [resource]: this.received } };
  }

  #hear(delivery: Delivery): void {
    const { instance, resource } = this.options;
    const entry = Object.entries(delivery.worlds).find(([id]) => id === `${instance}.1`)?.[1];
    this.received = Math.max(this.received, entry?.allocated[resource] ?? 0);
    this.capped = delivery.capped ?? [];
    this.#echo = entry?.token ?? "";
    this.#heard = delivery.boot;
    if (this.#token !== "" && (this.#echo === this.#token || entry?.held?.token === this.#token)) return;
    this.#sync();
  }

  #sync(): void {
    const { slave, instance, epoch, resource } = this.options;
    this.#token = `aaaaaaaaaaaa${++this.#number}`;
    const wanted = { [resource]: Math.max(0, this.options.wanted - this.received) };
    const data = {
      ...{ world: `${instance}.1`, token: this.#token, prev: this.#echo, owner: OWNER, epoch },
      ...{ seed: 7, tick: this.tick, untakeable: [], heard: this.#heard, wanted, ...this.#totals() },
    };
    const from = { slave, instance: instanceId(instance), boot: OWNER as never, number: ++this.#number };
    const bytes = encodeFact(from, Date.now(), { type: "world-synced", data: data as never });
    this.bus.publish(subjects.event(slave, from.instance, "world-synced"), bytes);
  }
}

import { type Boot, nextBoot } from "#core/boot";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type Delivery, linkRequest } from "#core/events/delivery";
import { type FactBody, factEnvelope, type WorldReported, type WorldSynced } from "#core/events/facts";
import { queries } from "#core/events/query";
import type { InstanceId, SlaveId } from "#core/ids";
import { type InstanceConfig, revisionOf } from "#core/instance-config";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseEventSubject, subjects } from "#core/subjects";

type Worlds = Record<string, { token: string; seed: number; tick: number; allocated: Record<string, number> }>;

/** As much of a leader as one slave's bridge needs: it echoes tokens and states what it is told to grant. */
export class FakeMaster {
  readonly facts: FactBody[] = [];
  readonly worlds: Worlds = {};
  readonly boot: Boot;
  owner: Boot | "" = "";
  round = 1;
  epoch = 1;
  generation = 1;
  config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 10 };
  assigned = true;
  /** What its worlds are not to export; undefined: a leader that says nothing of it. */
  capped: string[] | undefined;
  /** The instance is a tombstone. */
  deleted = false;
  asked = 0;

  constructor(
    private readonly bus: Bus,
    private readonly slave: SlaveId,
    clock: Clock,
  ) {
    this.boot = nextBoot(clock.now(), "", new SeededRandom(99));
    bus.subscribe(subjects.query(slave, "link"), (message) => {
      this.asked++;
      decodeJson(linkRequest, message.data, "link");
      const answer = this.assigned
        ? { ok: { ...this.#view(), assignment: "signed", config: this.config } }
        : { notYours: { epoch: this.epoch, ...(this.deleted ? { deleted: true } : {}) } };
      bus.respond(message, encodeJson(answer));
    });
    bus.subscribe(subjects.query(slave, "claims"), (message) => {
      const { resources } = decodeJson(queries.claims.request, message.data, "claims");
      const figures = { onTheWay: 7, storage: 9, demand: 400, worlds: 3, share: 0.5 };
      const standings = resources.map((resource) => ({ resource, ...figures }));
      bus.respond(message, encodeJson({ ok: { standings } }));
    });
    bus.subscribe(subjects.all.events, ({ subject, data }) => {
      const from = parseEventSubject(subject);
      if (from?.slave !== slave) return;
      if (!(from.type in factEnvelope)) return;
      const type = from.type as keyof typeof factEnvelope;
      this.#fold(decodeJson<{ type: string; data: unknown }>(factEnvelope[type], data, subject) as FactBody);
    });
  }

  /** Raises what is granted to a world, and states it. */
  grant(instance: InstanceId, world: string, allocated: Record<string, number>, folded?: number): void {
    Object.assign(this.worlds[world]?.allocated ?? {}, allocated);
    this.round++;
    this.state(instance, folded);
  }

  state(instance: InstanceId, folded?: number): void {
    const view = { ...this.#view(), config: revisionOf(this.config), ...(folded === undefined ? {} : { folded }) };
    this.bus.publish(subjects.delivery(this.slave, instance), encodeJson(view));
  }

  get synced(): WorldSynced[] {
    return this.facts.flatMap((fact) => (fact.type === "world-synced" ? [fact.data] : []));
  }

  get reported(): WorldReported[] {
    return this.facts.flatMap((fact) => (fact.type === "world-reported" ? [fact.data] : []));
  }

  #view(): Delivery {
    const { boot, round, epoch, generation, owner, worlds, capped } = this;
    return { boot, round, epoch, generation, owner, worlds, ...(capped === undefined ? {} : { capped }) };
  }

  #fold(fact: FactBody): void {
    this.facts.push(fact);
    if (fact.type === "world-synced") {
      const { world, token, prev, owner, seed, tick } = fact.data;
      if ((this.worlds[world]?.token ?? "") !== prev) return;
      this.owner = owner as Boot;
      this.worlds[world] = { allocated: {}, ...this.worlds[world], token, seed, tick };
    }
  }
}

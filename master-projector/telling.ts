import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { AUDIT_MESSAGE_MAX, AUDIT_VERB_MAX, type AuditEntry } from "#core/events/telemetry";
import { failpoint } from "#core/failpoints";
import { deliveryOf } from "#core/fold/delivery";
import type { Instance, State, Stock } from "#core/fold/state";
import type { Bus } from "#core/ports/bus";
import type { ResourceKey } from "#core/resource";
import { parseEventSubject, SELF, subjects } from "#core/subjects";
import type { Capping } from "#projector/capping";
import { instanceView } from "#projector/queries";

/** What the leader says on the bus. All of it is restated or the last of its kind, so a lost message costs only time. */

/** Levels are published this often at most: a display needs no more, and 1,000 resources a round would be noise. */
export const LEVELS_MS = 250;
/** Levels in one go: 20 ms of work; the rest comes next time. */
export const LEVELS_MAX = 2_000;
/** Rejected facts reported a second: enough to find a fault, too few to be a flood of its own. */
export const REJECTED_PER_SECOND_MAX = 50;

export class Telling {
  readonly #levels = new Map<ResourceKey, { resource: ResourceKey; level: number; round: number }>();
  #rejectedInWindow = 0;

  constructor(
    private readonly bus: Bus,
    private readonly boot: Boot,
    private readonly capping: Capping,
  ) {}

  /** States to one instance what is in flight and which tokens the ledger holds. */
  deliver(state: State, instance: Instance, folded?: number): void {
    if (instance.slave === "") return;
    const capped = this.capping.of(state, instance);
    const delivery = { ...deliveryOf(state, instance, this.boot), capped };
    const message = folded === undefined ? delivery : { ...delivery, folded };
    if (failpoint("delivery.publishing") === "drop") return;
    this.bus.publish(subjects.delivery(instance.slave, instance.id), encodeJson(message));
    failpoint("delivery.published");
  }

  restate(state: State): void {
    for (const instance of state.instances.values()) this.deliver(state, instance);
  }

  /** Tells what the ledger has just taken in. `folded`: broker time (ms) of the oldest fact in it. */
  news(state: State, folded?: number): void {
    const { tell, instances, stocks } = state.untold;
    for (const id of this.capping.look(state, stocks)) tell.add(id);
    for (const id of tell) {
      const instance = state.instances.get(id);
      if (instance !== undefined) this.deliver(state, instance, folded);
    }
    for (const instance of instances) this.#instance(state, instance);
    for (const stock of stocks) this.#levelOf(state, stock);
    for (const told of [tell, instances, stocks]) told.clear();
  }

  /** The read models as a whole: whatever LEVELS and STATE have lost is there again. */
  readModels(state: State): void {
    for (const instance of state.instances.values()) this.#instance(state, instance);
    for (const stock of state.stocks.values()) this.#levelOf(state, stock);
  }

  #instance(state: State, instance: Instance): void {
    this.bus.publish(subjects.state("instances", instance.id), encodeJson(instanceView(state, instance)));
  }

  /** Kept as it is now, when the ledger holds it (P7): the next facts may be folded before it is published. */
  #levelOf({ round }: State, { key, storage }: Stock): void {
    this.#levels.set(key, { resource: key, level: storage, round });
  }

  publishLevels(): void {
    let room = LEVELS_MAX;
    for (const [key, level] of this.#levels) {
      if (room-- === 0) return;
      this.bus.publish(subjects.storage(key), encodeJson(level));
      this.#levels.delete(key);
    }
  }

  /** What an operator asked for and what came of it. Arguments may be long: their beginning tells enough. */
  audit({ user, verb, outcome, message }: Omit<AuditEntry, "time"> & { message: string }, at: number): void {
    const entry: AuditEntry = {
      user,
      verb: verb.slice(0, AUDIT_VERB_MAX),
      outcome: outcome.slice(0, AUDIT_VERB_MAX),
      ...(message === "" ? {} : { message: message.slice(0, AUDIT_MESSAGE_MAX) }),
      time: new Date(at).toISOString(),
    };
    this.bus.publish(subjects.audit("master", SELF), encodeJson(entry));
  }

  beat(at: number, leaving = false): void {
    this.bus.publish(subjects.stateLeader(), encodeJson({ boot: this.boot, at, ...(leaving ? { leaving } : {}) }));
  }

  rejected(subject: string, seq: number, reason: string): void {
    const from = parseEventSubject(subject);
    if (from === undefined || ++this.#rejectedInWindow > REJECTED_PER_SECOND_MAX) return;
    this.bus.publish(subjects.rejected(from.slave, from.instance), encodeJson({ subject, seq, reason }));
  }

  /** A new second: rejected facts may be reported again. */
  newWindow(): void {
    this.#rejectedInWindow = 0;
  }
}

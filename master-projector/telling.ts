import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { deliveryOf } from "#core/fold/delivery";
import type { Instance, State, Stock } from "#core/fold/state";
import type { Bus } from "#core/ports/bus";
import { parseEventSubject, subjects } from "#core/subjects";
import { instanceView } from "#projector/queries";

/** What the leader says on the bus. All of it is restated or the last of its kind, so a lost message costs only time. */

/** Levels are published this often at most: a display needs no more, and 1,000 resources a round would be noise. */
export const LEVELS_MS = 250;
/** Rejected facts reported a second: enough to find a fault, too few to be a flood of its own. */
export const REJECTED_PER_SECOND_MAX = 50;

export class Telling {
  readonly #levels = new Set<Stock>();
  #rejectedInWindow = 0;

  constructor(
    private readonly bus: Bus,
    private readonly boot: Boot,
  ) {}

  /** States to one instance what is in flight and which tokens the ledger holds. */
  deliver(state: State, instance: Instance, folded?: number): void {
    if (instance.slave === "") return;
    const delivery = deliveryOf(state, instance, this.boot);
    const message = folded === undefined ? delivery : { ...delivery, folded };
    this.bus.publish(subjects.delivery(instance.slave, instance.id), encodeJson(message));
  }

  restate(state: State): void {
    for (const instance of state.instances.values()) this.deliver(state, instance);
  }

  instances(instances: readonly Instance[]): void {
    for (const instance of instances) {
      this.bus.publish(subjects.state("instances", instance.id), encodeJson(instanceView(instance)));
    }
  }

  levelsChanged(stocks: readonly Stock[]): void {
    for (const stock of stocks) this.#levels.add(stock);
  }

  publishLevels(state: State): void {
    for (const stock of this.#levels) {
      const level = { resource: stock.key, level: stock.storage, round: state.round };
      this.bus.publish(subjects.storage(stock.key), encodeJson(level));
    }
    this.#levels.clear();
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

import { FACT_BYTES_MAX } from "#core/events/shapes";
import type { InstanceId, SlaveId } from "#core/ids";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import { CHANNEL_BYTES_MAX } from "#core/signal";
import { parseCircuitSubject, subjects } from "#core/subjects";

/**
 * Circuit signals on their way through the leader: what a slave says of an instance that is assigned to it goes to everybody,
 * byte for byte. Nothing is kept: values live as long as their bridge restates them, and nobody else may vouch for them.
 *
 * SR1 a slave speaks only for instances that the ledger assigns to it.
 * SR2 one slave cannot use up the time of the leader or of the others: above RELAYED_PER_SECOND_MAX its statements are dropped;
 *    each is restated.
 */

/** A slave's statements in a second: a hundred channels at the mod's own rate of six a second. */
export const RELAYED_PER_SECOND_MAX = 600;

export class SignalRelay {
  readonly #relayed = new Map<SlaveId, number>();
  readonly #subscription: Subscription;

  constructor(
    private readonly bus: Bus,
    private readonly slaveOf: (instance: InstanceId) => SlaveId | "" | undefined,
  ) {
    this.#subscription = bus.subscribe(subjects.all.circuits, (message) => this.#relay(message));
  }

  /** A new second begins. */
  newWindow(): void {
    this.#relayed.clear();
  }

  close(): void {
    this.#subscription.stop();
  }

  #relay({ subject, data }: BusMessage): void {
    const from = parseCircuitSubject(subject);
    if (from === undefined || data.length > FACT_BYTES_MAX) return;
    // SR1
    if (this.slaveOf(from.instance) !== from.slave || Buffer.byteLength(from.channel) > CHANNEL_BYTES_MAX) return;
    // SR2
    const relayed = (this.#relayed.get(from.slave) ?? 0) + 1;
    this.#relayed.set(from.slave, relayed);
    if (relayed <= RELAYED_PER_SECOND_MAX) this.bus.publish(subjects.signal(from.channel, from.instance), data);
  }
}

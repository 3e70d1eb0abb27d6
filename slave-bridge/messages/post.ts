import { type Allowance, fullAllowance, spend } from "#bridge/messages/allowance";
import type { Incoming } from "#bridge/messages/mailbox";
import type { Said } from "#bridge/messages/message-line";
import type { BridgeContext } from "#bridge/ports";
import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type WorldMessage, worldMessage } from "#core/events/message";
import type { InstanceId, WorldId } from "#core/ids";
import type { BusMessage, Subscription } from "#core/ports/bus";
import { parseMessageSubject, subjects } from "#core/subjects";

/** A line about what was dropped, at most this often. */
const TELL_MS = 60_000;

export interface Receiver {
  message(message: Incoming): void;
}

/**
 * Messages between worlds, as this bridge sends and hears them (docs/adr/0049).
 *
 * MP1 nothing is kept for a broker or an instance that is away.
 * MP2 an instance never hears itself.
 * MP3 what goes out in a stretch of time is bounded for each instance (allowance.ts).
 */
export class Post {
  readonly #allowances = new Map<InstanceId, Allowance>();
  #seq = 0;
  #dropped = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: BridgeContext,
    /** The instances here. */
    private readonly receivers: ReadonlyMap<InstanceId, Receiver>,
  ) {}

  listen(): Subscription {
    return this.context.ports.bus.subscribe(subjects.all.messages, (message) => this.#hear(message));
  }

  send(instance: InstanceId, world: WorldId, { channel, to, data }: Said): void {
    const { ports, settings, boot } = this.context;
    const now = ports.clock.now();
    const allowance = spend(this.#allowances.get(instance) ?? fullAllowance(now), now);
    if (allowance === undefined) return this.dropped();
    this.#allowances.set(instance, allowance);
    const message: WorldMessage = { boot, seq: ++this.#seq, world, time: new Date(now).toISOString(), data };
    ports.bus.publish(subjects.message(settings.slave, instance, to, channel), encodeJson(message));
  }

  /** A message of, or for, an instance here did not get through. */
  dropped(): void {
    const { clock, journal } = this.context.ports;
    this.#dropped++;
    if (clock.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = clock.now();
    journal("warn", `${this.#dropped} messages between worlds were dropped: more came than a game takes or may send`);
    this.#dropped = 0;
  }

  #hear(message: BusMessage): void {
    const subject = parseMessageSubject(message.subject);
    if (subject === undefined) return;
    const { slave, instance: from, to, channel } = subject;
    // Most are for somebody else: they are not decoded.
    const addressed = [...this.receivers].filter(([instance]) => instance !== from && (to ?? instance) === instance);
    if (addressed.length === 0) return;
    const data = this.#dataOf(message);
    if (data === undefined) return;
    for (const [, receiver] of addressed) receiver.message({ slave, from, channel, data, direct: to !== undefined });
  }

  #dataOf({ data, subject }: BusMessage): string | undefined {
    try {
      return decodeJson(worldMessage, data, subject).data;
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.context.ports.journal("warn", messageOf(error));
      return undefined;
    }
  }
}

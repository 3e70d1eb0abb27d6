import { isClusterioError } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { CHANNEL_SILENCE_MS, channelState } from "#core/events/signal";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { Signals } from "#core/signal";
import { parseSignalSubject, subjects } from "#core/subjects";

/** Channels that are shown: a screen has no room for more. */
const CHANNELS_MAX = 50;

/** What the cluster's channels carry, as anybody may hear it: a value lives as long as it is restated. */
export class Channels {
  readonly #channels = new Map<string, Map<string, { readonly signals: Signals; readonly at: number }>>();
  readonly #subscription: Subscription;

  constructor(
    bus: Bus,
    private readonly clock: Clock,
  ) {
    this.#subscription = bus.subscribe(subjects.all.signals, (message) => this.#heard(message));
  }

  /** By channel and instance. */
  now(): Record<string, Record<string, Signals>> {
    const since = this.clock.now() - CHANNEL_SILENCE_MS;
    const channels: Record<string, Record<string, Signals>> = {};
    for (const [channel, senders] of this.#channels) {
      for (const [instance, { at }] of senders) if (at <= since) senders.delete(instance);
      if (senders.size === 0) this.#channels.delete(channel);
      else channels[channel] = Object.fromEntries([...senders].map(([instance, { signals }]) => [instance, signals]));
    }
    return channels;
  }

  stop(): void {
    this.#subscription.stop();
  }

  #heard(message: BusMessage): void {
    const from = parseSignalSubject(message.subject);
    if (from === undefined) return;
    try {
      const { signals } = decodeJson(channelState, message.data, message.subject);
      const senders = this.#channels.get(from.channel) ?? new Map();
      if (Object.keys(signals).length === 0) senders.delete(from.instance);
      else if (this.#channels.has(from.channel) || this.#channels.size < CHANNELS_MAX) {
        senders.set(from.instance, { signals, at: this.clock.now() });
        this.#channels.set(from.channel, senders);
      }
    } catch (error) {
      // Another version's are not ours to judge.
      if (!isClusterioError(error, "bad-input")) throw error;
    }
  }
}

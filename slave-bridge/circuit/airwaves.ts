import type { Journal } from "#bridge/ports";
import type { Boot } from "#core/boot";
import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { CHANNEL_SILENCE_MS, type ChannelState, channelState } from "#core/events/signal";
import type { InstanceId, SlaveId } from "#core/ids";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import { type Clock, every } from "#core/ports/clock";
import { type Signals, wrap32 } from "#core/signal";
import { parseSignalSubject, subjects } from "#core/subjects";

/**
 * What this bridge says and hears on the cluster's channels.
 *
 * CA1 a value counts for CHANNEL_SILENCE_MS after it was last stated: whoever vouches for it restates it (speaker.ts). So the
 *    values of an instance whose bridge, leader or broker is gone end by themselves, on every other bridge; those of one
 *    that was stopped in order end at once, because it says that it is silent.
 * CA2 of one instance's statements the newest counts: a later boot, or a higher number of the same one.
 * CA3 an instance never hears itself: its world adds what it sends by itself.
 */

/** Subscriptions of one slave for channels; its credential allows 64 in all. */
export const CHANNELS_HEARD_MAX = 48;
/** Ends of values are looked for this often. */
const SWEEP_MS = 1_000;

interface Heard extends ChannelState {
  readonly at: number;
}

interface Channel {
  readonly values: Map<InstanceId, Heard>;
  readonly listeners: Set<() => void>;
  readonly subscription: Subscription;
}

export interface AirPorts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly journal: Journal;
}

export class Airwaves {
  readonly #channels = new Map<string, Channel>();
  readonly #stopSweeping: () => void;
  #statements = 0;

  constructor(
    private readonly ports: AirPorts,
    private readonly slave: SlaveId,
    private readonly boot: Boot,
  ) {
    this.#stopSweeping = every(ports.clock, SWEEP_MS, () => this.#sweep());
  }

  /** Calls back when something on this channel changed. False when no more channels can be heard. */
  listen(channel: string, onChange: () => void): (() => void) | false {
    let heard = this.#channels.get(channel);
    if (heard === undefined) {
      if (this.#channels.size >= CHANNELS_HEARD_MAX) return false;
      const subscription = this.ports.bus.subscribe(subjects.all.signalsOn(channel), (message) => this.#hear(message));
      heard = { values: new Map(), listeners: new Set(), subscription };
      this.#channels.set(channel, heard);
    }
    const { listeners, subscription } = heard;
    listeners.add(onChange);
    return () => {
      listeners.delete(onChange);
      if (listeners.size > 0 || this.#channels.get(channel)?.listeners !== listeners) return;
      subscription.stop();
      this.#channels.delete(channel);
    };
  }

  /** What all others put on the channel, added up (CA3). */
  sum(channel: string, self: InstanceId): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const [instance, { signals }] of this.#channels.get(channel)?.values ?? []) {
      if (instance === self) continue;
      for (const key in signals) sums.set(key, wrap32((sums.get(key) ?? 0) + signals[key]!));
    }
    for (const [key, value] of sums) if (value === 0) sums.delete(key);
    return sums;
  }

  /** States what an instance of this slave puts on a channel; nothing: it is silent. */
  say(instance: InstanceId, channel: string, signals: Signals): void {
    const state: ChannelState = { boot: this.boot, seq: ++this.#statements, signals };
    this.ports.bus.publish(subjects.circuit(this.slave, instance, channel), encodeJson(state));
  }

  close(): void {
    this.#stopSweeping();
    for (const { subscription } of this.#channels.values()) subscription.stop();
    this.#channels.clear();
  }

  #hear(message: BusMessage): void {
    const from = parseSignalSubject(message.subject);
    const channel = from === undefined ? undefined : this.#channels.get(from.channel);
    if (from === undefined || channel === undefined) return;
    const state = this.#decode(message);
    if (state === undefined) return;
    const before = channel.values.get(from.instance);
    // CA2
    if (before !== undefined && (state.boot < before.boot || (state.boot === before.boot && state.seq <= before.seq)))
      return;
    const isSilent = Object.keys(state.signals).length === 0;
    if (isSilent) channel.values.delete(from.instance);
    else channel.values.set(from.instance, { ...state, at: this.ports.clock.now() });
    if (!sameSignals(before?.signals ?? {}, state.signals)) tell(channel);
  }

  #decode(message: BusMessage): ChannelState | undefined {
    try {
      return decodeJson(channelState, message.data, message.subject);
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.ports.journal("warn", messageOf(error));
      return undefined;
    }
  }

  /** CA1 */
  #sweep(): void {
    const now = this.ports.clock.now();
    for (const channel of this.#channels.values()) {
      const gone = [...channel.values].filter(([, { at }]) => now - at >= CHANNEL_SILENCE_MS);
      for (const [instance] of gone) channel.values.delete(instance);
      if (gone.length > 0) tell(channel);
    }
  }
}

const tell = ({ listeners }: Channel): void => {
  for (const listener of [...listeners]) listener();
};

const sameSignals = (a: Signals, b: Signals): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
};

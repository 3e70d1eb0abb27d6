import { CHANNEL_RESTATE_MS } from "#core/events/signal";
import { type Clock, every } from "#core/ports/clock";
import { CHANNEL_SIGNALS_MAX, type Signals } from "#core/signal";

/**
 * What one world puts on its channels, stated while its session lasts.
 *
 * CS1 a statement is whole, follows a change within SPEAK_MS_MIN, and is repeated every CHANNEL_RESTATE_MS as long as the
 *    session vouches for it. What comes faster replaces what waits: a channel has at most ten statements a second.
 */
export const SPEAK_MS_MIN = 100;

interface Spoken {
  signals: Record<string, number>;
  saidAt: number;
  cancel: (() => void) | undefined;
}

export class Speaker {
  readonly #channels = new Map<string, Spoken>();
  readonly #stop: () => void;

  constructor(
    private readonly clock: Clock,
    private readonly say: (channel: string, signals: Signals) => void,
  ) {
    this.#stop = every(clock, CHANNEL_RESTATE_MS, () => this.#restate());
  }

  /** The world said: all that it puts on the channel, or what changed, 0 for what is gone. */
  heard(channel: string, signals: Signals, whole: boolean): void {
    const spoken = this.#channels.get(channel) ?? { signals: {}, saidAt: Number.NEGATIVE_INFINITY, cancel: undefined };
    this.#channels.set(channel, spoken);
    if (whole) spoken.signals = {};
    for (const key in signals) {
      if (signals[key] === 0) delete spoken.signals[key];
      else if (key in spoken.signals || Object.keys(spoken.signals).length < CHANNEL_SIGNALS_MAX)
        spoken.signals[key] = signals[key]!;
    }
    if (spoken.cancel !== undefined) return;
    const ms = Math.max(0, spoken.saidAt + SPEAK_MS_MIN - this.clock.now());
    if (ms === 0) this.#state(channel, spoken);
    else spoken.cancel = this.clock.after(ms, () => this.#state(channel, spoken));
  }

  /** How many channels the world puts something on. */
  get size(): number {
    return this.#channels.size;
  }

  /** The session is over. `silent`: in order, nobody is to wait until its values end by themselves. */
  close(silent: boolean): void {
    this.#stop();
    for (const [channel, { cancel }] of this.#channels) {
      cancel?.();
      if (silent) this.say(channel, {});
    }
    this.#channels.clear();
  }

  #state(channel: string, spoken: Spoken): void {
    spoken.cancel = undefined;
    spoken.saidAt = this.clock.now();
    this.say(channel, spoken.signals);
    if (Object.keys(spoken.signals).length === 0) this.#channels.delete(channel);
  }

  #restate(): void {
    for (const [channel, spoken] of this.#channels) if (spoken.cancel === undefined) this.#state(channel, spoken);
  }
}

import type { Airwaves } from "#bridge/circuit/airwaves";
import { decodeCircuitLine, decodeNumbered, type FeedsLine } from "#bridge/circuit/circuit-line";
import { Feed } from "#bridge/circuit/feed";
import type { Levels } from "#bridge/circuit/levels";
import { Speaker } from "#bridge/circuit/speaker";
import { decodeLease, tagOf } from "#bridge/game-protocol";
import type { Compose } from "#bridge/rcon/pipe";
import type { Rank } from "#bridge/rcon/turns";
import type { InstanceId } from "#core/ids";
import type { Clock } from "#core/ports/clock";

/**
 * The circuits of one session: what its world says goes on the air, what its combinators show goes into the game.
 *
 * CC1 into the game goes only what a combinator of this world shows, and of that only what changed.
 * CC2 commands of one feed are FEED_MS_MIN apart: what changes faster is told as it is then.
 * CC3 what the save has no number for is named once; what it has no prototype for is never asked for again in this session.
 */
const SIGNALS_MS_MIN = 100;
/** Levels are looked at by people and by slow circuits. */
const LEVELS_MS_MIN = 1_000;
/** A command of names; the game may take a second for it. */
const NAMES_BYTES_MAX = 1_500;

export interface CircuitPorts {
  readonly clock: Clock;
  readonly air: Airwaves;
  readonly levels: Levels;
  /** The reply, undefined when there was none. */
  ask(rank: Rank, compose: Compose): Promise<string | undefined>;
  complain(message: string): void;
}

/** What a combinator of this world shows. */
interface Shown {
  readonly feed: Feed;
  readonly channel: string | undefined;
  /** Of levels: these signals only. */
  readonly only: ReadonlySet<string> | undefined;
  readonly stop: () => void;
  askedAt: number;
  waiting: (() => void) | undefined;
  underWay: boolean;
}

export class Circuits {
  readonly #speaker: Speaker;
  readonly #numbers = new Map<string, number>();
  readonly #unknown = new Set<string>();
  #shown = new Map<number, Shown>();
  #closed = false;

  constructor(
    private readonly ports: CircuitPorts,
    private readonly instance: InstanceId,
    private readonly token: string,
  ) {
    this.#speaker = new Speaker(ports.clock, (channel, signals) => ports.air.say(instance, channel, signals));
  }

  /** A line of the report file. */
  line(text: string): void {
    const line = decodeCircuitLine(text);
    if (line === undefined) return this.ports.complain(`not a line about circuits: ${text.slice(0, 200)}`);
    if (line.circuit !== this.token) return;
    if ("say" in line) this.#speaker.heard(line.say, line.signals, line.whole === true);
    else this.#hear(line);
  }

  /** `silent`: the game stops in order; else its values live on until nobody vouches for them. */
  close(silent: boolean): void {
    this.#closed = true;
    this.#speaker.close(silent);
    for (const shown of this.#shown.values()) end(shown);
    this.#shown.clear();
  }

  #hear({ hear, names }: FeedsLine): void {
    for (const number in names) this.#numbers.set(names[number]!, Number(number));
    const before = this.#shown;
    this.#shown = new Map();
    for (const number in hear) {
      const { channel, epoch, only } = hear[number]!;
      const old = before.get(Number(number));
      before.delete(Number(number));
      const feed = old?.feed.epoch === epoch ? old.feed : new Feed(Number(number), epoch);
      // A command under way for a feed that the mod forgot is waited for, so that it comes before the new one's first.
      const { askedAt, underWay } = old ?? { askedAt: Number.NEGATIVE_INFINITY, underWay: false };
      // Listened to before the old one ends: a channel that nobody listens to forgets its values.
      const stop = this.#listen(Number(number), channel);
      if (old !== undefined) end(old);
      const filter = only === undefined ? undefined : new Set(only);
      this.#shown.set(Number(number), { feed, channel, only: filter, stop, askedAt, underWay, waiting: undefined });
      this.#changed(Number(number));
    }
    for (const shown of before.values()) end(shown);
  }

  #listen(number: number, channel: string | undefined): () => void {
    const onChange = () => this.#changed(number);
    if (channel === undefined) return this.ports.levels.listen(onChange);
    const stop = this.ports.air.listen(channel, onChange);
    if (stop !== false) return stop;
    this.ports.complain(`channel ${channel} is not heard: this bridge's worlds listen to too many`);
    return () => {};
  }

  /** CC2 */
  #changed(number: number): void {
    const shown = this.#shown.get(number);
    if (shown === undefined || shown.waiting !== undefined || shown.underWay) return;
    const { clock } = this.ports;
    const apart = shown.channel === undefined ? LEVELS_MS_MIN : SIGNALS_MS_MIN;
    const ms = shown.askedAt + apart - clock.now();
    if (ms <= 0) return void this.#tell(number, shown);
    shown.waiting = clock.after(ms, () => {
      shown.waiting = undefined;
      void this.#tell(number, shown);
    });
  }

  async #tell(number: number, shown: Shown): Promise<void> {
    const rank = shown.channel === undefined ? "level" : "signal";
    shown.underWay = true;
    let settle: (reply: string) => boolean = () => false;
    const reply = await this.ports.ask(rank, () => {
      if (this.#closed || this.#shown.get(number) !== shown) return undefined;
      shown.askedAt = this.ports.clock.now();
      const wanted = this.#wanted(shown);
      const names = this.#nameless(wanted);
      if (names.length > 0) {
        settle = (answer) => this.#named(names, answer);
        return `/clusterio-signals ${JSON.stringify({ token: this.token, names })}`;
      }
      const told = shown.feed.next(tagOf(this.token), this.#numbered(wanted));
      settle = (answer) => this.#took(shown.feed, told?.took, answer);
      return told?.command;
    });
    if (this.#closed) return;
    // The feed may have been set up anew meanwhile: what it shows now goes on.
    const now = this.#shown.get(number);
    if (now !== undefined) now.underWay = false;
    if (reply !== undefined && settle(reply)) this.#changed(number);
    else if (now !== shown) this.#changed(number);
  }

  /** CC1 */
  #wanted({ channel, only }: Shown): ReadonlyMap<string, number> {
    const all = channel === undefined ? this.ports.levels.signals() : this.ports.air.sum(channel, this.instance);
    const wanted = [...all].filter(([key]) => !this.#unknown.has(key) && (only === undefined || only.has(key)));
    return new Map(wanted);
  }

  #nameless(wanted: ReadonlyMap<string, number>): string[] {
    const names: string[] = [];
    let room = NAMES_BYTES_MAX;
    for (const key of wanted.keys()) {
      if (this.#numbers.has(key)) continue;
      room -= key.length + 3;
      if (room < 0) break;
      names.push(key);
    }
    return names;
  }

  #numbered(wanted: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
    return new Map([...wanted].map(([key, value]) => [this.#numbers.get(key)!, value] as const));
  }

  /** CC3. True: there is more to say. */
  #named(asked: readonly string[], reply: string): boolean {
    const numbers = decodeNumbered(reply);
    if (numbers === undefined) return this.#refused(reply);
    for (const key of asked) {
      const number = numbers[key];
      if (number === undefined) this.#unknown.add(key);
      else this.#numbers.set(key, number);
    }
    return true;
  }

  #took(feed: Feed, took: (() => void) | undefined, reply: string): boolean {
    const taken = decodeLease(reply);
    if (taken.kind === "tick") {
      took?.();
      return true;
    }
    // Told from the beginning, whatever the mod missed.
    feed.restart();
    return taken.code === "order" || this.#refused(reply);
  }

  #refused(reply: string): boolean {
    this.ports.complain(`the game refused a command about circuits: ${reply.slice(0, 200)}`);
    return false;
  }
}

const end = (shown: Shown): void => {
  shown.waiting?.();
  shown.waiting = undefined;
  shown.stop();
};

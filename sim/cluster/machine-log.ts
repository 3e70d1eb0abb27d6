import { unavailable } from "#core/errors";
import type { Clock } from "#core/ports/clock";
import { pause } from "#core/ports/clock";
import type { AppendResult, Following, Log, LogInfo, Place, StoredMessage } from "#core/ports/log";
import type { MemoryLog } from "#core/ports/memory/memory-log";
import type { Machine } from "#sim/cluster/machine";

/** What becomes of one operation on a stream. */
export interface AppendFate {
  readonly delayMs: number;
  readonly kind: "acknowledged" | "unacknowledged" | "dropped" | "late" | "full";
  /** It hangs on its way until then. */
  readonly until?: Promise<void>;
  /** For "late": stored this long after its author gave up on it. */
  readonly lateMs: number;
}

export interface LogWeather {
  append(): AppendFate;
  /** The broker does not know what the last message is called: an earlier version wrote it. */
  forgetsName(): boolean;
  readDelayMs(): number;
  /** A message was stored: the checker looks at it. */
  stored(subject: string, data: Uint8Array, seq: number): void;
  /** There is no room for a message: its author tries the same one again. */
  refused(): void;
  /** What lay at its beginning is no longer there. */
  purged(): void;
}

/** An append without an answer is given up after this long. */
const GIVE_UP_MS = 1_000;

/** One machine's view of a stream of the broker. */
export class MachineLog implements Log {
  constructor(
    private readonly machine: Machine,
    private readonly inner: MemoryLog,
    private readonly clock: Clock,
    private readonly weather: LogWeather,
  ) {}

  append(subject: string, data: Uint8Array, expect?: number | Place): Promise<AppendResult> {
    return this.machine.hold(this.#append(subject, data, expect));
  }

  async #append(subject: string, data: Uint8Array, expect?: number | Place): Promise<AppendResult> {
    if (typeof expect === "object" && expect.afterName !== undefined && this.weather.forgetsName())
      return { kind: "other-name" };
    const fate = this.weather.append();
    const unknown = { kind: "unknown" as const, reason: "no acknowledgement came" };
    if (fate.delayMs > 0) await pause(this.clock, fate.delayMs);
    if (fate.until !== undefined) await fate.until;
    if (this.machine.cut || fate.kind === "dropped") {
      await pause(this.clock, GIVE_UP_MS);
      return unknown;
    }
    if (this.machine.dead) return unknown;
    if (fate.kind === "full") return this.#refused();
    if (fate.kind === "late") {
      this.clock.after(GIVE_UP_MS + fate.lateMs, () => this.#store(subject, data, expect));
      await pause(this.clock, GIVE_UP_MS);
      return unknown;
    }
    const result = this.#store(subject, data, expect);
    if (fate.kind === "acknowledged" || result.kind !== "stored") return result;
    await pause(this.clock, GIVE_UP_MS);
    return unknown;
  }

  #store(subject: string, data: Uint8Array, expect?: number | Place): AppendResult {
    const result = this.inner.store(subject, data, expect);
    if (result.kind === "full") return this.#refused();
    if (result.kind === "stored") this.weather.stored(subject, data, result.seq);
    return result;
  }

  #refused(): AppendResult {
    this.weather.refused();
    return { kind: "full" };
  }

  #read<T>(read: () => Promise<T>): Promise<T> {
    const delayMs = this.weather.readDelayMs();
    const now = async () => {
      if (this.machine.cut) throw unavailable("the broker is away");
      return read();
    };
    return this.machine.hold(delayMs > 0 ? pause(this.clock, delayMs).then(now) : now());
  }

  get(seq: number): Promise<StoredMessage | undefined> {
    return this.#read(() => this.inner.get(seq));
  }

  last(subject: string): Promise<StoredMessage | undefined> {
    return this.#read(() => this.inner.last(subject));
  }

  read(from: number, max: number): Promise<StoredMessage[]> {
    const hanging = this.machine.hangingRead;
    this.machine.hangingRead = undefined;
    return this.#read(async () => {
      hanging?.begun();
      await hanging?.done;
      return this.inner.read(from, max);
    });
  }

  info(): Promise<LogInfo> {
    return this.#read(() => this.inner.info());
  }

  purgeBelow(seq: number): Promise<void> {
    return this.#read(() => {
      this.weather.purged();
      return this.inner.purgeBelow(seq);
    });
  }

  /** Survives a cut: what came meanwhile comes afterwards. */
  follow(from: number, onMessage: (message: StoredMessage) => void, onReset: () => void): Following {
    let ended = false;
    const held: (() => void)[] = [];
    const hand = (task: () => void) =>
      this.machine.run(() => {
        if (ended) return;
        if (this.machine.cut) held.push(task);
        else task();
      });
    const back = this.machine.onConnection((connected) => {
      if (connected) for (const task of held.splice(0)) if (!ended) task();
    });
    const following = this.inner.follow(
      from,
      (message) => hand(() => onMessage(message)),
      () => hand(onReset),
    );
    return {
      stop: async () => {
        ended = true;
        back.stop();
        await following.stop();
      },
    };
  }
}

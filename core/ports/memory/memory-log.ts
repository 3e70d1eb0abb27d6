import type { Clock } from "#core/ports/clock";
import type { AppendResult, Following, Log, LogInfo, StoredMessage } from "#core/ports/log";
import { copyOf } from "#core/ports/memory/bytes";

/** What JetStream adds to each message in its accounting, roughly: headers and index. */
const MESSAGE_OVERHEAD_BYTES = 30;

export interface MemoryLogOptions {
  /** Appends that would go above it are refused (discard: new). */
  readonly bytesMax?: number;
}

interface Follower {
  next: number;
  readonly onMessage: (message: StoredMessage) => void;
  readonly onReset: () => void;
  awake: boolean;
  ended: boolean;
}

/** Cheaper than `queueMicrotask`, which wraps its task in an async resource: a simulation does this ten million times. */
const settled = Promise.resolve();
const soon = (task: () => void): void => void settled.then(task);

/** How a coming append goes wrong: acknowledged never, with or without having been stored. */
export type AppendFault = "stored-unacknowledged" | "dropped-unacknowledged" | "full";

/**
 * One stream in memory. Messages reach followers in microtasks, in order, so a run is the same each time.
 * `recreate`, `truncate` and `failNext` are what a broker does to its users on a bad day.
 */
export class MemoryLog implements Log {
  #messages: StoredMessage[] = [];
  #lastSeq = 0;
  #bytes = 0;
  #creations = 0;
  #created: string;
  readonly #followers = new Set<Follower>();
  readonly #faults: AppendFault[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly options: MemoryLogOptions = {},
  ) {
    this.#created = this.#creationTime();
  }

  append(subject: string, data: Uint8Array, expectLastSeq?: number): Promise<AppendResult> {
    const fault = this.#faults.shift();
    if (fault === "dropped-unacknowledged") return Promise.resolve({ kind: "unknown", reason: "the message was lost" });
    const result = fault === "full" ? { kind: "full" as const } : this.store(subject, data, expectLastSeq);
    if (fault === "stored-unacknowledged" && result.kind === "stored") {
      return Promise.resolve({ kind: "unknown", reason: "the acknowledgement was lost" });
    }
    return Promise.resolve(result);
  }

  /** The append itself, at once: also what a stream does with a captured message. */
  store(subject: string, data: Uint8Array, expectLastSeq?: number): AppendResult {
    if (expectLastSeq !== undefined && expectLastSeq !== this.#lastSeq) return { kind: "conflict" };
    const size = sizeOf({ subject, data });
    if (this.#bytes + size > (this.options.bytesMax ?? Number.POSITIVE_INFINITY)) return { kind: "full" };
    this.#lastSeq++;
    this.#bytes += size;
    this.#messages.push({ seq: this.#lastSeq, subject, data: copyOf(data), time: this.clock.now() });
    for (const follower of this.#followers) this.#wake(follower);
    return { kind: "stored", seq: this.#lastSeq };
  }

  async get(seq: number): Promise<StoredMessage | undefined> {
    const message = this.#messages[this.#indexOf(seq)];
    return message?.seq === seq ? message : undefined;
  }

  async last(subject: string): Promise<StoredMessage | undefined> {
    return this.#messages.findLast((message) => message.subject === subject);
  }

  async read(from: number, max: number): Promise<StoredMessage[]> {
    const start = this.#indexOf(from);
    return this.#messages.slice(start, start + max);
  }

  async info(): Promise<LogInfo> {
    const base = {
      created: this.#created,
      firstSeq: this.#messages[0]?.seq ?? this.#lastSeq + 1,
      lastSeq: this.#lastSeq,
      bytes: this.#bytes,
    };
    return this.options.bytesMax === undefined ? base : { ...base, bytesMax: this.options.bytesMax };
  }

  follow(from: number, onMessage: (message: StoredMessage) => void, onReset: () => void): Following {
    const follower: Follower = { next: Math.max(1, from), onMessage, onReset, awake: false, ended: false };
    this.#followers.add(follower);
    this.#wake(follower);
    return {
      stop: async () => {
        follower.ended = true;
        this.#followers.delete(follower);
      },
    };
  }

  async purgeBelow(seq: number): Promise<void> {
    this.#replace(this.#messages.slice(this.#indexOf(seq)));
  }

  /** Loses everything after `lastSeq`, as a power cut before the flush does. */
  truncate(lastSeq: number): void {
    this.#replace(this.#messages.slice(0, this.#indexOf(lastSeq + 1)));
    this.#lastSeq = Math.min(this.#lastSeq, lastSeq);
    for (const follower of [...this.#followers]) if (follower.next > lastSeq + 1) this.#reset(follower);
  }

  /** Bits of a stored message change, or (without `data`) it is gone. */
  damage(seq: number, data?: Uint8Array): void {
    this.#replace(
      this.#messages.flatMap((message) => {
        if (message.seq !== seq) return [message];
        return data === undefined ? [] : [{ ...message, data }];
      }),
    );
  }

  /** Somebody removed the stream and made it again. */
  recreate(): void {
    this.#replace([]);
    this.#lastSeq = 0;
    this.#created = this.#creationTime();
    for (const follower of [...this.#followers]) this.#reset(follower);
  }

  /** The next appends fail like this, one for each. */
  failNext(...faults: AppendFault[]): void {
    this.#faults.push(...faults);
  }

  #replace(messages: StoredMessage[]): void {
    this.#messages = messages;
    this.#bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
  }

  /** Like the broker's nanoseconds: two creations are never of the same moment. */
  #creationTime(): string {
    const nanos = String(this.#creations++).padStart(6, "0");
    return new Date(this.clock.now()).toISOString().replace("Z", `${nanos}Z`);
  }

  /** Index of the first kept message with this sequence or a later one. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#messages[middle]!.seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reset(follower: Follower): void {
    if (follower.ended) return;
    follower.ended = true;
    this.#followers.delete(follower);
    soon(follower.onReset);
  }

  #wake(follower: Follower): void {
    if (follower.awake) return;
    follower.awake = true;
    soon(() => this.#handOver(follower));
  }

  #handOver(follower: Follower): void {
    follower.awake = false;
    if (follower.ended) return;
    if (follower.next > this.#lastSeq + 1) {
      this.#reset(follower);
      return;
    }
    const message = this.#messages[this.#indexOf(follower.next)];
    if (message === undefined) return;
    follower.next = message.seq + 1;
    this.#wake(follower);
    follower.onMessage(message);
  }
}

const sizeOf = (message: { subject: string; data: Uint8Array }): number =>
  MESSAGE_OVERHEAD_BYTES + message.subject.length + message.data.length;

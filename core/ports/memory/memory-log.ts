import type { Clock } from "#core/ports/clock";
import type { AppendResult, Following, Log, LogInfo, Place, StoredMessage, SubjectLog } from "#core/ports/log";
import { copyOf } from "#core/ports/memory/bytes";
import { matches } from "#core/ports/memory/memory-bus";

/** What JetStream's file store adds to each message in its accounting, and what more when it has headers. */
const MESSAGE_OVERHEAD_BYTES = 30;
const HEADER_OVERHEAD_BYTES = 4;

/** The stream's configuration, of what core/streams.ts uses. */
export interface MemoryLogOptions {
  readonly bytesMax?: number;
  /** What happens at `bytesMax`: new ones are refused (when left out), or the oldest are dropped. */
  readonly discard?: "new" | "old";
  /** Messages kept of one subject; the oldest of it is dropped. */
  readonly perSubjectMax?: number;
  /** Name of the stream: appends then carry, and count, the headers that JetStreamLog gives them. */
  readonly stream?: string;
}

interface Follower {
  next: number;
  /** The message that was handed over last. */
  last: StoredMessage | undefined;
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
 * One stream in memory, a model of JetStream's: the same scripts do the same to it and to a real nats-server
 * (test/contracts/log-model.nats.test.ts). Messages reach followers in microtasks, in order, so a run is the same each time.
 * `recreate`, `truncate`, `remember`, `restart`, `expire`, `damage` and `failNext` are what a broker does to its users on a bad day.
 */
export class MemoryLog implements Log, SubjectLog {
  #messages: StoredMessage[] = [];
  /** What each of them counts, in the same order. */
  #sizes: number[] = [];
  readonly #names = new WeakMap<StoredMessage, string>();
  /** Of the message that was stored last, also when it is no longer kept. */
  #lastName: string | undefined;
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

  append(subject: string, data: Uint8Array, expect?: number | Place): Promise<AppendResult> {
    const fault = this.#faults.shift();
    if (fault === "dropped-unacknowledged") return Promise.resolve({ kind: "unknown", reason: "the message was lost" });
    const result = fault === "full" ? { kind: "full" as const } : this.store(subject, data, expect);
    if (fault === "stored-unacknowledged" && result.kind === "stored") {
      return Promise.resolve({ kind: "unknown", reason: "the acknowledgement was lost" });
    }
    return Promise.resolve(result);
  }

  /** The append itself, at once: also what a stream does with a captured message. */
  store(subject: string, data: Uint8Array, expect?: number | Place): AppendResult {
    const place = typeof expect === "number" ? { after: expect } : expect;
    if (place !== undefined && place.after !== this.#lastSeq) return { kind: "conflict" };
    if (place?.afterName !== undefined && place.afterName !== this.#lastName) return { kind: "other-name" };
    const { bytesMax, discard, perSubjectMax } = this.options;
    const size = this.#sizeOf(subject, data, place);
    if (bytesMax !== undefined && discard !== "old" && this.#bytes + size > bytesMax) return { kind: "full" };
    this.#lastSeq++;
    this.#bytes += size;
    const message: StoredMessage = { seq: this.#lastSeq, subject, data: copyOf(data), time: this.clock.now() };
    this.#messages.push(message);
    this.#lastName = place?.name;
    if (place?.name !== undefined) this.#names.set(message, place.name);
    this.#sizes.push(size);
    if (perSubjectMax !== undefined) this.#dropOldOf(subject, perSubjectMax);
    if (bytesMax !== undefined && discard === "old") this.#dropOld(bytesMax);
    for (const follower of this.#followers) this.#wake(follower);
    return { kind: "stored", seq: this.#lastSeq };
  }

  #sizeOf(subject: string, data: Uint8Array, place: Place | undefined): number {
    const bare = MESSAGE_OVERHEAD_BYTES + subject.length + data.length;
    const { stream } = this.options;
    if (stream === undefined) return bare;
    const headers = [
      place?.afterName === undefined
        ? `Nats-Expected-Stream: ${stream}`
        : `Nats-Expected-Last-Msg-Id: ${place.afterName}`,
      ...(place === undefined ? [] : [`Nats-Expected-Last-Sequence: ${place.after}`]),
      ...(place?.name === undefined ? [] : [`Nats-Msg-Id: ${place.name}`]),
    ];
    return bare + HEADER_OVERHEAD_BYTES + `NATS/1.0\r\n${headers.join("\r\n")}\r\n\r\n`.length;
  }

  #dropOldOf(subject: string, perSubjectMax: number): void {
    let over = -perSubjectMax;
    for (const message of this.#messages) if (message.subject === subject) over++;
    for (; over > 0; over--) {
      const at = this.#messages.findIndex((message) => message.subject === subject);
      this.#messages.splice(at, 1);
      this.#bytes -= this.#sizes.splice(at, 1)[0]!;
    }
  }

  #dropOld(bytesMax: number): void {
    while (this.#bytes > bytesMax) {
      this.#messages.shift();
      this.#bytes -= this.#sizes.shift()!;
    }
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

  async readSubject(
    subject: string,
    from: { readonly seq: number } | { readonly time: number },
    { max, bytesMax }: { readonly max: number; readonly bytesMax: number },
  ): Promise<StoredMessage[]> {
    const found: StoredMessage[] = [];
    let bytes = 0;
    for (const message of this.#messages) {
      const comes = "seq" in from ? message.seq >= from.seq : message.time >= from.time;
      if (!comes || !matches(subject, message.subject)) continue;
      if (found.length >= max || (found.length > 0 && bytes >= bytesMax)) break;
      bytes += message.data.length;
      found.push(message);
    }
    return found;
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
    const next = Math.max(1, from);
    const follower: Follower = { next, last: undefined, onMessage, onReset, awake: false, ended: false };
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
    this.#keep(this.#indexOf(seq), this.#messages.length);
  }

  /** Loses everything after `lastSeq`, as a power cut before the flush does. */
  truncate(lastSeq: number): void {
    this.#keep(0, this.#indexOf(lastSeq + 1));
    this.#lastSeq = Math.min(this.#lastSeq, lastSeq);
    this.restart();
    this.#resetChanged();
  }

  /** The broker starts again: of its last message's name it knows what the message itself says. */
  restart(): void {
    const last = this.#messages.at(-1);
    this.#lastName = last?.seq === this.#lastSeq ? this.#names.get(last) : undefined;
  }

  /** Messages that have become this old (ms) are gone, as by `max_age`. */
  expire(ageMs: number): void {
    const oldest = this.clock.now() - ageMs;
    const at = this.#messages.findIndex(({ time }) => time > oldest);
    this.#keep(at < 0 ? this.#messages.length : at, this.#messages.length);
  }

  /** Copies the store as it is; what it returns puts the copy in its place, as an operator does with a backup. */
  remember(): () => void {
    const [messages, sizes, lastSeq, created] = [[...this.#messages], [...this.#sizes], this.#lastSeq, this.#created];
    return () => {
      this.#messages = [...messages];
      this.#sizes = [...sizes];
      this.#lastSeq = lastSeq;
      this.#keep(0, messages.length);
      const another = created !== this.#created;
      this.#created = created;
      this.restart();
      this.#resetChanged(another);
    };
  }

  /** Bits of a stored message change, or (without `data`) it is gone. */
  damage(seq: number, data?: Uint8Array): void {
    const at = this.#indexOf(seq);
    const message = this.#messages[at];
    if (message?.seq !== seq) throw new Error(`there is no message ${seq}`);
    if (data !== undefined) {
      const damaged = { ...message, data };
      this.#messages[at] = damaged;
      const name = this.#names.get(message);
      if (name !== undefined) this.#names.set(damaged, name);
    } else {
      this.#messages.splice(at, 1);
      this.#sizes.splice(at, 1);
    }
    this.#keep(0, this.#messages.length);
  }

  /** Somebody removed the stream and made it again. */
  recreate(): void {
    this.#keep(0, 0);
    this.#lastSeq = 0;
    this.#created = this.#creationTime();
    this.restart();
    this.#resetChanged(true);
  }

  /** The next appends fail like this, one for each. */
  failNext(...faults: AppendFault[]): void {
    this.#faults.push(...faults);
  }

  /** Only these messages stay. */
  #keep(from: number, to: number): void {
    this.#messages = this.#messages.slice(from, to);
    this.#sizes = this.#sizes.slice(from, to);
    this.#bytes = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** As JF2: a following ends when the stream is another one, ends before, or has another message, than was handed over. */
  #resetChanged(another = false): void {
    for (const follower of [...this.#followers]) {
      const { next, last } = follower;
      const now = last === undefined ? undefined : this.#messages[this.#indexOf(last.seq)];
      if (another || next > this.#lastSeq + 1 || (now?.seq === last?.seq && now !== last)) this.#reset(follower);
      else this.#wake(follower);
    }
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
    follower.last = message;
    this.#wake(follower);
    follower.onMessage(message);
  }
}

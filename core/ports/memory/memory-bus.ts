import type { Bus, BusMessage, RequestResult, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { copyOf } from "#core/ports/memory/bytes";
import type { MemoryLog } from "#core/ports/memory/memory-log";

/** True when `subject` is one of those that `pattern` names ("*" one token, ">" one or more at the end). */
export const matches = (pattern: string, subject: string): boolean => {
  const first = pattern.charAt(0);
  if (first !== subject.charAt(0) && first !== "*" && first !== ">") return false;
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  for (const [at, token] of wanted.entries()) {
    if (token === ">") return tokens.length > at;
    if (at >= tokens.length || (token !== "*" && token !== tokens[at])) return false;
  }
  return wanted.length === tokens.length;
};

/** Cheaper than `queueMicrotask`, which wraps its task in an async resource: a simulation does this ten million times. */
const settled = Promise.resolve();
const soon = (task: () => void): void => void settled.then(task);

const isLiteral = (pattern: string): boolean => !/[*>]/.test(pattern);

interface Interest {
  readonly bus: MemoryBus;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly onMessage: (message: BusMessage) => void;
  stopped: boolean;
}

/** One subject for each request: not worth remembering whom it concerns. */
const isInbox = (subject: string): boolean => subject.startsWith("_INBOX.");

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Core NATS in memory: many clients, subject wildcards, queue groups, "nobody" told from a timeout. Messages are handed
 * over in microtasks, in the order in which they were published, so a run is the same each time.
 */
export class MemoryBroker {
  /** Subscriptions to one subject each, most of them inboxes, and all others; `#interested` remembers whom of these a subject concerns. */
  readonly #literal = new Map<string, Set<Interest>>();
  readonly #wild = new Set<Interest>();
  readonly #interested = new Map<string, readonly Interest[]>();
  readonly #captures: { pattern: string; log: MemoryLog }[] = [];
  readonly #captured = new Map<string, readonly MemoryLog[]>();
  readonly #queued: (() => void)[] = [];
  #draining = false;
  #turn = 0;
  #inboxes = 0;

  constructor(private readonly clock: Clock) {}

  /** A new client. */
  connect(): MemoryBus {
    return new MemoryBus(this, this.clock);
  }

  /** Stores what is published on these subjects, as a stream without acknowledgement does. */
  capture(pattern: string, log: MemoryLog): void {
    this.#captures.push({ pattern, log });
    this.#captured.clear();
  }

  newInbox(): string {
    return `_INBOX.memory.${++this.#inboxes}`;
  }

  add(interest: Interest): Subscription {
    const { pattern } = interest;
    const peers = isLiteral(pattern) ? (this.#literal.get(pattern) ?? new Set()) : this.#wild;
    if (peers === this.#wild) this.#interested.clear();
    else this.#literal.set(pattern, peers);
    peers.add(interest);
    return {
      stop: () => {
        interest.stopped = true;
        peers.delete(interest);
        if (peers === this.#wild) this.#interested.clear();
        else if (peers.size === 0 && this.#literal.get(pattern) === peers) this.#literal.delete(pattern);
      },
    };
  }

  #logsOf(subject: string): readonly MemoryLog[] {
    let logs = this.#captured.get(subject);
    if (logs === undefined) {
      logs = this.#captures.filter(({ pattern }) => matches(pattern, subject)).map(({ log }) => log);
      if (!isInbox(subject)) this.#captured.set(subject, logs);
    }
    return logs;
  }

  #wildOf(subject: string): readonly Interest[] {
    let interested = this.#interested.get(subject);
    if (interested === undefined) {
      interested = [...this.#wild].filter(({ pattern }) => matches(pattern, subject));
      if (!isInbox(subject)) this.#interested.set(subject, interested);
    }
    return interested;
  }

  /** Hands the message to everybody whom it concerns; false when that is nobody. */
  send(message: BusMessage): boolean {
    const { subject } = message;
    for (const log of this.#logsOf(subject)) log.store(subject, message.data);
    let groups: Map<string, Interest[]> | undefined;
    let receivers = 0;
    const offer = (interest: Interest): void => {
      if (!interest.bus.connected()) return;
      receivers++;
      const { queue } = interest;
      if (queue === undefined) return this.#handOver(interest, message);
      groups ??= new Map();
      const members = groups.get(queue);
      if (members === undefined) groups.set(queue, [interest]);
      else members.push(interest);
    };
    for (const interest of this.#literal.get(subject) ?? []) offer(interest);
    for (const interest of this.#wildOf(subject)) offer(interest);
    for (const members of groups?.values() ?? []) this.#handOver(members[this.#turn++ % members.length]!, message);
    return receivers > 0;
  }

  #handOver(interest: Interest, message: BusMessage): void {
    this.#queued.push(() => {
      if (!interest.stopped && interest.bus.connected()) interest.onMessage(message);
    });
    if (this.#draining) return;
    this.#draining = true;
    soon(() => this.#drain());
  }

  /** One message for each microtask: what a handler awaits comes before the next message. */
  #drain(): void {
    const next = this.#queued.shift();
    if (next === undefined) {
      this.#draining = false;
      return;
    }
    soon(() => this.#drain());
    next();
  }
}

/** One client of a MemoryBroker. */
export class MemoryBus implements Bus {
  #connected = true;
  readonly #listeners = new Set<(connected: boolean) => void>();

  constructor(
    private readonly broker: MemoryBroker,
    private readonly clock: Clock,
  ) {}

  publish(subject: string, data: Uint8Array): void {
    if (this.#connected) this.broker.send({ subject, data: copyOf(data), headers: NO_HEADERS });
  }

  subscribe(subject: string, onMessage: (message: BusMessage) => void, options?: { queue?: string }): Subscription {
    return this.broker.add({ bus: this, pattern: subject, queue: options?.queue, onMessage, stopped: false });
  }

  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<RequestResult> {
    return new Promise((resolve) => {
      const reply = this.broker.newInbox();
      const done = (result: RequestResult) => {
        cancel();
        inbox.stop();
        back.stop();
        resolve(result);
      };
      const cancel = this.clock.after(timeoutMs, () => done({ kind: "timeout" }));
      const inbox = this.subscribe(reply, (answer) => done({ kind: "answer", data: answer.data }));
      const send = () => {
        back.stop();
        const heard = this.broker.send({ subject, data: copyOf(data), reply, headers: NO_HEADERS });
        if (!heard) soon(() => done({ kind: "nobody" }));
      };
      const back = this.onConnection((connected) => connected && send());
      if (this.#connected) send();
    });
  }

  respond(message: BusMessage, data: Uint8Array): void {
    if (message.reply !== undefined) this.publish(message.reply, data);
  }

  flush(): Promise<void> {
    if (this.#connected) return Promise.resolve();
    return new Promise((resolve) => {
      const back = this.onConnection((connected) => {
        if (!connected) return;
        back.stop();
        resolve();
      });
    });
  }

  connected(): boolean {
    return this.#connected;
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    this.#listeners.add(listener);
    return { stop: () => void this.#listeners.delete(listener) };
  }

  /** Cuts this client off, or lets it back. */
  setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    for (const listener of [...this.#listeners]) listener(connected);
  }
}

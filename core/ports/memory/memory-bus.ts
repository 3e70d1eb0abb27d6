import type { Bus, BusMessage, RequestResult, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { MemoryLog } from "#core/ports/memory/memory-log";

/** True when `subject` is one of those that `pattern` names ("*" one token, ">" one or more at the end). */
export const matches = (pattern: string, subject: string): boolean => {
  const wanted = pattern.split(".");
  const tokens = subject.split(".");
  for (const [at, token] of wanted.entries()) {
    if (token === ">") return tokens.length > at;
    if (at >= tokens.length || (token !== "*" && token !== tokens[at])) return false;
  }
  return wanted.length === tokens.length;
};

interface Interest {
  readonly bus: MemoryBus;
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly onMessage: (message: BusMessage) => void;
  stopped: boolean;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Core NATS in memory: many clients, subject wildcards, queue groups, "nobody" told from a timeout. Messages are handed
 * over in microtasks, in the order in which they were published, so a run is the same each time.
 */
export class MemoryBroker {
  readonly #interests = new Set<Interest>();
  readonly #captures: { pattern: string; log: MemoryLog }[] = [];
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
  }

  newInbox(): string {
    return `_INBOX.memory.${++this.#inboxes}`;
  }

  add(interest: Interest): Subscription {
    this.#interests.add(interest);
    return {
      stop: () => {
        interest.stopped = true;
        this.#interests.delete(interest);
      },
    };
  }

  /** Hands the message to everybody whom it concerns; false when that is nobody. */
  send(message: BusMessage): boolean {
    for (const { pattern, log } of this.#captures) {
      if (matches(pattern, message.subject)) log.store(message.subject, message.data);
    }
    const groups = new Map<string, Interest[]>();
    let receivers = 0;
    for (const interest of this.#interests) {
      if (!interest.bus.connected() || !matches(interest.pattern, message.subject)) continue;
      receivers++;
      if (interest.queue === undefined) this.#handOver(interest, message);
      else groups.set(interest.queue, [...(groups.get(interest.queue) ?? []), interest]);
    }
    for (const members of groups.values()) this.#handOver(members[this.#turn++ % members.length]!, message);
    return receivers > 0;
  }

  #handOver(interest: Interest, message: BusMessage): void {
    this.#queued.push(() => {
      if (!interest.stopped && interest.bus.connected()) interest.onMessage(message);
    });
    if (this.#draining) return;
    this.#draining = true;
    queueMicrotask(() => this.#drain());
  }

  /** One message for each microtask: what a handler awaits comes before the next message. */
  #drain(): void {
    const next = this.#queued.shift();
    if (next === undefined) {
      this.#draining = false;
      return;
    }
    queueMicrotask(() => this.#drain());
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
    if (this.#connected) this.broker.send({ subject, data: data.slice(), headers: NO_HEADERS });
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
        const heard = this.broker.send({ subject, data: data.slice(), reply, headers: NO_HEADERS });
        if (!heard) queueMicrotask(() => done({ kind: "nobody" }));
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

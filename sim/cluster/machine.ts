import { steadyClock } from "#core/adapters/node-clock";
import { unavailable } from "#core/errors";
import type { Bus, BusMessage, RequestResult, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { MemoryBus } from "#core/ports/memory/memory-bus";
import { Route } from "#sim/cluster/route";

/**
 * One process on a machine of its own. Everything that reaches it goes through `run`: while it is paused (SIGSTOP) that
 * waits, once it is dead (SIGKILL) it never happens, and what it says is not heard.
 */
export class Machine {
  #paused = false;
  #dead = false;
  #waiting: (() => unknown)[] = [];
  /** How far this machine's clock is ahead of the broker's (ms). */
  skewMs: number;
  /** What it says, and what it is told. */
  readonly said = new Route();
  readonly told = new Route();
  /** What becomes of the next read of a stream: `begun` is called, and it is carried out when `done`. */
  hangingRead: { readonly begun: () => void; readonly done: Promise<void> } | undefined;
  /** Cut off from the broker. */
  #cut = false;
  readonly #cutListeners = new Set<(connected: boolean) => void>();

  constructor(skewMs: number) {
    this.skewMs = skewMs;
  }

  get dead(): boolean {
    return this.#dead;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get cut(): boolean {
    return this.#cut;
  }

  /** What the task returns, undefined when it waits or never happens. */
  run(task: () => unknown): unknown {
    if (this.#dead) return undefined;
    if (!this.#paused) return task();
    this.#waiting.push(task);
    return undefined;
  }

  /** The same result, once this process can see it. */
  hold<T>(result: Promise<T>): Promise<T> {
    return result.then(
      (value) => (this.#paused || this.#dead ? this.#later(() => value) : value),
      (error: unknown) => this.#later<T>(() => Promise.reject(error)),
    );
  }

  #later<T>(say: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve) => this.run(() => resolve(say())));
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const task of waiting) this.run(task);
  }

  kill(): void {
    this.#dead = true;
    this.#waiting = [];
    this.#cutListeners.clear();
  }

  setCut(cut: boolean): void {
    if (this.#cut === cut) return;
    this.#cut = cut;
    for (const listener of [...this.#cutListeners]) this.run(() => listener(!cut));
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    this.#cutListeners.add(listener);
    return { stop: () => void this.#cutListeners.delete(listener) };
  }

  /** As every daemon's (ADR 0026): it follows a machine's clock that jumps ahead, and never goes back. */
  clock(base: Clock): Clock {
    return {
      now: steadyClock(
        () => base.now() + this.skewMs,
        () => base.now(),
      ),
      after: (ms, task) => {
        let cancelled = false;
        const cancel = base.after(ms, () => this.run(() => cancelled || task()));
        return () => {
          cancelled = true;
          cancel();
        };
      },
    };
  }
}

/** What the network does to one request. */
export type RequestFate = "carried" | "request-lost" | "answer-lost";

/** A machine's connection to the broker. */
export class MachineBus implements Bus {
  constructor(
    private readonly machine: Machine,
    private readonly inner: MemoryBus,
    private readonly clock: Clock,
    private readonly fate: () => RequestFate = () => "carried",
  ) {}

  publish(subject: string, data: Uint8Array): void {
    if (!this.machine.dead && !this.machine.cut) this.inner.publish(subject, data);
  }

  subscribe(subject: string, onMessage: (message: BusMessage) => void, options?: { queue?: string }): Subscription {
    return this.inner.subscribe(
      subject,
      (message) => {
        if (!this.machine.cut) this.machine.run(() => onMessage(message));
      },
      options,
    );
  }

  request(subject: string, data: Uint8Array, timeoutMs: number): Promise<RequestResult> {
    const fate = this.machine.cut ? "request-lost" : this.fate();
    const timeout = new Promise<RequestResult>((resolve) => {
      this.clock.after(timeoutMs, () => resolve({ kind: "timeout" }));
    });
    if (fate === "request-lost") return this.machine.hold(timeout);
    const asked = this.inner.request(subject, data, timeoutMs);
    return this.machine.hold(fate === "answer-lost" ? timeout : asked);
  }

  respond(message: BusMessage, data: Uint8Array): void {
    if (!this.machine.dead && !this.machine.cut) this.inner.respond(message, data);
  }

  flush(): Promise<void> {
    if (this.machine.cut) return Promise.reject(unavailable("the broker is away"));
    return this.machine.hold(this.inner.flush());
  }

  connected(): boolean {
    return !this.machine.cut;
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.machine.onConnection(listener);
  }
}

import { unavailable } from "#core/errors";
import type { Clock } from "#core/ports/clock";
import type { MemoryBroker } from "#core/ports/memory/memory-bus";
import { Machine, MachineBus } from "#sim/cluster/machine";

/**
 * Dies at one of its own steps: just before it takes effect, or just after, when nobody is told any more. Or lives, and the step
 * fails: the disk is full.
 */
export interface Strike {
  readonly when: "before" | "after" | "failing";
  /** The first step whose name fits, or the nth of those. */
  readonly at: RegExp;
  readonly nth?: number;
}

/**
 * One process that can die at any of its steps (SIGKILL): what it began ends nowhere, what it says is not heard, what it waits
 * for never comes. What it changed before stays.
 */
export class Mortal {
  readonly #machine: Machine;
  readonly clock: Clock;
  /** What it changed and said, in order. */
  readonly steps: string[] = [];
  readonly #subscriptions: (() => void)[] = [];
  #strike: Strike | undefined;
  #fitting = 0;
  #onDeath: () => void = () => {};

  constructor(
    private readonly broker: MemoryBroker,
    base: Clock,
    skewMs = 0,
  ) {
    this.#machine = new Machine(skewMs);
    this.clock = this.#machine.clock(base);
  }

  get dead(): boolean {
    return this.#machine.dead;
  }

  dieAt(strike: Strike | undefined, onDeath: () => void): void {
    this.#strike = strike;
    this.#onDeath = onDeath;
  }

  kill(): void {
    if (this.dead) return;
    for (const stop of this.#subscriptions.splice(0)) stop();
    this.#machine.kill();
    this.#onDeath();
  }

  bus(name: (subject: string, data: Uint8Array) => string): MachineBus {
    const inner = this.broker.connect();
    const bus = new MachineBus(this.#machine, inner, this.clock);
    const step = <T>(label: string, work: () => T): T | undefined => this.#step(label, work);
    return Object.assign(Object.create(bus) as MachineBus, {
      publish: (subject: string, data: Uint8Array) => void step(`publish ${subject}`, () => bus.publish(subject, data)),
      respond: (message: Parameters<MachineBus["respond"]>[0], data: Uint8Array) =>
        void step(`answer ${name(message.subject, message.data)}`, () => bus.respond(message, data)),
      request: (subject: string, data: Uint8Array, timeoutMs: number) =>
        step(`ask ${name(subject, data)}`, () => bus.request(subject, data, timeoutMs)) ?? new Promise(() => {}),
      // Nobody serves what a dead process served.
      subscribe: (...of: Parameters<MachineBus["subscribe"]>) => {
        const subscription = bus.subscribe(...of);
        this.#subscriptions.push(() => subscription.stop());
        return subscription;
      },
    });
  }

  /** A port whose methods are this process's own; those in `changes` are steps. */
  port<T extends object>(what: string, inner: T, changes: readonly (keyof T & string)[]): T {
    return new Proxy(inner, {
      get: (target, key: string) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function") return method;
        return (...of: unknown[]) => {
          const alive = of.map((one) =>
            typeof one === "function" ? (...said: unknown[]) => this.#machine.run(() => one(...said)) : one,
          );
          const call = () => method.apply(target, alive) as unknown;
          if (this.dead) return new Promise(() => {});
          const label = `${what}.${key} ${of.filter((one) => typeof one === "string").join(" ")}`;
          const result = (changes as readonly string[]).includes(key) ? this.#step(label, call) : call();
          if (this.dead) return new Promise(() => {});
          return result instanceof Promise ? this.#machine.hold(result) : result;
        };
      },
    });
  }

  #struckAt(label: string): Strike["when"] | undefined {
    if (this.#strike?.at.test(label) !== true || ++this.#fitting < (this.#strike.nth ?? 1)) return undefined;
    const { when } = this.#strike;
    this.#strike = undefined;
    return when;
  }

  #step<T>(label: string, work: () => T): T | undefined {
    if (this.dead) return undefined;
    this.steps.push(label);
    const struck = this.#struckAt(label);
    // Ports answer later, by failing as well.
    if (struck === "failing") return Promise.reject(unavailable("the disk is full")) as T;
    if (struck === "before") {
      this.kill();
      return undefined;
    }
    const result = work();
    if (struck !== "after") return result;
    // What was begun takes effect; who began it never hears of it.
    this.kill();
    return undefined;
  }
}

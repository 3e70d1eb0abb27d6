import { z } from "zod";
import type { Journal } from "#bridge/ports";
import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { queries } from "#core/events/query";
import { storageLevel } from "#core/events/signal";
import type { SlaveId } from "#core/ids";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import { type Clock, every } from "#core/ports/clock";
import { isResourceKey, type ResourceKey } from "#core/resource";
import { INT32_MAX, type SignalKey, signalOf } from "#core/signal";
import { subjects } from "#core/subjects";

/**
 * The cluster's storage levels by signal, for worlds whose combinators show them.
 *
 * CL1 nothing is subscribed or asked while no world shows a level.
 * CL2 changes are heard, and everything is asked for at the beginning, when the broker comes back and every ASK_MS: a change
 *    that was lost shows wrong for no longer than that. What was heard since a question was sent is newer than its answer.
 */
const ASK_MS = 60_000;
/** A leader that is just taking over is asked again soon. */
const ASK_AGAIN_MS = 2_000;
const ANSWER_MS_MAX = 5_000;
/** Resources in one answer. */
const PAGE = 1_000;

const answer = z.union([
  z.object({ ok: queries.storage.answer }),
  z.object({ error: z.object({ code: z.string(), message: z.string() }) }),
]);

export interface LevelPorts {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly journal: Journal;
}

export class Levels {
  readonly #listeners = new Set<() => void>();
  readonly #levels = new Map<ResourceKey, number>();
  readonly #sums = new Map<SignalKey, number>();
  #heardSince: Set<ResourceKey> | undefined;
  #subscriptions: Subscription[] = [];
  #stopAsking = () => {};
  #round = 0;

  constructor(
    private readonly ports: LevelPorts,
    private readonly slave: SlaveId,
  ) {}

  /** Calls back when a level changed. */
  listen(onChange: () => void): () => void {
    // One listener of its own for each call, so that the same function may be given twice.
    const listener = () => onChange();
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** What is in storage, as signals: fluids over all their temperatures, no more than a signal can hold; none is zero. */
  signals(): ReadonlyMap<string, number> {
    return new Map([...this.#sums].map(([key, level]) => [key, Math.min(level, INT32_MAX)] as const));
  }

  /** CL1 */
  close(): void {
    this.#round++;
    for (const subscription of this.#subscriptions.splice(0)) subscription.stop();
    this.#stopAsking();
    this.#heardSince = undefined;
    this.#levels.clear();
    this.#sums.clear();
  }

  #begin(): void {
    const { bus, clock } = this.ports;
    this.#subscriptions = [
      bus.subscribe(subjects.all.levels, (message) => this.#hear(message)),
      bus.onConnection((connected) => {
        if (connected) void this.#ask();
      }),
    ];
    this.#stopAsking = every(clock, ASK_MS, () => void this.#ask());
    void this.#ask();
  }

  #hear(message: BusMessage): void {
    try {
      const { resource, level } = decodeJson(storageLevel, message.data, message.subject);
      if (!isResourceKey(resource)) return;
      this.#heardSince?.add(resource);
      if (this.#set(resource, level)) this.#tell();
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.ports.journal("warn", messageOf(error));
    }
  }

  /** CL2 */
  async #ask(): Promise<void> {
    const round = ++this.#round;
    const heard = new Set<ResourceKey>();
    this.#heardSince = heard;
    const stocks = await this.#stocks(round).catch((error) => {
      if (!isClusterioError(error)) throw error;
      this.ports.journal("warn", `storage levels: ${messageOf(error)}`);
      return undefined;
    });
    if (round !== this.#round) return;
    this.#heardSince = undefined;
    if (stocks === undefined) return this.#askAgain(round);
    const gone = [...this.#levels.keys()].filter((resource) => !stocks.has(resource) && !heard.has(resource));
    let changed = false;
    for (const resource of gone) changed = this.#set(resource, 0) || changed;
    for (const [resource, level] of stocks) if (!heard.has(resource)) changed = this.#set(resource, level) || changed;
    if (changed) this.#tell();
  }

  #askAgain(round: number): void {
    const stopEvery = this.#stopAsking;
    const cancel = this.ports.clock.after(ASK_AGAIN_MS, () => {
      if (round === this.#round) void this.#ask();
    });
    this.#stopAsking = () => {
      cancel();
      stopEvery();
    };
  }

  /** All levels, page by page; undefined when nobody answered. */
  async #stocks(round: number): Promise<Map<ResourceKey, number> | undefined> {
    const { bus } = this.ports;
    const stocks = new Map<ResourceKey, number>();
    for (let after: string | undefined = ""; after !== undefined; ) {
      const request = encodeJson({ after, limit: PAGE });
      const result = await bus.request(subjects.query(this.slave, "storage"), request, ANSWER_MS_MAX);
      if (result.kind !== "answer" || round !== this.#round) return undefined;
      const page = decodeJson(answer, result.data, "the answer of storage");
      if ("error" in page) return undefined;
      for (const { resource, storage } of page.ok.stocks) if (isResourceKey(resource)) stocks.set(resource, storage);
      after = page.ok.next;
    }
    return stocks;
  }

  /** True when what its signal shows has changed. */
  #set(resource: ResourceKey, level: number): boolean {
    const before = this.#levels.get(resource) ?? 0;
    if (level === before) return false;
    if (level === 0) this.#levels.delete(resource);
    else this.#levels.set(resource, level);
    const key = signalOf(resource);
    const sum = (this.#sums.get(key) ?? 0) + level - before;
    if (sum === 0) this.#sums.delete(key);
    else this.#sums.set(key, sum);
    return true;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

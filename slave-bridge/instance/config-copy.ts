import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { type InstanceConfig, revisionOf } from "#core/instance-config";
import type { Clock } from "#core/ports/clock";

/**
 * How a bridge learns what an instance is to be: the configuration is the master's fact, the bridge keeps a copy, with which it
 * can start the instance while no master is there.
 *
 * CF1 A delivery that names another revision than the copy's makes the bridge ask; only an answer changes the copy. Deliveries
 *     are restated, so a lost one costs time.
 * CF2 Of an instance of which nothing is delivered the leader is asked now and then: it may be gone for good.
 * CF3 Nobody is asked again before the last question had its time, unless its answer brought something new: two changes in a row
 *     are both known at once, and a leader whose answer is not what it delivers is not asked with every delivery.
 */

/** A question takes two seconds at most; a leader that is away is not asked more often than deliveries come. */
export const ASK_AGAIN_MS = 2_000;
/** Thirty deliveries that did not come: not ours any more, or no leader is there. */
export const UNHEARD_MS = 60_000;

export interface ConfigCopyHands {
  readonly clock: Clock;
  ask(): Promise<LinkAnswer | "nobody" | "timeout" | undefined>;
  have(): InstanceConfig;
  take(config: InstanceConfig): void;
  /** The instance was deleted. */
  gone(): void;
}

export class ConfigCopy {
  #heardAt: number;
  /** The revision of the last delivery that named one. */
  #stated: string | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly hands: ConfigCopyHands) {
    this.#heardAt = hands.clock.now();
  }

  /** CF1 */
  heard({ config }: Delivery): void {
    this.#heardAt = this.hands.clock.now();
    this.#stated = config ?? this.#stated;
    this.#askIfOther();
  }

  /** CF2 */
  tick(): void {
    if (this.hands.clock.now() - this.#heardAt >= UNHEARD_MS) this.#ask(UNHEARD_MS);
  }

  #askIfOther(): void {
    if (this.#stated !== undefined && this.#stated !== revisionOf(this.hands.have())) this.#ask(ASK_AGAIN_MS);
  }

  /** CF3 */
  #ask(apartMs: number): void {
    const now = this.hands.clock.now();
    if (now - this.#askedAt < apartMs) return;
    this.#askedAt = now;
    void this.hands.ask().then((answer) => {
      if (typeof answer !== "object") return;
      if ("ok" in answer && answer.ok.config !== undefined) this.#answered(answer.ok.config);
      else if ("notYours" in answer && answer.notYours.deleted === true) this.hands.gone();
    });
  }

  #answered(config: InstanceConfig): void {
    const isNews = revisionOf(config) !== revisionOf(this.hands.have());
    this.hands.take(config);
    if (!isNews) return;
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#askIfOther();
  }
}

import type { Chance, Fault, Odds } from "#sim/cluster/chance";
import type { RequestFate } from "#sim/cluster/machine";
import type { AppendFate } from "#sim/cluster/machine-log";

/** What happens to one message on its way: when each of its copies arrives (ms from now), [] when it is lost. */
export type Arrivals = readonly number[];

/** What becomes of one command. */
export interface RconFate {
  /** Until it is carried out. */
  readonly ms: number;
  /** From then until its reply is there. */
  readonly backMs: number;
  /** The connection breaks before or after it was carried out. */
  readonly breaks?: "before" | "after";
  /** It is carried out when the connection ended meanwhile. */
  readonly outlives: boolean;
}

/** The network and the disks of one history: good once it is quiet. */
export class Weather {
  quiet = false;
  /** Since when it is (ms). */
  quietAt = 0;
  /** Each fact and each delivery takes up to so long by itself (ms): anything may overtake anything. */
  jitterMsMax = 0;
  /** The next reply over RCON is so long under way (ms). */
  slowReplyMs = 0;
  #hanging: { readonly begun: () => void; readonly done: Promise<void> } | undefined;
  /** How often each kind of fault and each branch of interest happened. */
  readonly counts = new Map<string, number>();

  constructor(
    private readonly chance: Chance,
    readonly odds: Odds,
  ) {}

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Draws whether this kind of fault happens now: `rarity` times less often than always, at weight 1. */
  strikes(fault: Fault, rarity: number): boolean {
    const weight = this.odds[fault];
    if (this.quiet || weight === 0 || this.chance.below(rarity) >= weight) return false;
    this.count(fault);
    return true;
  }

  /** The next append is under way until `done`; `begun` is called when it is. */
  hang(begun: () => void, done: Promise<void>): void {
    this.#hanging = { begun, done };
  }

  append(): AppendFate {
    const hanging = this.#hanging;
    if (hanging !== undefined) {
      this.#hanging = undefined;
      hanging.begun();
      return { kind: "acknowledged", delayMs: 0, lateMs: 0, until: hanging.done };
    }
    const delayMs = this.strikes("slow-broker", 60) ? this.chance.between(1, 2_500) : 0;
    const calm = { delayMs, lateMs: 0 };
    if (this.strikes("lost-ack", 100)) {
      return { ...calm, kind: this.chance.once(2) ? "unacknowledged" : "dropped" };
    }
    if (this.strikes("late-append", 150)) return { ...calm, kind: "late", lateMs: this.chance.below(4_000) };
    if (this.strikes("ledger-full", 200)) return { ...calm, kind: "full" };
    return { ...calm, kind: "acknowledged" };
  }

  /** The broker does not know what the last message is called. */
  forgetsName(): boolean {
    return this.strikes("names-forgotten", 8);
  }

  readDelayMs(): number {
    return this.strikes("slow-broker", 60) ? this.chance.between(1, 1_000) : 0;
  }

  request(): RequestFate {
    if (!this.strikes("request-lost", 20)) return "carried";
    return this.chance.once(2) ? "request-lost" : "answer-lost";
  }

  /** What a message takes beyond what is special about it. */
  #routeMs(lagMs: number): number {
    return lagMs + (!this.quiet && this.jitterMsMax > 0 ? this.chance.below(this.jitterMsMax) : 0);
  }

  /** `lagMs`: what the sender's way to the broker takes. */
  fact(lagMs: number, isSync: boolean): Arrivals {
    if (this.strikes("fact-lost", 40)) return [];
    if (isSync && this.strikes("sync-late", 12)) return [this.chance.below(this.chance.pick([8_000, 40_000]))];
    const late = this.strikes("fact-late", 30) ? this.chance.below(this.chance.pick([50, 500, 5_000, 60_000])) : 0;
    const first = late + this.#routeMs(lagMs);
    // Whatever comes a second time came the same way.
    return this.strikes("fact-twice", 40) ? [first, lagMs + this.chance.below(3_000)] : [first];
  }

  /** `lagMs`: what the way to its receiver takes. */
  delivery(lagMs: number): Arrivals {
    if (this.strikes("delivery-lost", 20)) return [];
    const late = this.strikes("delivery-late", 20) ? this.chance.below(this.chance.pick([100, 3_000, 20_000])) : 0;
    return [late + this.#routeMs(lagMs)];
  }

  rcon(): RconFate {
    const slow = this.strikes("slow-rcon", 30);
    const ms = slow ? this.chance.below(this.chance.pick([200, 3_000, 14_000])) : this.chance.below(34);
    const backMs = slow && this.chance.once(2) ? this.chance.below(this.chance.pick([200, 3_000])) : this.slowReplyMs;
    this.slowReplyMs = 0;
    const outlives = this.chance.once(2);
    if (!this.strikes("rcon-drop", 80)) return { ms, backMs, outlives };
    return { ms, backMs, outlives, breaks: this.chance.once(2) ? "before" : "after" };
  }
}

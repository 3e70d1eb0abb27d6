import { type Complaint, decodeLease, tagOf } from "#bridge/game-protocol";
import { leaseTicks, newPace, observe, type Pace } from "#bridge/session/pace";
import type { Pulse } from "#bridge/session/pulse";
import type { Clock } from "#core/ports/clock";

/** The lease is a minute: three extensions may be lost. */
const EXTEND_EVERY_MS = 15_000;
/** The second extension comes soon, when the game's speed is known. */
const EXTEND_AGAIN_MS = 2_000;

export interface LeaseHands {
  /** The reply to a command, undefined when there is none. */
  ask(command: string): Promise<string | undefined>;
  complain(complaint: Complaint): void;
  /** So many are in the game: what it takes in depends on that. */
  players(players: number): void;
  /** It said which tick it is, and whether that stands still. */
  pulse(pulse: Pulse): void;
}

/**
 * The permission to collect from export chests, extended while this bridge lives, and the game's pace, which says how many
 * ticks a minute has.
 */
export class Lease {
  #pace: Pace | undefined;
  #token = "";
  #ticks = 0;
  #stop = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly hands: LeaseHands,
  ) {}

  get pace(): Pace | undefined {
    return this.#pace;
  }

  /** A session began at this tick, as it was `asked` to then; nothing may be collected yet. */
  begin(tick: number, asked: number): void {
    this.close();
    this.#pace = newPace(tick, asked);
  }

  /** The session's world is this instance's own: collecting is allowed as long as this goes on. */
  extend(token: string): void {
    this.#token = token;
    void this.#extend();
    this.#extendIn(EXTEND_AGAIN_MS);
  }

  close(): void {
    this.#stop();
    this.#token = "";
    this.#ticks = 0;
  }

  /** The game said which tick it is, in answer to what it was `asked` then. */
  paced(tick: number, asked?: number): void {
    if (this.#pace === undefined) return;
    this.#pace = observe(this.#pace, tick, this.clock.now(), asked);
    // Much faster than the lease assumed: it would end before the next extension.
    if (this.#token !== "" && leaseTicks(this.#pace) > 2 * this.#ticks) void this.#extend();
  }

  #extendIn(ms: number): void {
    this.#stop();
    this.#stop = this.clock.after(ms, () => {
      this.#extendIn(EXTEND_EVERY_MS);
      void this.#extend();
    });
  }

  async #extend(): Promise<void> {
    const token = this.#token;
    if (this.#pace === undefined) return;
    this.#ticks = leaseTicks(this.#pace);
    // With the time, which clocks in the world show.
    const asked = this.clock.now();
    const second = Math.floor(asked / 1000);
    const reply = await this.hands.ask(`/cl ${tagOf(token)} ${this.#ticks} ${second}`);
    if (reply === undefined || token !== this.#token) return;
    const lease = decodeLease(reply);
    if (lease.kind === "error") return this.hands.complain(lease);
    this.paced(lease.tick, asked);
    this.hands.players(lease.players ?? 0);
    this.hands.pulse(lease);
  }
}

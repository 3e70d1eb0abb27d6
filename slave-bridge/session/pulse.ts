import { decodeLease } from "#bridge/game-protocol";
import type { Clock } from "#core/ports/clock";

/** What a game said of itself last. */
export interface Pulse {
  readonly tick: number;
  /** Its tick stands still because somebody said so, not because it hangs. */
  readonly paused?: boolean;
  /** In the game, when it says so: without any, it may be one that pauses by itself. */
  readonly players?: number;
}

/** A game that says nothing by itself is asked this often: its lease, when it has one, is extended sooner. */
const ASK_EVERY_MS = 20_000;

export interface HeartbeatHands {
  /** The reply to a command, undefined when there is none. */
  ask(command: string): Promise<string | undefined>;
  pulse(pulse: Pulse): void;
}

/** Hears from a game that it is alive, and asks when nothing was heard: also one that has no session. */
export class Heartbeat {
  #heardAt = 0;
  #stop = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly hands: HeartbeatHands,
  ) {}

  /** There is a connection. */
  begin(): void {
    this.heard();
    this.#askIn(ASK_EVERY_MS);
  }

  end(): void {
    this.#stop();
  }

  /** It answered something. */
  heard(): void {
    this.#heardAt = this.clock.now();
  }

  #askIn(ms: number): void {
    this.#stop();
    this.#stop = this.clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const quietMs = this.clock.now() - this.#heardAt;
    this.#askIn(Math.max(1, quietMs < ASK_EVERY_MS ? ASK_EVERY_MS - quietMs : ASK_EVERY_MS));
    if (quietMs < ASK_EVERY_MS) return;
    const reply = await this.hands.ask("/ct");
    const said = reply === undefined ? undefined : decodeLease(reply);
    // A mod of an earlier version knows no such command: that it answered has to do.
    if (said?.kind === "tick") this.hands.pulse(said);
  }
}

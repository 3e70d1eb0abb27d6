import { type Complaint, decodeLease, tagOf } from "#bridge/game-protocol";
import type { Pulse } from "#bridge/session/pulse";
import type { Clock } from "#core/ports/clock";

/**
 * Reports of a game whose files this bridge cannot read, asked for by commands.
 *
 * PU1 one question is under way at a time, and what it brought is handed over before the next; while there is more, the next
 *     follows at once.
 * PU2 a map that is paused is not asked: each command would make it crawl on by a tick. It is taken for paused when its tick moved
 *     no further than commands went in, and for running again when the lease, which goes on, says otherwise; only after a
 *     delivery it is asked once.
 */

/** As often as a busy world is worth it: a report every half second, a slow one when nothing came. */
const PULL_MS = 500;
const PULL_IDLE_MS = 2_000;
/** After a delivery, so that what it changed has happened. */
const PULL_AFTER_MS = 1_000;
/** What is seen in less time than that says nothing of a game's pace. */
const WINDOW_MS_MIN = 900;

export interface PullerHands {
  readonly clock: Clock;
  /** The reply to a command, undefined when there is none. */
  ask(command: string): Promise<string | undefined>;
  /** Commands that went into this game so far. */
  sent(): number;
  /** A line as it would stand in the report file. */
  line(line: string): void;
  pulse(pulse: Pulse): void;
  complain(complaint: Complaint): void;
}

interface Seen {
  readonly tick: number;
  readonly sent: number;
  readonly at: number;
}

export class Puller {
  #token = "";
  #seen: Seen | undefined;
  #paused = false;
  #underWay = false;
  #stop = () => {};

  constructor(private readonly hands: PullerHands) {}

  open(token: string): () => void {
    this.#token = token;
    this.#seen = undefined;
    this.#paused = false;
    this.#underWay = false;
    this.#in(PULL_MS);
    return () => {
      if (this.#token === token) this.close();
    };
  }

  close(): void {
    this.#token = "";
    this.#stop();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Something went in that changes the world. */
  delivered(): void {
    if (this.#paused && this.#token !== "") this.#in(PULL_AFTER_MS);
  }

  /** The game said which tick it is, whoever asked. */
  saw(tick: number): void {
    if (this.#token === "") return;
    const now: Seen = { tick, sent: this.hands.sent(), at: this.hands.clock.now() };
    const before = this.#seen;
    if (before !== undefined && now.at - before.at < WINDOW_MS_MIN) return;
    this.#seen = now;
    if (before === undefined) return;
    const was = this.#paused;
    // PU2: one more, for the command whose answer this is.
    this.#paused = now.tick - before.tick <= now.sent - before.sent + 1;
    if (was && !this.#paused) this.#in(0);
  }

  #in(ms: number): void {
    this.#stop();
    this.#stop = this.hands.clock.after(ms, () => void this.#pull());
  }

  async #pull(): Promise<void> {
    const token = this.#token;
    if (token === "" || this.#underWay) return;
    this.#underWay = true;
    const reply = await this.hands.ask(`/cp ${tagOf(token)}`);
    if (token !== this.#token) return;
    this.#underWay = false;
    // The connection is gone: the next one begins a session.
    if (reply === undefined) return;
    const [first = "", ...lines] = reply.replace(/\n+$/, "").split("\n");
    const state = decodeLease(first);
    if (state.kind === "error") return this.hands.complain(state);
    this.saw(state.tick);
    this.hands.pulse(state);
    for (const line of lines) {
      if (token !== this.#token) return;
      this.hands.line(line);
    }
    // PU1
    if (state.more === true) this.#in(0);
    else if (!this.#paused) this.#in(lines.length > 0 ? PULL_MS : PULL_IDLE_MS);
  }
}

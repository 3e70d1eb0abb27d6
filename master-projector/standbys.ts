import { encodeJson } from "#core/events/codec";
import { type StandbyView, standbyView } from "#core/events/query";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { subjects } from "#core/subjects";

/** Projectors that do not lead say so, and whoever leads knows who would take over. Nothing rests on it: it is for people. */

/** Often enough for whoever looks; a halted one looks at its ledger less often (HALTED_RETRY_MS). */
export const SAID_MS = 1_000;
/** One that was silent for longer is gone. */
export const HEARD_MS = 15_000;
/** Nobody runs so many; what is beyond is a liar. */
const STANDBYS_MAX = 50;

export class Standbys {
  readonly #heard = new Map<string, { readonly role: StandbyView["role"]; readonly at: number }>();
  readonly #subscription: Subscription;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    /** What this one is called; undefined: it says nothing of itself. */
    private readonly name: string | undefined,
  ) {
    this.#subscription = bus.subscribe(subjects.stateStandby(), (message) => this.#take(message));
  }

  /** This one does not lead. As often as one likes. */
  say(role: StandbyView["role"]): void {
    const now = this.clock.now();
    if (this.name === undefined || now - this.#saidAt < SAID_MS) return;
    this.#saidAt = now;
    this.bus.publish(subjects.stateStandby(), encodeJson({ name: this.name, role }));
  }

  /** The others, by name. */
  now(): StandbyView[] {
    const since = this.clock.now() - HEARD_MS;
    for (const [name, { at }] of this.#heard) if (at < since) this.#heard.delete(name);
    return [...this.#heard]
      .filter(([name]) => name !== this.name)
      .map(([name, { role }]) => ({ name, role }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  stop(): void {
    this.#subscription.stop();
  }

  #take({ data }: BusMessage): void {
    const said = read(data);
    if (said === undefined || (!this.#heard.has(said.name) && this.#heard.size >= STANDBYS_MAX)) return;
    this.#heard.set(said.name, { role: said.role, at: this.clock.now() });
  }
}

const decoder = new TextDecoder();

const read = (data: Uint8Array): StandbyView | undefined => {
  try {
    return standbyView.parse(JSON.parse(decoder.decode(data)));
  } catch {
    // Another version's are not ours to judge.
    return undefined;
  }
};

import { isEarlierPart } from "#sim/cluster/ledger-book";

/**
 * What became of facts on their way, and of messages that are too long for one: the branches that a soak has to have been
 * through. It only counts.
 */
interface InParts {
  readonly token: string;
  readonly parts: number;
  readonly arrived: Set<number>;
}

interface OnItsWay {
  readonly instance: string;
  readonly part: { readonly token: string; readonly number: number } | undefined;
}

export interface Departure {
  readonly instance: string;
  /** Of a session's first fact. */
  readonly sync?: { readonly token: string; readonly part?: number; readonly parts?: number };
  /** When its copies arrive (ms from now). */
  readonly arrivals: readonly number[];
}

export interface WrittenRound {
  readonly boot: string;
  readonly position?: unknown;
  readonly storage?: object;
  readonly worlds?: Readonly<Record<string, { readonly seq?: number; readonly token?: string }>>;
}

export class Traffic {
  #departed = 0;
  /** In the order of their departure. */
  readonly #underway = new Map<number, OnItsWay>();
  /** By instance: its newest sync, if it is in parts. */
  readonly #syncs = new Map<string, InParts>();
  #roundOf: string | undefined;
  #deliveries = 0;
  /** By instance, the number of the newest delivery that arrived. */
  readonly #delivered = new Map<string, number>();

  constructor(private readonly count: (what: string) => void) {}

  /** A fact of some time ago may still arrive, and begin or end a session. */
  get busy(): boolean {
    return this.#underway.size > 0;
  }

  /** Returns the number under which its copies arrive. */
  departs({ instance, sync, arrivals }: Departure): number {
    const number = ++this.#departed;
    const part = sync === undefined ? undefined : this.#syncDeparts(instance, sync, arrivals);
    if (arrivals.length > 0) this.#underway.set(number, { instance, part });
    return number;
  }

  #syncDeparts(
    instance: string,
    { token, part, parts }: NonNullable<Departure["sync"]>,
    arrivals: readonly number[],
  ): OnItsWay["part"] {
    const before = this.#syncs.get(instance);
    if (before !== undefined && before.token !== token) {
      const arrived = before.arrived.size;
      if (arrived > 0 && arrived < before.parts) this.count("sync in parts: cut off by a new session");
      this.#syncs.delete(instance);
    }
    if (part === undefined || parts === undefined) return undefined;
    if (before?.token !== token) {
      this.count("sync in parts");
      this.#syncs.set(instance, { token, parts, arrived: new Set() });
    }
    const [first] = arrivals;
    if (first === undefined) this.count("sync in parts: a part lost");
    else if (first > 0) this.count("sync in parts: a part late");
    if (arrivals.length > 1) this.count("sync in parts: a part twice");
    return { token, number: part };
  }

  arrives(number: number): void {
    const fact = this.#underway.get(number);
    // Its second copy.
    if (fact === undefined) return;
    this.#underway.delete(number);
    const { instance, part } = fact;
    const sync = this.#syncs.get(instance);
    if (part !== undefined && sync?.token === part.token) sync.arrived.add(part.number);
    const overtaken = new Set<string>();
    for (const [earlier, { instance: of }] of this.#underway) {
      if (earlier > number) break;
      overtaken.add(of === instance ? "reordered: facts of one instance" : "reordered: facts of two instances");
    }
    for (const what of overtaken) this.count(what);
  }

  deliveryDeparts(): number {
    return ++this.#deliveries;
  }

  deliveryArrives(instance: string, number: number): void {
    const newest = this.#delivered.get(instance) ?? 0;
    if (number < newest) this.count("reordered: deliveries");
    else this.#delivered.set(instance, number);
  }

  /** The ledger holds another message; `round` when it is one. True when the rest of it is still to come. */
  written(boot: string, round: WrittenRound | undefined): boolean {
    const before = this.#roundOf;
    this.#roundOf = round !== undefined && isEarlierPart(round) ? boot : undefined;
    if (before === undefined) {
      if (this.#roundOf !== undefined) this.count("round in parts");
    } else if (before !== boot) this.count("round in parts: cut off by another leader");
    return this.#roundOf !== undefined;
  }
}

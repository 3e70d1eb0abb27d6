import { SeededRandom } from "#core/ports/memory/seeded-random";

/** The lots of one history: everything that could have gone otherwise is drawn here, so that a seed is a history. */
export class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return this.#random.below(below);
  }

  /** A whole number, both ends possible. */
  between(from: number, to: number): number {
    return from + this.#random.below(to - from + 1);
  }

  /** True once in `n` times. */
  once(n: number): boolean {
    return this.#random.below(n) === 0;
  }

  /** @throws RangeError when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError("nothing to pick from");
    return from[this.#random.below(from.length)]!;
  }

  /** Another sequence of lots that depends on this one's. */
  fork(): SeededRandom {
    return new SeededRandom(this.#random.word());
  }
}

/** What can go wrong. Each seed switches whole kinds off and draws how often the others happen (swarm testing). */
export const FAULTS = [
  "rollback",
  "crash",
  "spoiled-save",
  "early-crash",
  "fork",
  "foreign-save",
  "new-map",
  "id-less",
  "twin",
  "move",
  "force-move",
  "resurrect",
  "retire",
  "untakeable",
  "events-tail",
  "events-new",
  "events-aged",
  "events-regrown",
  "ledger-tail",
  "ledger-new",
  "ledger-regrown",
  "ledger-full",
  "state-lost",
  "key-replaced",
  "lost-ack",
  "late-append",
  "slow-broker",
  "master-kill",
  "half-round",
  "master-stop",
  "master-pause",
  "master-cut",
  "snapshot-lost",
  "bridge-kill",
  "machine-kill",
  "bridge-pause",
  "bridge-away",
  "slave-cut",
  "rcon-drop",
  "slow-rcon",
  "fact-lost",
  "fact-twice",
  "fact-late",
  "sync-late",
  "shuffled",
  "slow-route",
  "delivery-lost",
  "delivery-late",
  "request-lost",
  "clock-skew",
  "clock-jump",
  "rate-limit",
  "adjust",
  "configure",
  "delete",
  "names-forgotten",
] as const;
export type Fault = (typeof FAULTS)[number];

/** How often each kind of fault happens in one history: 0 is never. */
export type Odds = Readonly<Record<Fault, number>>;

const WEIGHTS = [1, 1, 2, 4, 8];
/** Came later, and are drawn apart: a history without them is the one that its seed was before. */
const LATER: ReadonlySet<Fault> = new Set(["configure", "delete", "names-forgotten"]);

export interface Kinds {
  /** These may happen; absent: all. */
  readonly only?: ReadonlySet<Fault>;
  readonly without?: ReadonlySet<Fault>;
  /** Each of these happens, and no other. */
  readonly surely?: ReadonlySet<Fault>;
}

/** One seed in twenty has no faults at all; the others switch each kind on with a probability of their own. */
export const drawOdds = (chance: Chance, { only, without, surely, seed }: Kinds & { readonly seed: number }): Odds => {
  const later = new Chance(-seed);
  const drawn = chance.once(20) ? 0 : chance.pick([15, 30, 50, 80]);
  const percent = surely === undefined ? drawn : 100;
  const may = surely ?? only;
  const odds = FAULTS.map((fault) => {
    const lots = LATER.has(fault) ? later : chance;
    const weight = lots.below(100) < percent ? lots.pick(WEIGHTS) : 0;
    const off = (may !== undefined && !may.has(fault)) || without?.has(fault) === true;
    return [fault, off ? 0 : weight] as const;
  });
  return Object.fromEntries(odds) as Odds;
};

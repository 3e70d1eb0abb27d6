import type { WorldView } from "#core/events/query";
import type { Vector, WorldCount } from "#ctl/count/world-count";

/**
 * The law, for every resource: produced − consumed = held + storage − debt + in flight (− what operators added).
 * The left side and `held` are counted in the worlds, the rest is what the ledger says; no total of a world's is used.
 */
export interface Stock {
  readonly resource: string;
  readonly storage: number;
  readonly shortfall: number;
  readonly adjusted: number;
}

export interface Books {
  readonly worlds: readonly WorldView[];
  readonly stocks: readonly Stock[];
}

export interface Physical {
  readonly produced: number;
  readonly consumed: number;
  readonly held: number;
}

/** A resource for which the law does not hold. */
export interface Fault {
  readonly resource: string;
  /** Units that the right side has too much; negative when units are missing. */
  readonly surplus: number;
  readonly message: string;
}

export interface Balance {
  readonly physical: Readonly<Record<string, Physical>>;
  /** With what is held back. */
  readonly storage: Vector;
  /** With the cluster's shortfall. */
  readonly debt: Vector;
  readonly inFlight: Vector;
  readonly faults: readonly Fault[];
}

export const balanceOf = (counts: readonly WorldCount[], books: Books): Balance => {
  const produced = sumOf(counts.map((count) => count.produced));
  const consumed = sumOf(counts.map((count) => count.consumed));
  const held = sumOf(counts.map((count) => count.held));
  const storage = sumOf([vectorOf(books.stocks, "storage"), ...books.worlds.map((world) => world.held)]);
  const debt = sumOf([vectorOf(books.stocks, "shortfall"), ...books.worlds.map((world) => world.debt)]);
  const inFlight = sumOf([
    ...books.worlds.map((world) => world.allocated),
    ...books.worlds.map((world) => negated(world.received)),
  ]);
  const adjusted = vectorOf(books.stocks, "adjusted");

  const physical: Record<string, Physical> = {};
  const faults: Fault[] = [];
  for (const key of keysOf([produced, consumed, held, storage, debt, inFlight])) {
    const at = (vector: Vector): number => vector[key] ?? 0;
    if (at(produced) !== 0 || at(consumed) !== 0 || at(held) !== 0) {
      physical[key] = { produced: at(produced), consumed: at(consumed), held: at(held) };
    }
    const made = at(produced) - at(consumed) + at(adjusted);
    const found = at(held) + at(storage) - at(debt) + at(inFlight);
    if (made === found) continue;
    const surplus = found - made;
    const message =
      `${key}: ${surplus > 0 ? `${surplus} too many` : `${-surplus} missing`}: ` +
      `produced ${at(produced)} − consumed ${at(consumed)}${at(adjusted) === 0 ? "" : ` + adjusted ${at(adjusted)}`} = ${made}, ` +
      `but held ${at(held)} + storage ${at(storage)} − debt ${at(debt)} + in flight ${at(inFlight)} = ${found}`;
    faults.push({ resource: key, surplus, message });
  }
  return { physical, storage: nonZero(storage), debt: nonZero(debt), inFlight: nonZero(inFlight), faults };
};

const vectorOf = (stocks: readonly Stock[], field: "storage" | "shortfall" | "adjusted"): Vector =>
  Object.fromEntries(stocks.map((stock) => [stock.resource, stock[field]]));

const negated = (vector: Vector): Vector => Object.fromEntries(Object.entries(vector).map(([key, n]) => [key, -n]));

const sumOf = (vectors: readonly Vector[]): Vector => {
  const sum: Record<string, number> = {};
  for (const vector of vectors) for (const [key, n] of Object.entries(vector)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
};

const keysOf = (vectors: readonly Vector[]): string[] =>
  [...new Set(vectors.flatMap((vector) => Object.keys(vector)))].sort();

const nonZero = (vector: Vector): Vector =>
  Object.fromEntries(
    Object.entries(vector)
      .filter(([, n]) => n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

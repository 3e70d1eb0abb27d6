/** Which map each world is on, seen from outside. Shares no code with the link. */

/**
 * What an instance's folder can know: what leaders told a bridge there, and what games told it of themselves. The first word counts.
 * What ran there and was never heard of is in no bridge's memory.
 */
export class ToldMaps {
  readonly #seeds: Map<string, number>;

  constructor(seeds: ReadonlyMap<string, number> = new Map()) {
    this.#seeds = new Map(seeds);
  }

  tell(world: string, seed: number): void {
    if (!this.#seeds.has(world)) this.#seeds.set(world, seed);
  }

  of(world: string): number | undefined {
    return this.#seeds.get(world);
  }

  copy(): ToldMaps {
    return new ToldMaps(this.#seeds);
  }
}

/** C4, save by save. */
export class Maps {
  readonly #seeds = new Map<string, number>();
  /** On two maps, since nobody could know of the first (docs/guarantees.md, what is not promised). */
  readonly #ambiguous = new Set<string>();

  /** A save of this world on this map was written in a folder that can know so much. What is wrong, undefined when nothing is. */
  saved(world: string, seed: number, told: ToldMaps): string | undefined {
    const known = this.#seeds.get(world) ?? seed;
    this.#seeds.set(world, known);
    const before = told.of(world) ?? seed;
    if (known === seed || this.#ambiguous.has(world)) return undefined;
    if (before !== seed) return `${world} is on map ${known} and on map ${seed}`;
    this.#ambiguous.add(world);
    return undefined;
  }
}

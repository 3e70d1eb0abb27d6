import type { Figure } from "#bench/kit/figure";
import { inTurn } from "#bench/kit/statistics";
import { allocate, type Claim } from "#core/allocation/allocate";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const SIZES = [10, 100, 1_000] as const;
const ROUNDS = 15;
/** Claims looked at in one measurement, whatever their number in a round. */
const CLAIMS = 300_000;
const DEMAND_MAX = 10_000;

/** One resource, one round, half of what is wanted there: everybody is a claimant and nobody is spared the fractions. */
export const allocation = async (): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const n of SIZES) {
    const random = new SeededRandom(n);
    const claims = Array.from(
      { length: n },
      (_, i): Claim => ({ id: `world-${i}.1`, demand: 1 + random.below(DEMAND_MAX), weight: 1, tier: 0, carry: 0 }),
    );
    const numbers = claims.map(({ demand }) => demand);
    const available = Math.floor(numbers.reduce((sum, demand) => sum + demand, 0) / 2);
    const times = Math.ceil(CLAIMS / n);
    const [round = Number.NaN, sort = Number.NaN] = await inTurn(ROUNDS, [
      () => microseconds(times, () => allocate("max-min", available, claims)),
      () => microseconds(times, () => [...numbers].sort((a, b) => a - b)),
    ]);
    figures.push({
      name: "allocation",
      what: `a contended round of ${n.toLocaleString("en-US")} worlds`,
      value: round,
      unit: "µs",
      reference: { what: "sorting as many numbers", value: sort, unit: "µs" },
    });
  }
  return figures;
};

/** Microseconds that one call takes. */
const microseconds = (times: number, work: () => unknown): number => {
  const begun = performance.now();
  for (let n = 0; n < times; n++) work();
  return ((performance.now() - begun) * 1_000) / times;
};

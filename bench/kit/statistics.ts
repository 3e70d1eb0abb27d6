/** Of unsorted numbers; the lower one of two in the middle. NaN of nothing. */
export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => percentile(values, 50);

/**
 * Measures several things in turn, `rounds` times, after one turn that does not count: what disturbs the machine for a while
 * disturbs all of them. The medians, in the order of the things.
 */
export const inTurn = async (
  rounds: number,
  things: readonly (() => number | Promise<number>)[],
): Promise<readonly number[]> => {
  const values = things.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, thing] of things.entries()) {
      const value = await thing();
      if (round > 0) values[index]!.push(value);
    }
  }
  return values.map(median);
};

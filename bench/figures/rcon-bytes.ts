import type { Figure } from "#bench/kit/figure";
import { slice } from "#bench/load/catalogue";
import { importCommand } from "#bridge/import-payload";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const SIZES = [1, 5, 30, 100, 400] as const;
/** The save has given this many numbers: the game's items, and some of better quality. */
const NUMBERS = 400;
/** What one session has received of a resource: mostly thousands, now and then a million. */
const AMOUNT_DIGITS = [2, 3, 3, 4, 4, 4, 5, 6] as const;
const TAG = "t0k3";
const TOKEN = "t0k3nt0k3nt0";

/** Bytes that RCON carries for each imported resource, everything of the command included. */
export const rconBytes = (): Figure[] =>
  SIZES.map((n) => {
    const pairs = pairsOf(n);
    const command = importCommand(TAG, pairs);
    const names = slice(0, n);
    const totals = Object.fromEntries(pairs.map(([, amount], i) => [names[i]!, amount]));
    const json = `/clusterio-import ${JSON.stringify({ token: TOKEN, totals })}`;
    return {
      name: "rcon",
      what: `bytes on RCON a resource, ${n} in one command`,
      value: Buffer.byteLength(command) / n,
      unit: "B",
      aim: { sense: "under", value: 6 } as const,
      reference: { what: "the same as JSON with names", value: Buffer.byteLength(json) / n, unit: "B" },
    };
  });

/** `count` resources out of all numbers, evenly spread, in rising order. */
const pairsOf = (count: number): [number, number][] => {
  const random = new SeededRandom(count);
  return Array.from({ length: count }, (_, i) => {
    const number = Math.floor(((i + 0.5) * NUMBERS) / count);
    const digits = AMOUNT_DIGITS[random.below(AMOUNT_DIGITS.length)]!;
    return [number, 10 ** (digits - 1) + random.below(9 * 10 ** (digits - 1))];
  });
};

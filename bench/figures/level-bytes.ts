import type { Figure } from "#bench/kit/figure";
import { slice } from "#bench/load/catalogue";
import { Feed } from "#bridge/circuit/feed";
import { SeededRandom } from "#core/ports/memory/seeded-random";

const LEVELS = 400;
const TAG = "t0k3";
const TOKEN = "t0k3nt0k3nt0";
/** Levels of a cluster: mostly thousands, now and then a million; and by how much one changes in a second. */
const LEVEL_DIGITS = [2, 3, 3, 4, 4, 4, 5, 6] as const;
const CHANGE_MAX = 1_000;
const AIM_BYTES = 1_600;

/** Bytes that RCON carries for 400 storage levels, all commands whole: when they are told first, and when all have changed. */
export const levelBytes = (): Figure[] => {
  const feed = new Feed(0, 0);
  const first = levels();
  const random = new SeededRandom(2);
  const changed = new Map(
    [...first].map(([n, level]) => [n, Math.max(1, level + random.below(2 * CHANGE_MAX) - CHANGE_MAX)] as const),
  );
  return [figure("told for the first time", first, told(feed, first)), figure("changed", changed, told(feed, changed))];
};

const figure = (what: string, values: ReadonlyMap<number, number>, bytes: number): Figure => {
  const names = slice(0, LEVELS);
  const named = Object.fromEntries([...values].map(([n, level]) => [names[n]!, level]));
  return {
    name: "rcon",
    what: `bytes on RCON for ${LEVELS} levels ${what}`,
    value: bytes,
    unit: "B",
    aim: { sense: "under", value: AIM_BYTES } as const,
    reference: {
      what: "the same as JSON with names",
      value: Buffer.byteLength(`/clusterio-levels ${JSON.stringify({ token: TOKEN, levels: named })}`),
      unit: "B",
    },
  };
};

const levels = (): Map<number, number> => {
  const random = new SeededRandom(1);
  return new Map(
    Array.from({ length: LEVELS }, (_, n) => {
      const digits = LEVEL_DIGITS[random.below(LEVEL_DIGITS.length)]!;
      return [n, 10 ** (digits - 1) + random.below(9 * 10 ** (digits - 1))] as const;
    }),
  );
};

const told = (feed: Feed, values: ReadonlyMap<number, number>): number => {
  let bytes = 0;
  for (let next = feed.next(TAG, values); next !== undefined; next = feed.next(TAG, values)) {
    bytes += Buffer.byteLength(next.command);
    next.took();
  }
  return bytes;
};

import { join } from "node:path";
import type { Figure } from "#bench/kit/figure";
import { type Base, tickCost, tickMicroseconds } from "#bench/load/base";
import { packageRoot } from "#core/adapters/package-root";

const SIZES = [1_000, 10_000] as const;
const REFERENCE = 100;
/** A tick costs as much however many chests there are; a tenth is left for how the visits happen to fall. */
const GROWTH_MAX = 1.1;

const named = ({ chests, isBusy }: Base): string =>
  `${chests.toLocaleString("en-US")} ${isBusy ? "busy" : "idle"} chests`;

/** The mod's Lua in one tick, by instructions and by time, beside the same with a hundred chests. */
export const ticks = (): Figure[] => {
  const mod = join(packageRoot(), "lua-mod", "dist", "2.1", "clusterio");
  return [false, true].flatMap((isBusy) => {
    const few = { chests: REFERENCE, isBusy };
    const counted = { what: named(few), value: tickCost(mod, few).instructions, unit: "instructions" };
    const timed = { what: named(few), value: tickMicroseconds(mod, few), unit: "µs" };
    return SIZES.flatMap((chests): Figure[] => {
      const base = { chests, isBusy };
      return [
        {
          name: "ticks",
          what: `the mod's Lua in a tick, ${named(base)}`,
          value: tickCost(mod, base).instructions,
          unit: "instructions",
          ratioAim: { sense: "under", value: GROWTH_MAX },
          reference: counted,
        },
        {
          name: "ticks",
          what: `a tick of the stand-in, ${named(base)}`,
          value: tickMicroseconds(mod, base),
          unit: "µs",
          reference: timed,
        },
      ];
    });
  });
};

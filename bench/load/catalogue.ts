import { type ResourceKey, resourceKey } from "#core/resource";

const MATERIALS = ["iron", "copper", "steel", "stone", "uranium", "plastic", "electronic", "electric"];
const THINGS = ["plate", "ore", "gear-wheel", "circuit", "science-pack", "belt", "furnace", "module"];
const TIERS = ["", "basic-", "fast-", "advanced-"];
const QUALITIES = ["", ":rare"];

/** 512 names as long as the game's: the middle of its items has 17 characters. */
export const CATALOGUE: readonly ResourceKey[] = QUALITIES.flatMap((quality) =>
  TIERS.flatMap((tier) =>
    MATERIALS.flatMap((material) => THINGS.map((thing) => resourceKey(`item:${tier}${material}-${thing}${quality}`))),
  ),
);

/** `count` resources from `start` on; the catalogue begins anew at its end. */
export const slice = (start: number, count: number): readonly ResourceKey[] =>
  Array.from({ length: count }, (_, i) => CATALOGUE[(start + i) % CATALOGUE.length]!);

// Looks at what the ports hold, not at what the mod says it did.
import { type Vector, withoutZeros } from "./protocol";
import type { World } from "./world";

/** What is in the ports and in the mod's hands, and what should be: brought + received - exported. */
export function balance(world: World, brought: Vector): { held: Vector; due: Vector } {
  const { exported, received } = world.totals();
  return {
    held: sum([world.everything(), 1], [world.buffer(), 1], [world.crumbs(), 1], [world.ordered(), 1]),
    due: sum([brought, 1], [received, 1], [exported, -1]),
  };
}

function sum(...parts: readonly (readonly [Vector, 1 | -1])[]): Vector {
  const total: Vector = {};
  for (const [vector, sign] of parts)
    for (const [name, n] of Object.entries(vector)) total[name] = (total[name] ?? 0) + sign * n;
  return withoutZeros(total);
}

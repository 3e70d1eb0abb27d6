// The checker looks at what the chests hold, not at what the mod says it did.
import * as fc from "fast-check";
import { type Action, act, action } from "./actions";
import { withoutZeros } from "./protocol";
import { World } from "./world";

/** What is in the ports and in the buffer, and what should be: brought + received - exported. */
function balance(world: World, brought: Record<string, number>): { held: object; due: object } {
  const held: Record<string, number> = {};
  const due: Record<string, number> = { ...brought };
  const add = (to: Record<string, number>, what: Record<string, number>, sign: 1 | -1): void => {
    for (const [name, n] of Object.entries(what)) to[name] = (to[name] ?? 0) + sign * n;
  };
  add(held, world.everything(), 1);
  add(held, world.buffer(), 1);
  add(held, world.crumbs(), 1);
  add(due, world.totals().received, 1);
  add(due, world.totals().exported, -1);
  return { held: withoutZeros(held), due: withoutZeros(due) };
}

function run(actions: readonly Action[], shuffle?: number): void {
  const world = World.create(shuffle === undefined ? {} : { shuffle });
  try {
    world.open({ lease: 5000 });
    const brought: Record<string, number> = {};
    for (const each of actions) {
      act(world, each, brought);
      const { held, due } = balance(world, brought);
      expect(held).toEqual(due);
      expect(world.brokenInvariants()).toEqual([]);
    }
  } finally {
    world.close();
  }
}

test("no history of building, mining, requests, imports and exports makes or loses an item, a unit or a megajoule", () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 10, maxLength: 60, size: "max" }), (actions) => run(actions)),
    { numRuns: 50, seed: 1 },
  );
});

test("nor in any order of pairs", () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 10, maxLength: 60, size: "max" }), fc.nat(), (actions, shuffle) =>
      run(actions, shuffle + 1),
    ),
    { numRuns: 20, seed: 2 },
  );
});

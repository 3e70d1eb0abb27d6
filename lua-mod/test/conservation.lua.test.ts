import * as fc from "fast-check";
import { act } from "./act";
import { type Action, action, everything } from "./actions";
import { balance } from "./balance";
import { World } from "./world";

/** What was done at least once in any history. */
const done = new Set<Action["do"]>();

function run(actions: readonly Action[], shuffle?: number): void {
  const world = World.create(shuffle === undefined ? {} : { shuffle });
  try {
    world.open({ lease: 5000 });
    const brought: Record<string, number> = {};
    for (const each of actions) {
      if (act(world, each, brought)) done.add(each.do);
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

test("the histories did everything that can be done", () => {
  expect([...done].sort()).toEqual([...everything].sort());
});

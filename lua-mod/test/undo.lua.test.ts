// The test's own hands: what they undo and redo is really undone and redone, or the histories would not try it.
import { World } from "./world";

test("what a player built is taken away and stands again; what was mined comes back empty", () => {
  const world = World.create();
  world.open({ lease: 1000 });
  world.place("export", 0);
  world.place("import", 1, "tank");
  world.undo();
  expect([world.kindAt(0), world.kindAt(1)]).toEqual(["export-chest", ""]);
  world.redo();
  expect(world.kindAt(1)).toBe("import-tank");
  world.put(0, "coal", 5);
  world.mine(0);
  expect(world.kindAt(0)).toBe("");
  world.undo();
  expect([world.kindAt(0), world.holds(0)]).toEqual(["export-chest", {}]);
  world.redo();
  expect(world.kindAt(0)).toBe("");
  world.undo();
  world.put(0, "coal", 3);
  world.tick(2);
  expect(world.totals().exported).toEqual({ "item:coal": 3 });
  expect(world.brokenInvariants()).toEqual([]);
  world.close();
});

// Cost, counted in calls into the game: it grows with the visits per tick, not with the number of chests.
import { World } from "./world";

function accessesPerTick(chests: number, visits: number): number {
  const world = World.create();
  try {
    world.open({ lease: 100000 });
    world.setting("clusterio-export-chests-per-tick", visits);
    world.setting("clusterio-import-chests-per-tick", visits);
    world.placeMany("export", 0, chests);
    world.placeMany("import", chests, chests);
    world.tick(chests + 130); // everything has been visited and has come to rest
    const ticks = 100;
    return world.countAccesses(() => world.tick(ticks)) / ticks;
  } finally {
    world.close();
  }
}

test("a thousand idle chests cost as much per tick as fifty", () => {
  const few = accessesPerTick(50, 8);
  expect(few).toBeGreaterThan(0);
  expect(accessesPerTick(1000, 8)).toBeCloseTo(few, 0);
});

test("an idle chest's visit is two or three looks at it", () => {
  expect(accessesPerTick(50, 8)).toBeLessThanOrEqual(3 * 8 * 2);
});

test("the visits per tick are a setting", () => {
  expect(accessesPerTick(50, 4) * 2).toBeCloseTo(accessesPerTick(50, 8), 0);
});

test("a chest where something moved is visited more often for two seconds, then like any other", () => {
  const world = World.create();
  const active = () => world.lua(`return { #test.storage("clusterio").exports.active }`);
  try {
    world.open({ lease: 100000 });
    world.place("export", 0);
    world.tick(200);
    expect(active()).toEqual([0]);
    world.put(0, "coal", 1);
    world.tick(60);
    expect(active()).toEqual([1]);
    world.tick(70);
    expect(active()).toEqual([0]);
  } finally {
    world.close();
  }
});

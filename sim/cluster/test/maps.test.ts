import { Maps, ToldMaps } from "#sim/cluster/maps";

test("C4 a world that was seen on one map is on no other, wherever it is saved by whoever can know", () => {
  const maps = new Maps();
  const folder = new ToldMaps();
  expect(maps.saved("a.1", 7, folder)).toBeUndefined();
  folder.tell("a.1", 7);
  expect(maps.saved("a.1", 7, folder)).toBeUndefined();
  expect(maps.saved("a.1", 8, folder)).toBe("a.1 is on map 7 and on map 8");
  expect(maps.saved("b.1", 8, folder)).toBeUndefined();
});

test("C4 a folder that a leader told of the map can know it; the first word counts, also in a copy of the folder", () => {
  const maps = new Maps();
  maps.saved("a.1", 7, new ToldMaps());
  const elsewhere = new ToldMaps();
  elsewhere.tell("a.1", 7);
  elsewhere.tell("a.1", 8);
  expect(maps.saved("a.1", 8, elsewhere.copy())).toBe("a.1 is on map 7 and on map 8");
});

test("C4 what was saved in a folder whose bridge never heard of it, nobody can know there (seed 320 of soak-report.md)", () => {
  const maps = new Maps();
  const before = new ToldMaps();
  before.tell("a.1", 7);
  expect(maps.saved("a.1", 7, before)).toBeUndefined();
  const moved = new ToldMaps();
  expect(maps.saved("a.1", 7, moved)).toBeUndefined();
  expect(maps.saved("a.1", 8, moved)).toBeUndefined();
});

test("C4 where nobody could know, the world is on both maps from then on, and no other world is", () => {
  const maps = new Maps();
  maps.saved("a.1", 7, new ToldMaps());
  maps.saved("b.1", 7, new ToldMaps());
  const forgotten = new ToldMaps();
  expect(maps.saved("a.1", 8, forgotten)).toBeUndefined();
  expect(maps.saved("a.1", 7, forgotten)).toBeUndefined();
  const old = new ToldMaps();
  old.tell("a.1", 7);
  expect(maps.saved("a.1", 8, old)).toBeUndefined();
  const other = new ToldMaps();
  other.tell("b.1", 7);
  expect(maps.saved("b.1", 8, other)).toBe("b.1 is on map 7 and on map 8");
});

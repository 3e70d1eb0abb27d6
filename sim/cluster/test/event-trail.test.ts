import { EventTrail } from "#sim/cluster/event-trail";

const encoder = new TextEncoder();
const fact = (id: string, type = "world-reported", data = {}): Uint8Array =>
  encoder.encode(JSON.stringify({ id, type, data }));
const at = (seq: number, id: string) => ({ created: "", seq, id });

test("C19 reading on over a cut is found, also when what was lost was said again and stands where it stood", () => {
  const trail = new EventTrail();
  trail.stored(1, fact("a"), 0);
  trail.stored(2, fact("b"), 0);
  trail.cut(1);
  trail.stored(2, fact("c"), 0);
  trail.stored(3, fact("b"), 0);
  expect(trail.problem(at(1, "a"), at(3, "b"))).toBeUndefined();
  expect(trail.problem(at(2, "b"), at(2, "c"))).toMatch(/never followed/);
  expect(trail.problem(at(2, "c"), at(3, "b"))).toBeUndefined();
  expect(trail.problem(at(3, "b"), at(1, "a"))).toMatch(/never followed/);
});

test("C19 what was cut off is not cut off later because the end is cut again", () => {
  const trail = new EventTrail();
  trail.stored(1, fact("a"), 0);
  trail.stored(2, fact("b"), 0);
  trail.cut(1);
  trail.stored(2, fact("c"), 0);
  trail.cut(1);
  expect(trail.problem(at(2, "b"), at(2, "c"))).toMatch(/never followed/);
});

test("C19 a message has aged out once it is purged, unless it was cut off before", () => {
  const trail = new EventTrail();
  trail.stored(1, fact("a"), 0);
  trail.stored(2, fact("b"), 0);
  trail.aged(2, 70);
  trail.aged(2, 90);
  expect(trail.agedAt(at(1, "a"))).toBe(70);
  expect(trail.agedAt(at(2, "b"))).toBeUndefined();
  trail.cut(0);
  expect(trail.agedAt(at(1, "a"))).toBeUndefined();
});

test("C18 a session was heard when it last said something: not by a second copy, nor by what explains an adoption", () => {
  const trail = new EventTrail();
  trail.stored(1, fact("a", "world-synced", { token: "t" }), 10);
  trail.stored(2, fact("a", "world-synced", { token: "t" }), 20);
  trail.stored(3, fact("b", "world-adopted", { token: "t" }), 30);
  expect(trail.heardAt("t")).toBe(10);
  trail.stored(4, fact("c", "world-reported", { token: "t" }), 40);
  expect(trail.heardAt("t")).toBe(40);
});

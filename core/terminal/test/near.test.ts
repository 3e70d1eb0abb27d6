import { didYouMean, distance, nearest, noSuch } from "#core/terminal/near";

test.each([
  ["", "", 0],
  ["north", "north", 0],
  ["nrth", "north", 1],
  ["norht", "north", 1],
  ["north", "south", 2],
  ["", "abc", 3],
])("%j is %j's neighbour at %i", (a, b, far) => {
  expect(distance(a, b)).toBe(far);
  expect(distance(b, a)).toBe(far);
});

test.each([
  ["strat", "start"],
  ["lst", "list"],
  ["stp", "stop"],
  ["lisp", "list"],
  ["lip", undefined],
  ["li", "list"],
  ["LIST", "list"],
  ["sto", "stop"],
  ["--waitng", undefined],
  ["x", undefined],
  ["completely-else", undefined],
])("%j: %j was meant", (typed, meant) => {
  expect(nearest(typed, ["storage", "start", "stop", "list"])).toBe(meant);
});

test("a name that there is not is told with the nearest and with those that there are", () => {
  const names = ["north", "south"];
  expect(noSuch("instance", "nroth", { names })).toBe(
    'there is no instance "nroth"; did you mean "north"? there are north, south',
  );
  expect(noSuch("instance", "x", { names })).toBe('there is no instance "x"; there are north, south');
  expect(noSuch("instance", "x", { names: [] })).toBe('there is no instance "x"; there is none yet');
  expect(noSuch("context", "x", { names: [], none: "clusterio context add" })).toContain(": clusterio context add");
  const many = Array.from({ length: 30 }, (_, at) => `n${at}`);
  expect(noSuch("instance", "other", { names: many })).toMatch(/ n0, n1, .* and 18 more$/);
});

test("what is nothing like anything is left alone", () => {
  expect(didYouMean("--bogus", ["--dir", "--json"])).toBe("");
});

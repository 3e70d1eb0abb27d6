import { Route } from "#sim/cluster/route";

test("what leaves a slow way after it became a fast one overtakes nothing that is still under way", () => {
  const route = new Route();
  expect(route.leave(1_000, true)).toBe(0);
  route.lagMs = 400;
  expect(route.leave(1_000, true)).toBe(400);
  route.lagMs = 0;
  expect(route.leave(1_100, true)).toBe(300);
  expect(route.leave(1_500, true)).toBe(0);
});

test("when faults stop nothing is slow any more, and nothing is overtaken either", () => {
  const route = new Route();
  route.lagMs = 400;
  expect(route.leave(1_000, true)).toBe(400);
  expect(route.leave(1_250, false)).toBe(150);
  expect(route.leave(1_450, false)).toBe(0);
});

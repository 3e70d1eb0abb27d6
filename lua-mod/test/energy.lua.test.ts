import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
  world.open();
});
afterEach(() => world.close());

test("an export accumulator gives whole megajoules, the rest stays charged", () => {
  world.place("export", 0, "accumulator");
  world.charge(0, 10.75);
  world.tick(1);
  expect(world.totals().exported).toEqual({ energy: 10 });
  expect(world.holds(0)).toEqual({ energy: 0.75 });
  world.charge(0, 0.25);
  world.tick(1);
  expect(world.totals().exported).toEqual({ energy: 11 });
  expect(world.holds(0)).toEqual({});
});

test("not without the lease", () => {
  world.lease(0);
  world.tick(1);
  world.place("export", 0, "accumulator");
  world.charge(0, 10);
  world.tick(1);
  expect(world.holds(0)).toEqual({ energy: 10 });
  expect(world.status(0)).toBe("no-link");
});

test("an import accumulator wants to be full, in whole megajoules, and takes no more than fits", () => {
  world.place("import", 0, "accumulator");
  world.charge(0, 0.5);
  world.tick(1);
  expect(world.wanted()).toEqual({ energy: 99 });
  world.importNamed({ energy: 150 });
  expect(world.holds(0)).toEqual({ energy: 99.5 });
  expect(world.buffer()).toEqual({ energy: 51 });
  world.charge(0, -10);
  world.tick(3);
  expect(world.holds(0)).toEqual({ energy: 99.5 });
  expect(world.buffer()).toEqual({ energy: 41 });
});

test("several share what there is, and one that is mined wants no more", () => {
  for (const x of [0, 1, 2]) world.place("import", x, "accumulator");
  world.tick(3);
  world.importNamed({ energy: 30 });
  world.tick(2);
  expect([0, 1, 2].map((x) => world.holds(x))).toEqual([{ energy: 10 }, { energy: 10 }, { energy: 10 }]);
  world.mine(1);
  world.tick(2);
  expect(world.wanted()).toEqual({ energy: 180 });
});

test("what an accumulator gives never flows back: one way in, the other way out", () => {
  const source = (name: string) => world.lua(`return test.raw("accumulator", "${name}").energy_source`);
  expect(source("clusterio-export-accumulator")).toMatchObject({ input_flow_limit: "10MW", output_flow_limit: "0W" });
  expect(source("clusterio-import-accumulator")).toMatchObject({ input_flow_limit: "0W", output_flow_limit: "10MW" });
});

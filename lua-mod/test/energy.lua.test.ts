import { balance } from "./balance";
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

test("an engine that changes a charge by less than was written: what it did is counted, fractions wait until they are whole", () => {
  world.place("export", 0, "accumulator");
  world.place("import", 1, "accumulator");
  world.charge(0, 20);
  world.loosen({ energyStep: 2.75e6 });
  world.tick(1);
  expect(world.holds(0)).toEqual({ energy: 17.25 });
  expect(world.totals().exported).toEqual({ energy: 2 });
  expect(world.crumbs()).toEqual({ energy: 0.75 });
  world.importNamed({ energy: 50 });
  expect(world.holds(1)).toEqual({ energy: 2.75 });
  expect(world.buffer()).toEqual({ energy: 48 });
  for (let n = 0; n < 20; n++) {
    world.tick(1);
    const { held, due } = balance(world, { energy: 20 });
    expect(held).toEqual(due);
    expect(world.brokenInvariants()).toEqual([]);
  }
  expect(world.holds(0)).toEqual({ energy: 0.75 });
});

test("an engine that lets nobody write a charge: nothing is credited, nothing leaves the buffer", () => {
  world.place("export", 0, "accumulator");
  world.place("import", 1, "accumulator");
  world.charge(0, 20);
  world.loosen({ energyStep: 0 });
  world.tick(2);
  world.importNamed({ energy: 50 });
  world.tick(10);
  expect(world.totals().exported).toEqual({});
  expect(world.buffer()).toEqual({ energy: 50 });
  expect([world.holds(0), world.holds(1)]).toEqual([{ energy: 20 }, {}]);
});

test("the rounding of a large charge is no fraction of a megajoule", () => {
  world.place("import", 0, "accumulator");
  world.charge(0, 33.3333333);
  world.tick(1);
  world.importNamed({ energy: 7 });
  expect(world.buffer()).toEqual({});
  expect(world.crumbs()).toEqual({});
});

test("what an accumulator gives never flows back: one way in, the other way out", () => {
  const source = (name: string) => world.lua(`return test.raw("accumulator", "${name}").energy_source`);
  expect(source("clusterio-export-accumulator")).toMatchObject({ input_flow_limit: "10MW", output_flow_limit: "0W" });
  expect(source("clusterio-import-accumulator")).toMatchObject({ input_flow_limit: "0W", output_flow_limit: "10MW" });
});

import { balance } from "./balance";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
  world.open();
});
afterEach(() => world.close());

describe("an export tank", () => {
  test("gives whole units to the cluster, the rest stays and goes once it is whole", () => {
    world.place("export", 0, "tank");
    world.pour(0, "water", { amount: 10.75 });
    world.tick(1);
    expect(world.totals().exported).toEqual({ "fluid:water:15": 10 });
    expect(world.holds(0)).toEqual({ "fluid:water:15": 0.75 });
    world.tick(100);
    expect(world.totals().exported).toEqual({ "fluid:water:15": 10 });
    world.pour(0, "water", { amount: 0.5 });
    world.tick(1);
    expect(world.totals().exported).toEqual({ "fluid:water:15": 11 });
    expect(world.holds(0)).toEqual({ "fluid:water:15": 0.25 });
  });

  test.each([
    ["steam", 165, "fluid:steam:165"],
    ["steam", 500, "fluid:steam:500"],
    ["steam", 165.75, "fluid:steam:165"],
    ["water", 15, "fluid:water:15"],
    ["crude-oil", 25, "fluid:crude-oil:25"],
    ["test-brine", 15.5, "fluid:test-brine:15"],
    ["test-cold", -0.5, "fluid:test-cold:-1"],
    ["test-cold", -200, "fluid:test-cold:-200"],
    ["test-cold", 0, "fluid:test-cold:0"],
  ])("of %s at %d degrees exports %s: heat is never made", (name, temperature, resource) => {
    world.place("export", 0, "tank");
    world.pour(0, name, { amount: 7, temperature });
    world.tick(1);
    expect(world.totals().exported).toEqual({ [resource]: 7 });
    expect(world.holds(0)).toEqual({});
  });

  test("single precision is not a lost degree", () => {
    world.place("export", 0, "tank");
    world.pour(0, "steam", { amount: 7, temperature: 164.99999 });
    world.tick(1);
    expect(world.totals().exported).toEqual({ "fluid:steam:165": 7 });
  });

  test("keeps what may not be exchanged and says why", () => {
    world.place("export", 0, "tank");
    world.pour(0, "test-hidden-fluid", { amount: 7 });
    world.tick(1);
    expect(world.holds(0)).toEqual({ "fluid:test-hidden-fluid:15": 7 });
    expect(world.status(0)).toBe("refused-class");
  });

  test("stops with its lease, with a status", () => {
    world.lease(0);
    world.tick(1);
    world.place("export", 0, "tank");
    world.pour(0, "water", { amount: 7 });
    world.tick(1);
    expect(world.holds(0)).toEqual({ "fluid:water:15": 7 });
    expect(world.status(0)).toBe("no-link");
  });
});

describe("an import tank", () => {
  test("wants what it was set to, in whole units, and nothing when it is set to nothing", () => {
    world.place("import", 0, "tank");
    world.tick(1);
    expect(world.wanted()).toEqual({});
    expect(world.status(0)).toBe("no-request");
    expect(world.requestFluid(0, { name: "steam", temperature: 165, amount: 1000 })).toBe(true);
    world.tick(1);
    expect(world.wanted()).toEqual({ "fluid:steam:165": 1000 });
    expect(world.status(0)).toBe("");
    world.requestFluid(0, undefined);
    world.tick(1);
    expect(world.wanted()).toEqual({});
  });

  test("asks for no more than it holds, and of a fluid without a temperature for its own", () => {
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "crude-oil", amount: 99999 });
    world.tick(1);
    expect(world.wanted()).toEqual({ "fluid:crude-oil:25": 25000 });
  });

  test.each([
    [{ name: "no-such-fluid", amount: 5 }],
    [{ name: "water", amount: 0 }],
    [{ name: "water", amount: -5 }],
    [{ name: "water", amount: 1e300 }],
    [{ name: "water", temperature: 1e300, amount: 5 }],
    [{ name: 5, amount: 5 }],
    [{ amount: 5 }],
  ])("refuses %j from other mods and keeps what it was set to", (request) => {
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "water", amount: 5 });
    expect(world.requestFluid(0, request as { name: string; amount: number })).toBe(false);
    expect(world.requestedFluid(0)).toEqual({ name: "water", temperature: 15, amount: 5 });
  });

  test("is filled at exactly the temperature of the resource", () => {
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "steam", temperature: 500, amount: 100 });
    world.tick(1);
    world.importNamed({ "fluid:steam:500": 60 });
    expect(world.fluid(0)).toEqual({ name: "steam", amount: 60, temperature: 500 });
    expect(world.buffer()).toEqual({});
    world.tick(1);
    expect(world.wanted()).toEqual({ "fluid:steam:500": 40 });
  });

  test("tops up a partly filled tank to the whole unit, and nothing of a delivery is lost", () => {
    world.place("import", 0, "tank");
    world.pour(0, "water", { amount: 24990.25 });
    world.requestFluid(0, { name: "water", amount: 25000 });
    world.tick(1);
    expect(world.wanted()).toEqual({ "fluid:water:15": 9 });
    world.importNamed({ "fluid:water:15": 100 });
    world.tick(5);
    expect(world.holds(0)).toEqual({ "fluid:water:15": 24999.25 });
    expect(world.buffer()).toEqual({ "fluid:water:15": 91 });
  });

  test.each([
    ["another fluid", "water", {}],
    ["the same fluid at another temperature", "steam", { temperature: 165 }],
  ])("is never filled over %s, and says so", (_, name, wear) => {
    world.place("import", 0, "tank");
    world.pour(0, name, { amount: 5, ...wear });
    world.requestFluid(0, { name: "steam", temperature: 500, amount: 100 });
    world.tick(1);
    expect(world.wanted()).toEqual({});
    expect(world.status(0)).toBe("other-fluid");
    world.importNamed({ "fluid:steam:500": 60 });
    world.tick(10);
    expect(world.fluid(0)).toMatchObject({ name, amount: 5 });
    expect(world.buffer()).toEqual({ "fluid:steam:500": 60 });
    world.drain(0, 5);
    world.tick(3);
    expect(world.fluid(0)).toEqual({ name: "steam", amount: 60, temperature: 500 });
    expect(world.status(0)).toBe("");
  });

  test("changes its mind: another fluid is wanted once the old one is gone", () => {
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "water", amount: 10 });
    world.tick(1);
    world.importNamed({ "fluid:water:15": 10 });
    world.requestFluid(0, { name: "crude-oil", amount: 10 });
    world.tick(2);
    expect(world.wanted()).toEqual({});
    world.drain(0, 10);
    world.tick(2);
    expect(world.wanted()).toEqual({ "fluid:crude-oil:25": 10 });
  });

  test("a fluid below its lowest temperature by a fraction comes at its lowest", () => {
    world.place("import", 0, "tank");
    world.requestFluid(0, { name: "test-brine", temperature: 15, amount: 10 });
    world.tick(1);
    world.importNamed({ "fluid:test-brine:15": 10 });
    expect(world.fluid(0)).toEqual({ name: "test-brine", amount: 10, temperature: 15.5 });
    expect(world.status(0)).toBe("");
  });

  test("what it was set to goes with copy and paste, with clones and with blueprints", () => {
    world.place("import", 0, "tank");
    const request = { name: "steam", temperature: 165, amount: 10 };
    world.requestFluid(0, request);
    world.place("import", 1, "tank");
    world.paste(0, 1);
    world.clone(0, 2);
    world.lua(`local held = test.blueprint({ at(0) }, "someone")
      test.robot_build{ name = held[1].name, position = { 3, 0 }, tags = held[1].tags }`);
    for (const x of [1, 2, 3]) expect(world.requestedFluid(x)).toEqual(request);
    world.tick(3);
    expect(world.wanted()).toEqual({ "fluid:steam:165": 40 });
  });

  test("a blueprint whose tags somebody wrote by hand sets a tank only to what it can hold", () => {
    for (const [x, tag] of [
      [0, `{ name = "steam", temperature = "hot", amount = 5 }`],
      [1, `{ name = {}, amount = 5 }`],
      [2, `"steam"`],
    ] as const) {
      world.lua(
        `test.robot_build{ name = "clusterio-import-tank", position = { ${x}, 0 }, tags = { ["clusterio-request"] = ${tag} } }`,
      );
      expect(world.requestedFluid(x)).toEqual({});
    }
    world.tick(2);
    expect(world.wanted()).toEqual({});
  });

  test("two tanks share what there is", () => {
    for (const x of [0, 1]) {
      world.place("import", x, "tank");
      world.requestFluid(x, { name: "water", amount: 1000 });
    }
    world.tick(3);
    world.importNamed({ "fluid:water:15": 300 });
    world.tick(2);
    expect([world.holds(0), world.holds(1)]).toEqual([{ "fluid:water:15": 150 }, { "fluid:water:15": 150 }]);
  });
});

describe("the tank's window", () => {
  const window = `local w = test.join("someone").gui.left["clusterio-tank"]`;
  const open = () => world.lua(`test.join("someone") test.open(at(0), "someone")`);

  beforeEach(() => world.place("import", 0, "tank"));

  test("a chosen fluid is requested at its own temperature, as much as fits, and Enter sets the fields", () => {
    open();
    world.lua(`${window} test.choose(w["clusterio-tank-fluid"], "steam")`);
    expect(world.requestedFluid(0)).toEqual({ name: "steam", temperature: 15, amount: 25000 });
    world.lua(
      `${window} test.type_in(w["clusterio-tank-temperature"], "165") test.confirm(w["clusterio-tank-temperature"])`,
    );
    expect(world.requestedFluid(0)).toEqual({ name: "steam", temperature: 165, amount: 25000 });
    world.lua(`${window} test.type_in(w["clusterio-tank-amount"], "500") test.close("someone")`);
    expect(world.requestedFluid(0)).toEqual({ name: "steam", temperature: 165, amount: 500 });
  });

  test("half a number is not read: no resource of a temperature that nobody meant", () => {
    open();
    world.lua(`${window} test.choose(w["clusterio-tank-fluid"], "steam")
      for _, text in ipairs{ "1", "16", "165" } do test.type_in(w["clusterio-tank-temperature"], text) test.tick(2) end
      test.confirm(w["clusterio-tank-temperature"])`);
    world.tick(2);
    expect(Object.values(world.namesByNumber())).toEqual(["fluid:steam:15", "fluid:steam:165"]);
  });

  test("shows what was set, and goes with the tank's own", () => {
    world.requestFluid(0, { name: "steam", temperature: 165, amount: 10 });
    open();
    expect(
      world.lua(
        `${window} return { w["clusterio-tank-fluid"].elem_value, w["clusterio-tank-temperature"].text, w["clusterio-tank-amount"].text }`,
      ),
    ).toEqual(["steam", "165", "10"]);
    world.lua(`test.close("someone")`);
    expect(world.lua(`${window} return { w == nil }`)).toEqual([true]);
    expect(world.requestedFluid(0)).toEqual({ name: "steam", temperature: 165, amount: 10 });
  });

  test("no fluid, no request", () => {
    world.requestFluid(0, { name: "steam", temperature: 165, amount: 10 });
    open();
    world.lua(`${window} test.choose(w["clusterio-tank-fluid"], nil)`);
    expect(world.requestedFluid(0)).toEqual({});
  });

  test("a tank that is mined while its window is open harms nothing", () => {
    open();
    world.mine(0);
    world.tick(1);
    world.lua(`${window} test.choose(w["clusterio-tank-fluid"], "steam") test.close("someone")`);
    world.tick(1);
    expect(world.brokenInvariants()).toEqual([]);
  });
});

test("an engine that moves fractions loses none of them: they wait until they are whole", () => {
  world.loosen({ fluidSlip: 0.25 });
  world.place("export", 0, "tank");
  world.place("import", 1, "tank");
  world.requestFluid(1, { name: "water", amount: 1000 });
  const poured = world.pour(0, "water", { amount: 100.25 });
  world.tick(1);
  expect(world.totals().exported).toEqual({ "fluid:water:15": 99 });
  expect(world.crumbs()).toEqual({ "fluid:water:15": 0.75 });
  expect(world.holds(0)).toEqual({ "fluid:water:15": 0.25 });
  world.importNamed({ "fluid:water:15": 50 });
  world.tick(10);
  const { held, due } = balance(world, { "fluid:water:15": poured });
  expect(held).toEqual(due);
  expect(world.brokenInvariants()).toEqual([]);
});

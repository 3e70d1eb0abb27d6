import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
  world.open();
});
afterEach(() => world.close());

describe("surfaces", () => {
  test.each([
    ["nauvis", ""],
    [" vulcanus , nauvis ", ""],
    ["nau*", ""],
    ["*", ""],
    ["vulcanus", "wrong-surface"],
    ["nauvi", "wrong-surface"],
    ["nauvi.", "wrong-surface"],
    [",", "wrong-surface"],
  ])("where %j may exchange, an export chest on nauvis shows %j", (surfaces, status) => {
    world.setting("clusterio-surfaces", surfaces);
    world.place("export", 0);
    world.put(0, "coal", 5);
    world.tick(1);
    expect(world.status(0)).toBe(status);
    expect(world.holds(0)).toEqual(status === "" ? {} : { "item:coal": 5 });
  });

  test("an import chest wants nothing where it may not, and wants again as soon as it may", () => {
    world.place("import", 0);
    world.request(0, 1, "coal", 50);
    world.tick(2);
    expect(world.wanted()).toEqual({ "item:coal": 50 });
    world.setting("clusterio-surfaces", "vulcanus");
    world.tick(2);
    expect(world.wanted()).toEqual({});
    expect(world.status(0)).toBe("wrong-surface");
    world.importNamed({ "item:coal": 10 });
    world.tick(2);
    expect(world.holds(0)).toEqual({});
    expect(world.buffer()).toEqual({ "item:coal": 10 });
    world.setting("clusterio-surfaces", "");
    world.tick(3);
    expect(world.holds(0)).toEqual({ "item:coal": 10 });
    expect(world.brokenInvariants()).toEqual([]);
  });
});

describe("a limit of entities", () => {
  test("so many work each way, and when one goes another takes its place", () => {
    world.setting("clusterio-entities-max", 2);
    for (const x of [0, 1, 2]) {
      world.place("export", x);
      world.put(x, "coal", 1);
    }
    world.place("import", 3);
    world.tick(3);
    expect([0, 1, 2, 3].map((x) => world.status(x))).toEqual(["", "", "over-limit", ""]);
    expect(world.totals().exported).toEqual({ "item:coal": 2 });
    world.mine(0);
    world.tick(3);
    expect(world.status(2)).toBe("");
    expect(world.totals().exported).toEqual({ "item:coal": 3 });
  });

  test("none by default", () => {
    world.placeMany("export", 0, 300);
    for (let x = 0; x < 300; x++) world.put(x, "coal", 1);
    world.tick(80);
    expect(world.totals().exported).toEqual({ "item:coal": 300 });
  });
});

import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
  world.open({ lease: 100000 });
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 400);
  world.tick(2);
});
afterEach(() => world.close());

/** Two windows: the first of them may have begun before the request. */
const windows = (): void => world.tick(1300);

test("a chest that is served at once says nothing", () => {
  world.importNamed({ "item:iron-plate": 400 });
  windows();
  expect(world.status(0)).toBe("");
});

test("a chest that gets a part says how much of how much", () => {
  windows();
  world.importNamed({ "item:iron-plate": 12 });
  windows();
  world.importNamed({ "item:iron-plate": 24 });
  world.tick(700);
  expect(world.status(0)).toBe("waiting-share");
  expect(world.statusGaps(0)).toEqual(["12", "388", "[item=iron-plate]"]);
});

test("a chest that gets nothing says so, with what it wants, and no more once it came", () => {
  windows();
  expect(world.status(0)).toBe("waiting-none");
  expect(world.statusGaps(0)).toEqual(["0", "400", "[item=iron-plate]"]);
  expect(world.lua(`return remote.call("clusterio", "supply")`)).toEqual({
    "item:iron-plate": { got: 0, wanted: 400 },
  });
  world.importNamed({ "item:iron-plate": 400 });
  world.tick(5);
  expect(world.status(0)).toBe("");
});

test("without the bridge it is the link that is missing", () => {
  world.lease(0);
  windows();
  expect(world.status(0)).toBe("no-link");
});

test("a tank and an accumulator say it too, with their temperature and unit", () => {
  world.place("import", 1, "tank");
  world.requestFluid(1, { name: "steam", temperature: 165, amount: 50 });
  world.place("import", 2, "accumulator");
  windows();
  expect(world.statusGaps(1)).toEqual(["0", "50", "[fluid=steam] 165 °C"]);
  expect(world.statusGaps(2)).toEqual(["0", "100", "MJ"]);
});

test("a quality is named", () => {
  world.place("import", 1);
  world.request(1, 1, "coal", 7, "rare");
  windows();
  expect(world.statusGaps(1)).toEqual(["0", "7", "[item=coal,quality=rare]"]);
});

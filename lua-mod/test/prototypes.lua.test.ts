import { World } from "./world";

let world: World;
beforeAll(() => {
  world = World.create();
});
afterAll(() => world.close());

const entities = [
  ...["chest", "tank", "accumulator"].flatMap((what) => [`clusterio-export-${what}`, `clusterio-import-${what}`]),
  "clusterio-clock-combinator",
];

test.each(entities)("%s can be crafted, placed, and mined into itself", (name) => {
  const facts = world.lua(`
    local item, entity, recipe = prototypes.item["${name}"], prototypes.entity["${name}"], prototypes.recipe["${name}"]
    return {
      places = item.place_result.name, gives = entity.mineable_properties.products[1].name, makes = recipe.products[1].name,
    }`);
  expect(facts).toEqual({ places: name, gives: name, makes: name });
});

test("chests have 48 slots, and the import chest requests", () => {
  for (const name of ["clusterio-export-chest", "clusterio-import-chest"]) {
    expect(world.lua(`return { prototypes.entity["${name}"].get_inventory_size(defines.inventory.chest) }`)).toEqual([
      48,
    ]);
  }
  expect(world.lua(`return { mode = prototypes.entity["clusterio-import-chest"].logistic_mode }`)).toEqual({
    mode: "requester",
  });
});

test.each([
  ["clusterio", "chest"],
  ["clusterio-fluids", "tank"],
  ["clusterio-energy", "accumulator"],
])("the technology %s unlocks both recipes of a %s", (technology, what) => {
  expect(world.lua(`return prototypes.technology["${technology}"].effects`)).toMatchObject([
    { type: "unlock-recipe", recipe: `clusterio-export-${what}` },
    { type: "unlock-recipe", recipe: `clusterio-import-${what}` },
  ]);
});

test("the technology clusterio-circuits unlocks the clock", () => {
  expect(world.lua(`return prototypes.technology["clusterio-circuits"].effects`)).toMatchObject([
    { type: "unlock-recipe", recipe: "clusterio-clock-combinator" },
  ]);
});

test("the technology clusterio-signals unlocks the combinators that talk to other worlds", () => {
  expect(world.lua(`return prototypes.technology["clusterio-signals"].effects`)).toMatchObject(
    ["transmitter", "receiver", "inventory-combinator"].map((name) => ({ recipe: `clusterio-${name}` })),
  );
  for (const name of ["transmitter", "receiver", "inventory-combinator"]) {
    expect(world.lua(`return test.raw("recipe", "clusterio-${name}").ingredients`)).toMatchObject([
      { name: "constant-combinator", amount: 1 },
      { name: "electronic-circuit", amount: 10 },
    ]);
  }
});

test("other mods can ask for the buffer, the totals and the version", () => {
  expect(world.lua(`return { remote.call("clusterio", "version") }`)).toEqual([world.modVersion]);
  world.open();
  world.importNamed({ "item:coal": 3 });
  expect(world.lua(`return remote.call("clusterio", "buffer")`)).toEqual({ "item:coal": 3 });
  expect(world.lua(`return remote.call("clusterio", "totals")`)).toEqual({
    exported: {},
    received: { "item:coal": 3 },
  });
});

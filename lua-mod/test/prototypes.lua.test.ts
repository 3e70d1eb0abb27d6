import { World } from "./world";

let world: World;
beforeAll(() => {
  world = World.create();
});
afterAll(() => world.close());

test("both chests can be researched, crafted, placed, and mined into themselves", () => {
  for (const name of ["clusterio-export-chest", "clusterio-import-chest"]) {
    const facts = world.lua(`
      local item, entity, recipe = prototypes.item["${name}"], prototypes.entity["${name}"], prototypes.recipe["${name}"]
      return {
        places = item.place_result.name, gives = entity.mineable_properties.products[1].name,
        makes = recipe.products[1].name, size = entity.get_inventory_size(defines.inventory.chest),
      }`);
    expect(facts).toEqual({ places: name, gives: name, makes: name, size: 48 });
  }
  expect(world.lua(`return { mode = prototypes.entity["clusterio-import-chest"].logistic_mode }`)).toEqual({
    mode: "requester",
  });
});

test("the technology unlocks both recipes", () => {
  expect(world.lua(`return prototypes.technology["clusterio"].effects`)).toMatchObject([
    { type: "unlock-recipe", recipe: "clusterio-export-chest" },
    { type: "unlock-recipe", recipe: "clusterio-import-chest" },
  ]);
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

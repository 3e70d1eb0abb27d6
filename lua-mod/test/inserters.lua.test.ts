// Ports between machines, as players build them: what an inserter's hand holds counts, too.
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
});
afterEach(() => world.close());

/** What lies outside the ports: the furnace's or the chest's, and what is in the hand. */
const outside = (item: string): number =>
  (
    world.lua(`local n = 0
      for _, name in ipairs{ "stone-furnace", "inserter", "steel-chest" } do
        for _, each in ipairs(game.surfaces[1].find_entities_filtered{ name = name }) do n = n + each.get_item_count("${item}") end
      end
      return { n }`) as number[]
  )[0] ?? 0;

test("a furnace's plates go through an inserter into an export chest, and every one is somewhere at every tick", () => {
  world.open();
  world.lua(`
    local made = test.build{ name = "stone-furnace", position = { 0, -2 } }
    made.get_output_inventory().insert{ name = "iron-plate", count = 20 }
    test.build{ name = "inserter", position = { 0, -1 } }`);
  world.place("export", 0);
  const sent = () => world.totals().exported["item:iron-plate"] ?? 0;
  for (let i = 0; i < 120; i += 1) {
    world.tick(13);
    expect(outside("iron-plate") + (world.holds(0)["item:iron-plate"] ?? 0) + sent()).toBe(20);
  }
  expect(sent()).toBe(20);
});

test("an import chest's items go through an inserter into a chest, and what was taken is asked for again", () => {
  world.open();
  world.place("import", 0);
  world.request(0, 1, "coal", 10);
  world.lua(
    `test.build{ name = "inserter", position = { 0, 1 } } test.build{ name = "steel-chest", position = { 0, 2 } }`,
  );
  world.importNamed({ "item:coal": 30 });
  for (let i = 0; i < 200; i += 1) {
    world.tick(13);
    const inside = (world.everything()["item:coal"] ?? 0) + (world.buffer()["item:coal"] ?? 0);
    expect(outside("coal") + inside).toBe(30);
  }
  expect(outside("coal")).toBe(30);
});

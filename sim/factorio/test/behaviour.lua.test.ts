import { Game } from "#sim/factorio/game";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

/** What the game does by itself, or to what a script holds. */
let mods: ModFolder;
const games: Game[] = [];

const DATA = `
  local function item(name, fields)
    local p = table.deepcopy(data.raw.item.coal)
    p.name, p.fuel_value, p.fuel_category = name, nil, nil
    for key, value in pairs(fields) do p[key] = value end
    data:extend{ p }
  end
  item("mash", { spoil_ticks = 50, spoil_result = "spoilage" })
  item("fruit", { spoil_ticks = 100, spoil_result = "mash" })
  item("foam", { spoil_ticks = 30 })
  data:extend{
    { type = "planet", name = "home", icon = "__base__/x.png" },
    { type = "space-platform-starter-pack", name = "pack", icon = "__base__/x.png", stack_size = 1 },
    { type = "space-platform-hub", name = "hub", icon = "__base__/x.png", flags = {}, inventory_size = 60, max_health = 100, collision_box = { { -3, -3 }, { 3, 3 } } },
  }
`;

const start = (control = ""): Game => {
  mods = modFolder({ m: { "data.lua": DATA, "control.lua": control } });
  const game = Game.create({ modDirectory: mods.path, seed: 3 });
  games.push(game);
  return game;
};
const reload = (game: Game): Game => {
  const loaded = Game.load(game.save(), { modDirectory: mods.path });
  games.push(loaded);
  return loaded;
};
afterEach(() => {
  for (const game of games.splice(0)) game.close();
  mods.remove();
});

const CHEST = 'game.surfaces[1].find_entities_filtered{ name = "steel-chest" }[1]';
const contents = (game: Game, inventory = `${CHEST}.get_inventory(defines.inventory.chest)`): string =>
  game.eval(`local parts = {}
    for _, each in ipairs(${inventory}.get_contents()) do parts[#parts + 1] = each.count .. " " .. each.quality .. " " .. each.name end
    table.sort(parts) return table.concat(parts, ", ")`);
const chestWith = (game: Game, ...stacks: string[]): void => {
  game.eval(`local c = game.surfaces[1].create_entity{ name = "steel-chest", position = { 0, 0 }, force = "player" }
    for _, s in ipairs{ ${stacks.join(", ")} } do c.insert(s) end`);
};

test("what spoils becomes its spoil result at its tick, keeps its quality, and what has none vanishes", () => {
  const game = start();
  chestWith(
    game,
    '{ name = "fruit", count = 5, quality = "normal" }',
    '{ name = "foam", count = 2 }',
    '{ name = "coal" }',
  );
  game.tick(29);
  expect(contents(game)).toBe("1 normal coal, 2 normal foam, 5 normal fruit");
  game.tick(1);
  expect(contents(game)).toBe("1 normal coal, 5 normal fruit");
  game.tick(70);
  expect(contents(game)).toBe("1 normal coal, 5 normal mash");
  game.tick(50);
  expect(contents(game)).toBe("1 normal coal, 5 normal spoilage");
});

test("better quality keeps longer, a part that is older spoils the sooner, and a save takes the time along", () => {
  const game = start();
  chestWith(
    game,
    '{ name = "fruit", count = 1, quality = "legendary" }',
    '{ name = "foam", count = 1, spoil_percent = 0.5 }',
  );
  game.tick(15);
  expect(contents(game)).toBe("1 legendary fruit");
  const loaded = reload(game);
  loaded.tick(100);
  expect(contents(loaded)).toBe("1 legendary fruit");
  loaded.tick(200 - 115 + 50);
  expect(contents(loaded)).toBe("1 legendary mash");
});

test("things spoil in pockets, in a script's inventories and in linked chests", () => {
  const game = start();
  game.eval(`test.join("ann").insert{ name = "foam", count = 3 } test.hold({ name = "foam" }, "ann")
    local inv = game.create_inventory(2) inv.insert{ name = "foam" } storage.inv = inv
    game.surfaces[1].create_entity{ name = "linked-chest", position = { 9, 9 }, force = "player" }.insert{ name = "foam" }`);
  game.tick(29);
  const held = `game.players[1].get_item_count() .. " " .. tostring(game.players[1].cursor_stack.valid_for_read) .. " " .. storage.inv.get_item_count()
    .. " " .. game.forces.player.get_linked_inventory("linked-chest", 0).get_item_count()`;
  expect(game.eval(`return ${held}`)).toBe("3 true 1 1");
  game.tick(1);
  expect(game.eval(`return ${held}`)).toBe("0 false 0 0");
});

test("a platform has a surface of its own; without its hub both are gone at the end of the tick, with what was on it", () => {
  const game = start(`
    script.on_init(function() storage.told = {} end)
    for _, name in pairs{ "on_surface_created", "on_pre_surface_deleted", "on_surface_deleted", "on_object_destroyed", "on_space_platform_changed_state" } do
      script.on_event(defines.events[name], function() table.insert(storage.told, name) end)
    end
    remote.add_interface("m", { register = function(entity) script.register_on_object_destroyed(entity) end })
  `);
  game.eval(`local p = game.forces.player.create_space_platform{ name = "one", planet = "home", starter_pack = "pack" }
    p.apply_starter_pack()
    remote.call("m", "register", p.surface.create_entity{ name = "steel-chest", position = { 2, 2 }, force = "player" })
    p.hub.insert{ name = "coal", count = 7 }`);
  const loaded = reload(game);
  expect(
    loaded.eval(
      "local p = game.forces.player.platforms[1] return p.name .. p.hub.get_item_count('coal') .. p.surface.platform.index",
    ),
  ).toBe("one71");
  loaded.eval("game.forces.player.platforms[1].hub.die()");
  expect(loaded.eval("return #game.surfaces .. tostring(game.forces.player.platforms[1])")).toBe("1nil");
  loaded.tick(2);
  expect(loaded.eval(`return table.concat(test.storage("m").told, " ")`)).toBe(
    "on_surface_created on_space_platform_changed_state on_pre_surface_deleted on_surface_deleted on_object_destroyed",
  );
});

test("whoever calls a dead object is told so, by class", () => {
  const game = start();
  const dead = (make: string, use: string) =>
    game.eval(
      `local it = ${make} local _, raised = pcall(function() return ${use} end) return tostring(it.valid) .. " " .. raised:gsub("^.-: ", "", 1)`,
    );
  expect(
    dead(
      '(function() local s = game.create_surface("x") game.delete_surface(s) test.finish() return s end)()',
      "it.name",
    ),
  ).toBe("false LuaSurface API call when LuaSurface was invalid.");
  expect(dead("(function() local i = game.create_inventory(1) i.destroy() return i end)()", "it.is_empty()")).toBe(
    "false LuaInventory API call when LuaInventory was invalid.",
  );
  expect(
    dead(
      '(function() local e = test.join("ann").gui.left.add{ type = "label" } e.destroy() return e end)()',
      "it.caption",
    ),
  ).toBe("false LuaGuiElement API call when LuaGuiElement was invalid.");
});

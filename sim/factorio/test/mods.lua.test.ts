import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { Game } from "#sim/factorio/game";
import { infoJson, type ModFiles, modFolder } from "#sim/factorio/test/mod-folder";

/** Loads mods and returns what of the game is asked for. */
const load = <T>(
  mods: Readonly<Record<string, ModFiles>>,
  prepare: (path: string) => void,
  use: (game: Game) => T,
): T => {
  const folder = modFolder(mods);
  prepare(folder.path);
  try {
    const game = Game.create({ modDirectory: folder.path, seed: 1 });
    try {
      return use(game);
    } finally {
      game.close();
    }
  } finally {
    folder.remove();
  }
};

const names = (game: Game) =>
  game.mods.map((mod) => `${mod.name} ${mod.version}`).filter((name) => !/^(core|base|quality) /.test(name));
const nothing = () => {};

const zip = (path: string, name: string, version: string) =>
  writeFileSync(
    join(path, `${name}_${version}.zip`),
    zipSync({
      [`${name}-folder/info.json`]: strToU8(infoJson(name, { version })),
      [`${name}-folder/data.lua`]: strToU8(""),
    }),
  );

test("mods come as folders and as zips; of several versions the newest counts", () => {
  const result = load(
    { folder: {} },
    (path) => ["1.9.0", "1.10.0"].map((version) => zip(path, "zipped", version)),
    names,
  );
  expect(result).toEqual(["folder 1.0.0", "zipped 1.10.0"]);
});

test("mod-list.json switches mods off and pins versions", () => {
  const list = {
    mods: [
      { name: "base", enabled: true },
      { name: "off", enabled: false },
      { name: "zipped", enabled: true, version: "1.9.0" },
    ],
  };
  const result = load(
    { off: {}, on: {} },
    (path) => {
      for (const version of ["1.9.0", "1.10.0"]) zip(path, "zipped", version);
      writeFileSync(join(path, "mod-list.json"), JSON.stringify(list));
    },
    names,
  );
  expect(result).toEqual(["on 1.0.0", "zipped 1.9.0"]);
});

test.each([
  [
    "a missing dependency",
    { dependencies: ["base", "nothing-like-it"] },
    "m (1.0.0) is missing its dependency nothing-like-it",
  ],
  ["a dependency that is too old", { dependencies: ["base >= 9.0"] }, "m (1.0.0) needs base >= 9.0"],
  ["a conflict", { dependencies: ["! base"] }, "m (1.0.0) is incompatible with base"],
  ["another game version", { factorio_version: "2.0" }, "is for Factorio 2.0, this is 2.1"],
  ["a bad version", { version: "1" }, "version"],
])("%s is refused", (_, info, message) => {
  expect(() => load({ m: { "info.json": infoJson("m", info) } }, nothing, names)).toThrow(message);
});

/** A data.lua with one prototype, made from one of base. */
const copied = (from: string, change: string) =>
  `local p = table.deepcopy(data.raw${from}) p.name = "probe" ${change} data:extend{ p }`;

test.each([
  [
    "an item's place_result",
    copied(".item.coal", 'p.place_result = "no-such"'),
    'entity with name "no-such" does not exist',
  ],
  [
    "an entity's minable.result",
    copied('.container["steel-chest"]', 'p.minable.result = "no-such"'),
    'item with name "no-such" does not exist',
  ],
  [
    "an entity's next_upgrade",
    copied('.container["steel-chest"]', 'p.minable.result = "coal" p.next_upgrade = "no-such"'),
    "next_upgrade",
  ],
  ["a recipe's ingredient", copied('.recipe["iron-stick"]', 'p.ingredients[1].name = "no-such"'), "ingredients[1]"],
  ["a recipe's result", copied('.recipe["iron-stick"]', 'p.results[1].name = "no-such"'), "results[1]"],
  ["a recipe's category", copied('.recipe["iron-plate"]', 'p.categories = { "no-such" }'), "categories[1]"],
  [
    "a technology's recipe",
    copied(".technology.logistics", 'p.effects = { { type = "unlock-recipe", recipe = "no-such" } }'),
    "effects[1].recipe",
  ],
  [
    "a technology's prerequisite",
    copied(".technology.logistics", 'p.prerequisites = { "no-such" }'),
    "prerequisites[1]",
  ],
  ["a spoil result", copied(".item.nutrients", 'p.spoil_result = "no-such"'), "spoil_result"],
])("%s that names nothing is refused", (_, lua, message) => {
  expect(() => load({ m: { "data.lua": lua } }, nothing, names)).toThrow(message);
});

test.each([
  [
    "an unknown prototype type",
    'data:extend{ { type = "no-such-type", name = "x" } }',
    "Unknown prototype type: no-such-type",
  ],
  ["a prototype without a name", 'data:extend{ { type = "item" } }', "Missing name in the prototype definition"],
  ["an item without a stack size", copied(".item.coal", "p.stack_size = nil"), '"stack_size" is missing'],
  ["an item without an icon", copied(".item.coal", "p.icon = nil"), '"icon" is missing'],
  ["an error in data.lua", "local x = nil + 1", "__m__/data.lua:1: attempt to perform arithmetic"],
  ["a name that is taken", copied(".item.coal", 'p.type = "ammo" p.name = "stone"'), "Duplicate name stone"],
  [
    "a setting in the prototype stage",
    'data:extend{ { type = "int-setting", name = "x", setting_type = "startup", default_value = 1 } }',
    "does not belong",
  ],
])("%s is refused", (_, lua, message) => {
  expect(() => load({ m: { "data.lua": lua } }, nothing, names)).toThrow(message);
});

test("a tinted copy of a base chest with its own item, recipe and technology loads", () => {
  const lua = `
    local function tint(layers) for _, layer in ipairs(layers) do if not layer.draw_as_shadow then layer.tint = { 1, 0, 0 } end end end
    local chest = table.deepcopy(data.raw["logistic-container"]["requester-chest"])
    chest.name, chest.minable.result, chest.next_upgrade, chest.fast_replaceable_group = "red-chest", "red-chest", nil, nil
    chest.icons = { { icon = chest.icon, tint = { 1, 0, 0 } } }
    tint(chest.picture.layers)
    local item = table.deepcopy(data.raw.item["requester-chest"])
    item.name, item.place_result = "red-chest", "red-chest"
    data:extend{
      chest, item,
      { type = "recipe", name = "red-chest", enabled = false, ingredients = { { type = "item", name = "steel-chest", amount = 1 } }, results = { { type = "item", name = "red-chest", amount = 1 } } },
      { type = "technology", name = "red", icon = item.icon, prerequisites = { "logistic-robotics" }, effects = { { type = "unlock-recipe", recipe = "red-chest" } }, unit = { count = 1, time = 1, ingredients = { { "automation-science-pack", 1 } } } },
    }
  `;
  const placed = load({ m: { "data.lua": lua } }, nothing, (game) =>
    game.eval(
      'return game.surfaces[1].create_entity{ name = "red-chest", position = { 0, 0 } }.get_requester_point().mode == defines.logistic_mode.requester',
    ),
  );
  expect(placed).toBe("true");
});

test("texts of the locale reach files and prints; an unknown key says so", () => {
  const files = {
    "locale/en/m.cfg": "[greeting]\nhello=Hello __1__!\n; a comment\n",
    "control.lua":
      'commands.add_command("x", "", function() rcon.print{ "greeting.hello", { "", "wor", "ld" } } rcon.print{ "no.key" } end)',
  };
  expect(load({ m: files }, nothing, (game) => game.rcon("/x"))).toBe('Hello world!\nUnknown key: "no.key"\n');
});

import { Game, type GameOptions } from "#sim/factorio/game";
import { infoJson, type ModFiles, type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

const folders: ModFolder[] = [];
const games: Game[] = [];

afterEach(() => {
  for (const game of games.splice(0)) game.close();
  for (const folder of folders.splice(0)) folder.remove();
});

const folder = (mods: Readonly<Record<string, ModFiles>>): string => {
  const made = modFolder(mods);
  folders.push(made);
  return made.path;
};

/** A game with one mod `m` whose control.lua is given. */
const start = (control: string, options: Partial<GameOptions> = {}): Game => {
  const game = Game.create({ modDirectory: folder({ m: { "control.lua": control } }), seed: 3, ...options });
  games.push(game);
  return game;
};

const reload = (game: Game, control: string, options: Partial<GameOptions> = {}): Game => {
  const loaded = Game.load(game.save(), { modDirectory: folder({ m: { "control.lua": control } }), ...options });
  games.push(loaded);
  return loaded;
};

test("a save keeps shared tables shared, objects pointing into the world, and every kind of value", () => {
  const control = `
    script.on_init(function()
      local shared = { 1 }
      storage.a, storage.b, storage.self = shared, shared, storage
      storage.values = { true, 0.1, -1e300, "tab\\t\\0\\1nul", [2.5] = "x", [true] = "y" }
      storage.chest = game.surfaces[1].create_entity{ name = "steel-chest", position = { 0, 0 }, force = "player" }
      storage.inventory = storage.chest.get_inventory(1)
      storage.item = prototypes.item.coal
      storage.by_chest = { [storage.chest.unit_number] = storage.chest }
    end)
  `;
  const loaded = reload(start(control), control);
  loaded.eval('game.surfaces[1].find_entities_filtered{ name = "steel-chest" }[1].insert("coal")');
  const result = loaded.eval(`
    local s = test.storage("m")
    return {
      s.a == s.b, s.self == s, s.values[1], s.values[2] == 0.1, s.values[3] == -1e300, s.values[4] == "tab\\t\\0\\1nul", s.values[2.5], s.values[true],
      s.inventory.get_item_count(), s.item.name, s.by_chest[s.chest.unit_number] == s.chest,
    }
  `);
  expect(JSON.parse(result)).toEqual([true, true, true, true, true, true, "x", "y", 1, "coal", true]);
});

test("a function in storage is refused when it is saved, with its place", () => {
  const game = start("script.on_init(function() storage.deep = { f = function() end } end)");
  expect(() => game.save()).toThrow("Can't save a function at storage.m.deep.f");
});

test.each([
  ["a value", "storage.n = 2"],
  ["a new table", "storage.list[1] = {}"],
  ["the whole", "storage = {}"],
])("writing %s to storage in on_load is detected", (_, write) => {
  const init = "script.on_init(function() storage.n, storage.list = 1, {} end)";
  const game = start(init);
  expect(() => reload(game, `${init} script.on_load(function() ${write} end)`)).toThrow(
    "Detected modifications to the 'storage' table during on_load in mod m",
  );
});

test("a module-local written in on_load is no modification", () => {
  const control =
    "local n script.on_init(function() storage.n = 1 end) script.on_load(function() n = storage.n end) function seen() return n end";
  expect(reload(start(control), control).eval('return test.env("m").seen()')).toBe("1");
});

test("game is nil at the top level and in on_load, storage can't be written at the top level", () => {
  const control = "at_top = game == nil script.on_load(function() in_load = game == nil end)";
  expect(
    reload(start(control), control).eval('local e = test.env("m") return tostring(e.at_top) .. tostring(e.in_load)'),
  ).toBe("truetrue");
  expect(() => start("storage = { 1 }")).toThrow("wrote to storage at the top level");
});

test("a mod that comes later gets on_init, one that stays on_load, both on_configuration_changed; a removed one is told of", () => {
  const control = `
    script.on_init(function() storage.log = { "init" } end)
    script.on_load(function() loads = (loads or 0) + 1 end)
    script.on_configuration_changed(function(c)
      local names = {}
      for name, change in pairs(c.mod_changes) do names[#names + 1] = name .. ":" .. tostring(change.old_version) .. ">" .. tostring(change.new_version) end
      table.sort(names)
      storage.log[#storage.log + 1] = table.concat(names, " ")
    end)
  `;
  const first = Game.create({ modDirectory: folder({ m: { "control.lua": control }, gone: {} }), seed: 1 });
  games.push(first);
  const second = Game.load(first.save(), {
    modDirectory: folder({ m: { "control.lua": control }, late: { "control.lua": control } }),
  });
  games.push(second);
  const changes = "gone:1.0.0>nil late:nil>1.0.0";
  const log = (mod: string) =>
    JSON.parse(second.eval(`local e = test.env("${mod}") return { e.storage.log, e.loads or 0 }`)) as unknown;
  expect(log("m")).toEqual([["init", changes], 1]);
  expect(log("late")).toEqual([["init", changes], 0]);
});

test("a changed startup setting is a configuration change, an unchanged save is none", () => {
  const files = {
    "settings.lua": 'data:extend{ { type = "int-setting", name = "s", setting_type = "startup", default_value = 1 } }',
    "control.lua":
      "script.on_init(function() storage.n = 0 end) script.on_configuration_changed(function(c) storage.n = c.mod_startup_settings_changed and 1 or 2 end)",
  };
  const modDirectory = folder({ m: files });
  const game = Game.create({ modDirectory, seed: 1 });
  const same = Game.load(game.save(), { modDirectory });
  const other = Game.load(game.save(), { modDirectory, settings: { startup: { s: 5 } } });
  games.push(game, same, other);
  expect([same, other].map((one) => one.eval('return test.storage("m").n'))).toEqual(["0", "1"]);
});

test("prototypes that are gone take their entities, items and fluids with them", () => {
  const chest = {
    "data.lua": `
      local chest = table.deepcopy(data.raw.container["steel-chest"]) chest.name = "brief-chest" chest.minable.result = "steel-chest"
      local item = table.deepcopy(data.raw.item.coal) item.name = "brief-item"
      local fluid = table.deepcopy(data.raw.fluid.water) fluid.name = "brief-fluid"
      data:extend{ chest, item, fluid }
    `,
  };
  const game = Game.create({ modDirectory: folder({ m: {}, brief: chest }), seed: 1 });
  game.eval(`
    for _, name in ipairs{ "brief-chest", "steel-chest" } do
      local c = game.surfaces[1].create_entity{ name = name, position = { 0, 0 }, force = "player" }
      c.insert{ name = "brief-item", count = 5 } c.insert{ name = "coal", count = 5 }
    end
    for x, fluid in ipairs{ "brief-fluid", "water" } do
      local tank = game.surfaces[1].create_entity{ name = "storage-tank", position = { 5 * x, 5 }, force = "player" }
      tank.insert_fluid{ name = fluid, amount = 7 }
    end
  `);
  const loaded = Game.load(game.save(), { modDirectory: folder({ m: {} }) });
  games.push(game, loaded);
  const left = loaded.eval(`
    local found = game.surfaces[1].find_entities_filtered{ type = "container" }
    return { #found, found[1].name, found[1].get_inventory(1).get_item_count(), found[1].get_inventory(1).get_item_count("coal") }
  `);
  expect(JSON.parse(left)).toEqual([1, "steel-chest", 5, 5]);
  const poured = loaded.eval(`
    local amounts = {}
    for i, tank in ipairs(game.surfaces[1].find_entities_filtered{ name = "storage-tank" }) do
      local held = tank.get_fluid(1)
      amounts[i] = held and held.name .. " " .. held.amount or "empty"
    end
    return amounts
  `);
  expect(JSON.parse(poured)).toEqual(["empty", "water 7"]);
});

const dice = `
  script.on_init(function() storage.rolls = {} end)
  commands.add_command("roll", "", function() storage.rolls[#storage.rolls + 1] = math.random(1000) end)
  script.on_event(defines.events.on_tick, function(e) if e.tick % 7 == 0 then storage.rolls[#storage.rolls + 1] = math.random() end end)
`;

test("two peers in lockstep draw the same random numbers; another seed draws others", () => {
  const server = start(dice);
  server.tick(20);
  const peer = reload(server, dice, { isServer: false });
  for (const game of [server, peer]) {
    game.tick(30);
    game.rcon("/roll");
  }
  expect(peer.storageHash("m")).toBe(server.storageHash("m"));
  const other = start(dice);
  const third = Game.create({ modDirectory: folder({ m: { "control.lua": dice } }), seed: 4 });
  games.push(third);
  for (const game of [other, third]) game.tick(50);
  expect(third.storageHash("m")).not.toBe(other.storageHash("m"));
});

test("shuffled peers find code that depends on the order of pairs", () => {
  const control = `
    script.on_init(function() storage.order = {} end)
    commands.add_command("go", "", function()
      for key in pairs{ a = 1, b = 2, c = 3, d = 4, e = 5 } do storage.order[#storage.order + 1] = key end
    end)
  `;
  const hash = (shufflePairs?: number) => {
    const game = start(control, shufflePairs === undefined ? {} : { shufflePairs });
    game.rcon("/go");
    return game.storageHash("m");
  };
  expect(hash()).toBe(hash());
  expect(hash(1)).not.toBe(hash(2));
});

test("a client writes no server files and answers no RCON", () => {
  const control =
    'commands.add_command("out", "", function() helpers.write_file("a", "b", true, 0) helpers.write_file("c", "d") rcon.print("x") end)';
  const server = start(control);
  const client = reload(server, control, { isServer: false });
  expect([server.rcon("/out"), client.rcon("/out")]).toEqual(["x\n", ""]);
  expect(
    [server, client].map((game) => game.drain().map((output) => (output.kind === "file" ? output.path : ""))),
  ).toEqual([["a", "c"], ["c"]]);
});

test("a mod's error stops the game with its words: the mod, the event, the place", () => {
  const game = start(
    "script.on_event(defines.events.on_tick, function() local x = nil + 1 end)".replace("on_tick", "on_console_chat"),
  );
  expect(() => game.rcon("boom")).toThrow(
    /The mod m \(1\.0\.0\) caused a non-recoverable error\.[\s\S]*m::on_console_chat \(ID \d+\)\n__m__\/control\.lua:1: attempt to perform arithmetic/,
  );
});

test("mods are sandboxed: nothing of the machine, nothing of the stand-in, nothing of other mods", () => {
  const absent = [
    "io",
    "os",
    "coroutine",
    "dofile",
    "loadfile",
    "collectgarbage",
    "loadstring",
    "package",
    "SI_CALL",
    "shared",
  ];
  const game = Game.create({
    modDirectory: folder({
      a: { "control.lua": "shared = 1 string.leak = 1" },
      m: {
        "control.lua": `found = {} for _, name in ipairs{ "${absent.join('","')}" } do if _G[name] ~= nil then found[#found + 1] = name end end leaked = string.leak`,
      },
    }),
    seed: 1,
  });
  games.push(game);
  expect(game.eval('local e = test.env("m") return #e.found .. tostring(e.leaked)')).toBe("0nil");
});

test("LuaObjects are userdata: no table function looks into them, two of one entity are equal but different keys", () => {
  const game = start("");
  const result = game.eval(`
    local e = test.env("m")
    local a = game.surfaces[1].create_entity{ name = "steel-chest", position = { 0, 0 } }
    local b = game.surfaces[1].find_entities_filtered{ name = "steel-chest" }[1]
    return { e.type(a), a == b, ({ [a] = true })[b] == nil, (pcall(e.pairs, a)), (pcall(e.next, a)), (pcall(e.rawget, a, "name")), (pcall(e.ipairs, a.get_inventory(1))) }
  `);
  expect(JSON.parse(result)).toEqual(["userdata", true, true, false, false, false, false]);
});

test("require works while control.lua is read and not afterwards", () => {
  const modDirectory = folder({
    m: {
      "control.lua":
        'part = require("lib.part") same = require("lib/part") == part util = require("util") commands.add_command("late", "", function() require("lib.part") end)',
      "lib/part.lua": 'return { sibling = require("sibling") }',
      "lib/sibling.lua": "return 42",
    },
  });
  const game = Game.create({ modDirectory, seed: 1 });
  games.push(game);
  expect(
    game.eval('local e = test.env("m") return tostring(e.same) .. e.part.sibling .. e.type(e.util.table.deepcopy)'),
  ).toBe("true42function");
  expect(() => game.rcon("/late")).toThrow("Require can't be used outside of control.lua parsing.");
});

test("mods load in the order of their dependencies and see each other's prototypes", () => {
  const modDirectory = folder({
    zeta: { "data.lua": 'local item = table.deepcopy(data.raw.item.coal) item.name = "zeta-item" data:extend{ item }' },
    alpha: {
      "info.json": infoJson("alpha", { dependencies: ["base", "zeta >= 1.0"] }),
      "data.lua": 'assert(data.raw.item["zeta-item"]).stack_size = 7',
      "data-final-fixes.lua": 'assert(mods["zeta"] == "1.0.0")',
    },
  });
  const game = Game.create({ modDirectory, seed: 1 });
  games.push(game);
  expect(game.mods.map((mod) => mod.name)).toEqual(["core", "base", "quality", "zeta", "alpha"]);
  expect(game.eval('return prototypes.item["zeta-item"].stack_size')).toBe("7");
});

test("another map opens in the place of one that was open, and finds nothing of it", () => {
  const control = `
    local loads, lines = 0, 0
    commands.add_command("m", "counts", function() lines = lines + 1 rcon.print(loads .. " " .. lines .. " " .. storage.n) end)
    remote.add_interface("m", { n = function() return storage.n end })
    script.register_metatable("m", {})
    script.on_init(function() storage.n = 0 end)
    script.on_load(function() loads = loads + 1 end)
    script.on_event(script.generate_event_name(), function() end)
    script.on_event(defines.events.on_tick, function() storage.n = storage.n + 1 print("tick") end)
  `;
  const game = start(control);
  game.tick(4);
  expect(game.rcon("/m")).toBe("0 1 5\n");
  const save = game.save();
  game.tick(10);
  game.openSave(save);
  expect(game.drain()).toEqual([]);
  game.tick(1);
  expect(game.rcon("/m")).toBe("1 1 6\n");
  game.startMap(9);
  expect(game.rcon("/m")).toBe("0 1 1\n");
  expect(game.drain()).toEqual([{ kind: "print", text: "tick" }]);
});

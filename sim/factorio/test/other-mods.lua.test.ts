import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { Game } from "#sim/factorio/game";
import { infoJson, type ModFiles, type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

/** Mods as others write them: a library, and two mods that build on it and on each other. */
let folder: ModFolder;
const games: Game[] = [];

const LIBRARY: ModFiles = {
  "info.json": infoJson("shelf", { version: "1.2.3" }),
  "gui.lua": `
    local gui = {}
    function gui.window(player, name)
      local frame = player.gui.screen.add{ type = "frame", name = name, direction = "vertical", style = "inside_shallow_frame", style_mods = { padding = 4 } }
      frame.style.minimal_width = 100
      frame.add{ type = "sprite-button", name = "close", sprite = "utility/close", tags = { action = "close" } }
      return frame
    end
    return gui
  `,
  "sub/queue.lua": `
    local queue = {}
    local mt = { __index = queue }
    script.register_metatable("shelf-queue", mt)
    function queue.new() return setmetatable({ first = 1, items = {} }, mt) end
    function queue:push(item) table.insert(self.items, item) end
    function queue:pop() return table.remove(self.items, 1) end
    return queue
  `,
  "control.lua": `
    remote.add_interface("shelf", {
      describe = function(entity) return { name = entity.name, copy = { at = entity.position } } end,
      version = function() return script.active_mods.shelf end,
    })
  `,
};

const FIRST: ModFiles = {
  "info.json": infoJson("first", {
    dependencies: ["base >= 2.0", "shelf >= 1.2", "? second", "(?) nobody", "! enemy-mod"],
  }),
  "settings.lua": `
    data:extend{
      { type = "bool-setting", name = "first-on", setting_type = "startup", default_value = false },
      { type = "int-setting", name = "first-count", setting_type = "runtime-global", default_value = 3, minimum_value = 1 },
      { type = "color-setting", name = "first-color", setting_type = "runtime-per-user", default_value = { r = 1 } },
    }
  `,
  "data.lua": `
    local util = require("util")
    local sounds = require("__base__.prototypes.entity.sounds")
    local hit_effects = require("__base__/prototypes/entity/hit-effects")
    local chest = table.deepcopy(data.raw["container"]["steel-chest"])
    chest.name, chest.minable.result, chest.open_sound = "first-chest", "first-chest", sounds.machine_open
    chest.damaged_trigger_effect = hit_effects.entity()
    local item = util.merge{ data.raw.item["steel-chest"], { name = "first-chest", place_result = "first-chest" } }
    data:extend{
      chest, item,
      { type = "custom-input", name = "first-toggle", key_sequence = "CONTROL + F", consuming = "none" },
      { type = "custom-event", name = "first-happened" },
    }
    data.raw["gui-style"].default.first_frame = { type = "frame_style", parent = "frame" }
    assert(settings.startup["first-on"].value == false and mods["shelf"] == "1.2.3" and feature_flags.quality and defines.direction.south == 8)
    log(serpent.line{ b = 1, a = { 2 } })
  `,
  "data-updates.lua": `data.raw.item["first-chest"].stack_size = 7`,
  "data-final-fixes.lua": `
    assert(data.raw.item["second-thing"].flagged, "second's updates come first")
    local n = table_size(data.raw.item)
    for name in pairs(data.raw.item) do n = n - 1 end
    assert(n == 0)
  `,
  "locale/en/first.cfg":
    "[first]\nhello=Hello __1__, __plural_for_parameter__2__{1=one chest|rest=__2__ chests}__\n[item-name]\nfirst-chest=First chest\n",
  "scripts/handler.lua": `
    local Queue = require("__shelf__.sub.queue")
    local gui = require("__shelf__/gui")
    local handler = {}
    handler.on_init = function() storage.queue, storage.seen = Queue.new(), {} end
    handler.on_configuration_changed = function(change) storage.changed = change.mod_changes end
    handler.on_nth_tick = { [30] = function(event) storage.nth = (storage.nth or 0) + 1 end }
    handler.events = {
      [defines.events.on_built_entity] = function(event)
        local told = remote.call("shelf", "describe", event.entity)
        storage.queue:push(told.name .. "@" .. told.copy.at.x)
      end,
      ["first-toggle"] = function(event)
        local player = game.get_player(event.player_index)
        gui.window(player, "first-window").caption = { "first.hello", player.name, settings.global["first-count"].value }
      end,
      [defines.events.on_gui_click] = function(event)
        if event.element.tags.action == "close" then event.element.parent.destroy() end
      end,
      ["first-happened"] = function(event) table.insert(storage.seen, event.mod_name .. event.what) end,
      [defines.events.on_train_changed_state] = function() error("never") end,
    }
    handler.add_commands = function()
      commands.add_command("first", { "first.hello", "you", 1 }, function(command) game.print(storage.queue:pop() or "empty") end)
    end
    return handler
  `,
  "control.lua": `
    require("mod-gui")
    local handler = require("event_handler")
    handler.add_lib(require("scripts.handler"))
    handler.add_libraries{ { events = { [defines.events.on_built_entity] = function() storage.second_lib = true end } } }
  `,
  "migrations/1.lua": `storage.migrated = (storage.migrated or 0) + 1 storage.version_seen = script.active_mods.first`,
};

const SECOND: ModFiles = {
  "info.json": infoJson("second", { dependencies: ["base", "~ first"] }),
  "data.lua": `local i = table.deepcopy(data.raw.item.coal) i.name = "second-thing" data:extend{ i }`,
  "data-updates.lua": `data.raw.item["second-thing"].flagged = true`,
  "control.lua": `
    script.on_init(function() storage.pair = { a = { n = 1 } } storage.pair.b = storage.pair.a end)
    script.on_event(defines.events.script_raised_built, function(event)
      script.raise_event("first-happened", { what = ":" .. event.entity.name })
    end, { { filter = "name", name = "first-chest" } })
  `,
};

const start = (mods: Readonly<Record<string, ModFiles>>): Game => {
  folder = modFolder(mods);
  mkdirSync(join(folder.path, "ignored"), { recursive: true });
  const zip = Object.fromEntries(Object.entries(LIBRARY).map(([path, text]) => [`shelf_1.2.3/${path}`, strToU8(text)]));
  writeFileSync(join(folder.path, "shelf_1.2.3.zip"), zipSync(zip));
  const game = Game.create({ modDirectory: folder.path, seed: 5 });
  games.push(game);
  return game;
};
const reload = (save: Uint8Array): Game => {
  const game = Game.load(save, { modDirectory: folder.path });
  games.push(game);
  return game;
};
afterEach(() => {
  for (const game of games.splice(0)) game.close();
  folder.remove();
});

test("a zip and two folders load in the order of their dependencies, and each other's files", () => {
  const game = start({ first: FIRST, second: SECOND });
  const names = game.mods.map((mod) => mod.name).filter((name) => !["core", "base", "quality"].includes(name));
  expect(names).toEqual(["second", "shelf", "first"]);
  expect(game.eval(`return prototypes.item["first-chest"].stack_size .. remote.call("shelf", "version")`)).toBe(
    "71.2.3",
  );
  expect(game.drain()).toContainEqual({ kind: "log", text: "{a = {2}, b = 1}", at: "@__first__/data.lua:16" });
});

test("libraries' handlers hear events, inputs and each other's custom events; windows open and close", () => {
  const game = start({ first: FIRST, second: SECOND });
  game.eval(`
    test.join("ann")
    test.build{ name = "first-chest", position = { 4, 4 }, player = "ann" }
    game.surfaces[1].create_entity{ name = "first-chest", position = { 8, 8 }, force = "player", raise_built = true }
    game.surfaces[1].create_entity{ name = "steel-chest", position = { 9, 9 }, force = "player", raise_built = true }
    test.press("first-toggle", "ann")`);
  game.tick(60);
  expect(
    game.eval(`local s = test.storage("first") return s.nth .. tostring(s.second_lib) .. table.concat(s.seen, ",")`),
  ).toBe("3truesecond:first-chest");
  expect(
    game.eval(
      `local w = game.players[1].gui.screen["first-window"] return test.text(w.caption) .. w.style.minimal_width`,
    ),
  ).toBe("Hello ann, 3 chests100");
  game.eval(`test.click(game.players[1].gui.screen["first-window"].close)`);
  expect(game.eval(`return tostring(game.players[1].gui.screen["first-window"])`)).toBe("nil");
});

test("a save keeps metatables and shared references; loading calls no on_init, and what a metatable gives works on", () => {
  const game = start({ first: FIRST, second: SECOND });
  game.eval(`test.join("ann") test.build{ name = "first-chest", position = { 4, 4 }, player = "ann" }`);
  const loaded = reload(game.save());
  loaded.eval(`test.storage("second").pair.a.n = 2`);
  expect(loaded.eval(`return test.storage("second").pair.b.n`)).toBe("2");
  loaded.drain();
  loaded.rcon("/first");
  loaded.rcon("/first");
  expect(loaded.drain().flatMap((o) => (o.kind === "message" ? [o.text] : []))).toEqual(["first-chest@4.5", "empty"]);
});

test("a migration in Lua runs once, for saves from before it, after on_load and before on_configuration_changed", () => {
  const { "migrations/1.lua": migration = "", ...before } = FIRST;
  const old = start({ first: before, second: SECOND }).save();
  mkdirSync(join(folder.path, "first", "migrations"), { recursive: true });
  writeFileSync(join(folder.path, "first", "migrations", "1.lua"), migration);
  const loaded = reload(old);
  expect(
    loaded.eval(`local s = test.storage("first") return s.migrated .. s.version_seen .. table_size(s.changed)`),
  ).toBe("11.0.00");
  expect(reload(loaded.save()).eval(`return test.storage("first").migrated`)).toBe("1");
});

test("a function in storage can't be saved, and the error says where", () => {
  const game = start({
    odd: { "control.lua": "script.on_init(function() storage.list = { { f = function() end } } end)" },
  });
  expect(() => game.save()).toThrow(/function.*storage\.odd\.list\.1\.f/);
});

test("a circle of requires is an error that can be caught, and the file loads when it is asked for again", () => {
  const game = start({
    circle: {
      "a.lua": `local ok, raised = pcall(require, "b") return { caught = not ok and raised or "none" }`,
      "b.lua": `require("a") return { name = "b" }`,
      "control.lua": `a = require("a") b = require("b")`,
    },
  });
  expect(game.eval(`local e = test.env("circle") return e.a.caught:match("loop or previous error") .. e.b.name`)).toBe(
    "loop or previous errorb",
  );
});

test("each mod has a string library of its own, methods of strings included", () => {
  const game = start({
    one: {
      "control.lua": `function string.shout(s) return s:upper() .. "!" end script.on_init(function() storage.said = ("hi"):shout() end)`,
    },
    two: { "control.lua": `script.on_init(function() storage.said = tostring(("hi").shout) end)` },
  });
  expect(game.eval(`return test.storage("one").said .. test.storage("two").said .. tostring(("x").shout)`)).toBe(
    "HI!nilnil",
  );
});

import { infoJson, type ModFiles } from "#sim/factorio/test/mod-folder";

/** The mod whose code the contracts run in: `probe` in a piece of Lua is its environment. */
export const probeMod = (version: string): ModFiles => ({
  "info.json": infoJson("probe", { version, dependencies: ["base"] }),
  "settings.lua": `
    assert(helpers.stage == "settings")
    data:extend{
      { type = "int-setting", name = "probe-startup", setting_type = "startup", default_value = 5 },
      { type = "string-setting", name = "probe-user", setting_type = "runtime-per-user", default_value = "a", allowed_values = { "a", "b" }, allow_blank = true },
      { type = "int-setting", name = "probe-global", setting_type = "runtime-global", default_value = 6, maximum_value = 10 },
    }
  `,
  "data.lua": `
    assert(helpers.stage == "prototype")
    local chest = table.deepcopy(data.raw.container["steel-chest"])
    chest.name, chest.minable.result = "probe-filtered-chest", "steel-chest"
    chest.inventory_type = "with_filters_and_bar"
    data:extend{
      chest, { type = "custom-event", name = "probe-event" },
      { type = "custom-input", name = "probe-input", key_sequence = "CONTROL + P", consuming = "game-only", item_to_spawn = "blueprint", action = "lua" },
      { type = "shortcut", name = "probe-shortcut", action = "lua", toggleable = true, icon = "__base__/x.png", small_icon = "__base__/x.png", technology_to_unlock = "logistics", associated_control_input = "probe-input" },
      { type = "space-platform-hub", name = "probe-hub", icon = "__base__/x.png", flags = {}, inventory_size = 60, max_health = 100, collision_box = { { -3, -3 }, { 3, 3 } } },
      { type = "space-platform-starter-pack", name = "probe-pack", icon = "__base__/x.png", stack_size = 1 },
      { type = "mod-data", name = "probe-data", data_type = "probe.list", data = { answer = 42 } },
      { type = "space-location", name = "probe-moon" }, { type = "asteroid-chunk", name = "probe-chunk" },
    }
  `,
  "control.lua": `
    Point = { __index = {} }
    script.register_metatable("probe-point", Point)
    script.on_init(function()
      storage.initialised = (storage.initialised or 0) + 1
      storage.point = setmetatable({ x = 1 }, Point)
      storage.count = 2
    end)
    script.on_load(function() loaded = (loaded or 0) + 1 end)
    script.on_configuration_changed(function(changes) storage.changed = changes end)
    commands.add_command("probe-count", "Counts.", function()
      storage.count = storage.count + 1
      rcon.print(storage.count)
    end)
    remote.add_interface("probe", { echo = function(value) return value end })
  `,
});

/** What every contract's Lua may use. */
export const PRELUDE = `
  local probe = test.env("probe")
  local place = 1000
  local function create(params)
    place = place + 2
    local copy = { position = { place, 1000 }, force = "player" }
    for key, value in pairs(params) do copy[key] = value end
    return game.surfaces[1].create_entity(copy)
  end
  local function chest() return create{ name = "steel-chest" } end
  local function requester() return create{ name = "requester-chest" } end
  local function tank() return create{ name = "storage-tank" } end
  local function combinator() return create{ name = "constant-combinator" } end
  local function behavior() return combinator().get_or_create_control_behavior() end
  local function inv(items)
    local inventory = chest().get_inventory(defines.inventory.chest)
    for name, count in pairs(items or {}) do inventory.insert{ name = name, count = count } end
    return inventory
  end
  -- A frame in a player's window.
  local function window() return test.join("viewer").gui.left.add{ type = "frame", caption = "window" } end
  local function filtered() return create{ name = "probe-filtered-chest" }.get_inventory(defines.inventory.chest) end
  local function with_grid()
    local inventory = inv{ ["light-armor"] = 1 }
    test.give_grid(inventory[1], 5, 4)
    return inventory
  end
  local function want(name, count) return { value = { type = "item", name = name, quality = "normal" }, min = count } end
  -- The events that the probe mod gets from now on.
  local function listen(event)
    local seen = {}
    probe.script.on_event(defines.events[event], function(data) seen[#seen + 1] = data end)
    return seen
  end
  -- A space platform with its hub.
  local function platform()
    local made = game.forces.player.create_space_platform{ name = "probe", planet = "probe-moon", starter_pack = "probe-pack" }
    made.apply_starter_pack()
    return made
  end
  -- A chest, an inserter that takes from it, and a chest that it gives to, where nothing else is.
  local function line(name)
    storage.lines = (storage.lines or 0) + 1
    local x, y = storage.lines * 10, 2000
    local from = create{ name = "steel-chest", position = { x, y } }
    return from, create{ name = name or "inserter", position = { x, y + 1 } }, create{ name = "steel-chest", position = { x, y + 2 } }
  end
  local command, run, finish = test.rcon, test.tick, test.finish
`;

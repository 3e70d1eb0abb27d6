-- What mods ask of `game` beyond its lists: speed, pause, settings of the map, random generators, and what a server does alone.
local use = ...
local object = use "api/object"
local world = use "world"
local copy = use "lib/copy"
local inventory = use "api/inventory"
local order = use "lib/order"
local defines = use("api/interface").defines()
local refuse = object.refuse

-- One stream of numbers of its own: 0 to 1, 1 to n, or low to high.
local LuaRandomGenerator = object.class("LuaRandomGenerator", {
  valid = function() return true end,
  call = function(raw, low, high)
    raw.state = (raw.state * 48271) % 2147483647
    local share = raw.state / 2147483647
    if low == nil then return share end
    if high == nil then low, high = 1, low end
    if low > high then refuse("bad argument: interval is empty", 2) end
    return low + math.floor(share * (high - low + 1))
  end,
  method = { re_seed = function(raw, seed) raw.state = seed % 2147483646 + 1 end },
})

return function(class)
  local read, write, method = class.read, class.write, class.method

  for key, initial in next, {
    speed = 1, tick_paused = false, ticks_to_run = 0, autosave_enabled = true, finished = false, finished_but_continuing = false,
    draw_resource_selection = true, enemy_has_vision_on_land_mines = true, technology_notifications_enabled = true, allow_tip_activation = true,
  } do
    read[key] = function()
      local value = world.now.game and world.now.game[key]
      if value == nil then return initial end
      return value
    end
    if key ~= "finished" and key ~= "finished_but_continuing" then
      write[key] = function(_, value)
        world.now.game = world.now.game or {}
        world.now.game[key] = value
      end
    end
  end
  read.difficulty = function() return defines.difficulty.normal end
  read.player = function() return nil end
  read.simulation = function() return nil end
  read.backer_names = function()
    local names = world.now.backer_names or {}
    return object.custom_table(function(i) return names[i] end, function() return (order.keys(names)) end)
  end

  method.create_random_generator = function(_, seed)
    return object.wrap(LuaRandomGenerator, { state = (seed or world.random(0, 2147483645)) % 2147483646 + 1 })
  end
  method.is_demo = function() return false end
  method.get_script_inventories = function(_, mod)
    local by_mod = {}
    for _, inv in ipairs(world.now.inventories) do
      if mod == nil or inv.mod == mod then
        by_mod[inv.mod] = by_mod[inv.mod] or {}
        table.insert(by_mod[inv.mod], inventory.wrap(inv))
      end
    end
    return by_mod
  end
  -- What a machine without screen, clients and players that could be banned does not do.
  for _, name in ipairs {
    "play_sound", "take_screenshot", "take_technology_screenshot", "set_wait_for_screenshots_to_finish", "show_message_dialog",
    "reset_time_played", "disable_replay", "force_crc", "reload_mods", "reload_script", "set_win_ending_info", "set_lose_ending_info",
  } do method[name] = function() end end
end

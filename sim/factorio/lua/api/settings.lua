-- `settings`: startup settings from the settings stage, runtime ones from the world.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local data = use "stage/data"

local settings = {}
local refuse = object.refuse

local types = { ["bool-setting"] = "boolean", ["int-setting"] = "number", ["double-setting"] = "number", ["string-setting"] = "string", ["color-setting"] = "table" }

local function prototypes_of(kind)
  local list = {}
  for _, prototype in ipairs(data.prototypes_of("mod-setting")) do
    if prototype.setting_type == kind then list[#list + 1] = prototype end
  end
  return list
end

local function find(kind, name)
  for _, prototype in ipairs(prototypes_of(kind)) do if prototype.name == name then return prototype end end
end

-- The value that a prototype allows, or an error.
local function checked(prototype, value)
  if type(value) ~= types[prototype.type] then
    refuse("Setting " .. prototype.name .. ": a " .. tostring(types[prototype.type]) .. " expected", 3)
  end
  if prototype.type == "int-setting" and value ~= math.floor(value) then refuse("Setting " .. prototype.name .. ": not whole", 3) end
  if prototype.minimum_value and value < prototype.minimum_value or prototype.maximum_value and value > prototype.maximum_value then
    refuse("Setting " .. prototype.name .. ": outside of its range", 3)
  end
  if prototype.allowed_values then
    for _, allowed in ipairs(prototype.allowed_values) do if allowed == value then return value end end
    refuse("Setting " .. prototype.name .. ": value not allowed", 3)
  end
  return value
end

-- What a setting is when the map begins: hidden ones may be forced; the host's choice (mod-settings.dat in the game), else
-- the default.
local function initial(prototype, chosen)
  if prototype.hidden and prototype.forced_value ~= nil then return prototype.forced_value end
  local value = (chosen or {})[prototype.name]
  if value ~= nil then return checked(prototype, value) end
  return prototype.default_value
end

function settings.startup()
  local result = {}
  for _, prototype in ipairs(prototypes_of("startup")) do
    result[prototype.name] = { value = initial(prototype, world.options.startup_settings) }
  end
  return result
end

function settings.initial_global()
  local result = {}
  for _, prototype in ipairs(prototypes_of("runtime-global")) do
    result[prototype.name] = initial(prototype, world.options.global_settings)
  end
  return result
end

-- A player's own settings when nothing was chosen.
function settings.initial_player()
  local result = {}
  for _, prototype in ipairs(prototypes_of("runtime-per-user")) do
    result[prototype.name] = initial(prototype, world.options.player_settings)
  end
  return result
end

-- `player_index` only when a player changed it in the settings window.
function settings.set_global(name, value, player_index)
  local prototype = find("runtime-global", name) or refuse("Unknown setting: " .. tostring(name), 3)
  world.now.settings[name] = checked(prototype, value)
  events.raise("on_runtime_mod_setting_changed", { setting = name, setting_type = "runtime-global", player_index = player_index })
end

local function known_to(player, name)
  if player.settings == nil then player.settings = {} end
  local value = player.settings[name]
  if value == nil then value = settings.initial_player()[name] end
  return value
end

function settings.set_player(player, name, value)
  local prototype = find("runtime-per-user", name) or refuse("Unknown setting: " .. tostring(name), 3)
  known_to(player, name)
  player.settings[name] = checked(prototype, value)
  events.raise("on_runtime_mod_setting_changed", {
    setting = name, setting_type = "runtime-per-user", player_index = player.index,
  })
end

-- The settings of one player as a LuaCustomTable.
function settings.of_player(player)
  return object.custom_table(
    function(name)
      local value = known_to(player, name)
      if value == nil then return nil end
      return { value = value }
    end,
    function()
      local names = {}
      for _, prototype in ipairs(prototypes_of("runtime-per-user")) do names[#names + 1] = prototype.name end
      return names
    end,
    function(name, setting)
      if type(setting) ~= "table" then refuse("A ModSetting ({ value = … }) expected.", 4) end
      settings.set_player(player, name, setting.value)
    end
  )
end

-- Mods read it at every tick: its record is made once, its proxy at each access (O1).
local global_record = object.raw(object.custom_table(
  function(name)
    if world.now.settings[name] == nil then return nil end
    return { value = world.now.settings[name] }
  end,
  function()
    local names = {}
    for _, prototype in ipairs(prototypes_of("runtime-global")) do names[#names + 1] = prototype.name end
    return names
  end,
  function(name, setting)
    if type(setting) ~= "table" then refuse("A ModSetting ({ value = … }) expected.", 4) end
    settings.set_global(name, setting.value)
  end
))
local function global() return object.wrap(object.LuaCustomTable, global_record) end

local LuaSettings = object.class("LuaSettings", {
  has_valid = false,
  read = {
    -- What a new player begins with.
    player_default = function()
      return object.custom_table(
        function(name)
          local value = settings.initial_player()[name]
          if value == nil then return nil end
          return { value = value }
        end,
        function()
          local names = {}
          for _, prototype in ipairs(prototypes_of("runtime-per-user")) do names[#names + 1] = prototype.name end
          return names
        end
      )
    end,
    startup = function() return settings.startup() end,
    global = global,
  },
  method = {
    get_player_settings = function(_, id) return settings.of_player(use("api/player").by(id) or refuse("Unknown player.", 2)) end,
  },
})
settings.global_object = object.wrap(LuaSettings, { static = "settings" })

return settings

-- `settings`: startup settings from the settings stage, runtime ones from the world.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local data = use "stage/data"

local settings = {}
local refuse = object.refuse

local types = { ["bool-setting"] = "boolean", ["int-setting"] = "number", ["double-setting"] = "number", ["string-setting"] = "string" }

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

-- Options of the host (mod-settings.dat in the game) over the defaults.
function settings.startup()
  local result = {}
  for _, prototype in ipairs(prototypes_of("startup")) do
    local value = (world.options.startup_settings or {})[prototype.name]
    result[prototype.name] = { value = value == nil and prototype.default_value or checked(prototype, value) }
  end
  return result
end

function settings.initial_global()
  local result = {}
  for _, prototype in ipairs(prototypes_of("runtime-global")) do
    local value = (world.options.global_settings or {})[prototype.name]
    result[prototype.name] = value == nil and prototype.default_value or checked(prototype, value)
  end
  return result
end

-- `player_index` only when a player changed it in the settings window.
function settings.set_global(name, value, player_index)
  local prototype = find("runtime-global", name) or refuse("Unknown setting: " .. tostring(name), 3)
  world.now.settings[name] = checked(prototype, value)
  events.raise("on_runtime_mod_setting_changed", { setting = name, setting_type = "runtime-global", player_index = player_index })
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
  read = { startup = function() return settings.startup() end, global = global },
})
settings.global_object = object.wrap(LuaSettings, { static = "settings" })

return settings

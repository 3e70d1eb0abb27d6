-- The settings and prototype stages: `data.raw`, `data:extend`, and every mod's files in the game's order.
local use = ...
local world = use "world"
local kinds = use "stage/kinds"
local order = use "lib/order"

-- The real game has prototypes of every type; here a type that nobody filled is an empty table.
local data = {
  history = {}, -- "type/name" -> { created, changed }
  raw = setmetatable({}, {
    __index = function(raw, kind)
      if not (kinds[kind] or world.options.any_prototype) then return nil end
      raw[kind] = {}
      return raw[kind]
    end,
  }),
}

-- Which mod brought a prototype, and which extended it again; what mods write into data.raw is not seen.
function data.note(prototype)
  local id = prototype.type .. "/" .. prototype.name
  local history = data.history[id]
  if not history then data.history[id] = { created = data.running, changed = {} }
  elseif history.created ~= data.running then table.insert(history.changed, data.running) end
end

local function extend(prototypes, stage)
  if type(prototypes) ~= "table" then error("data:extend: a table expected", 3) end
  for i, prototype in ipairs(prototypes) do
    if type(prototype) ~= "table" then error("data:extend: entry " .. i .. " is not a table", 3) end
    local kind = kinds[prototype.type] or (world.options.any_prototype and "other")
    if type(prototype.name) ~= "string" then error("Missing name in the prototype definition of " .. tostring(prototype.type), 3) end
    if not kind then error("Unknown prototype type: " .. tostring(prototype.type) .. " (stand-in: not offered)", 3) end
    if (kind == "mod-setting") ~= (stage == "settings") then
      error("Prototype type " .. prototype.type .. " does not belong into the " .. stage .. " stage", 3)
    end
    if prototype.name:find("[^%w_%-]") then error("Invalid prototype name: " .. prototype.name, 3) end
    if stage == "settings" then prototype.mod = data.running end
    data.note(prototype)
    data.raw[prototype.type] = data.raw[prototype.type] or {}
    data.raw[prototype.type][prototype.name] = prototype
  end
  if #prototypes == 0 and next(prototypes) ~= nil then error("data:extend: a list of prototypes expected", 3) end
end

-- `data` as a mod sees it: data:extend{…} and data.extend{…} both work.
local function global(stage)
  local result = { is_demo = false, raw = data.raw }
  result.extend = function(self, prototypes) extend(prototypes or self, stage) end
  return result
end

function data.prototypes_of(kind)
  local list = {}
  for _, type_name in ipairs((order.keys(data.raw))) do
    if kinds[type_name] == kind then
      for _, name in ipairs((order.keys(data.raw[type_name]))) do
        list[#list + 1] = data.raw[type_name][name]
      end
    end
  end
  return list
end

local stages = {
  settings = { "settings.lua", "settings-updates.lua", "settings-final-fixes.lua" },
  prototype = { "data.lua", "data-updates.lua", "data-final-fixes.lua" },
}

-- Runs one stage of all mods; `startup` gives the prototype stage its settings.
function data.run(stage, mods, startup)
  local sandbox = use "stage/sandbox"
  local modules = use "stage/modules"
  world.stage = stage
  local env = sandbox.new()
  sandbox.old_names(env)
  env.data, env.mods, env.feature_flags = global(stage), {}, { quality = true, expansion = false }
  for _, mod in ipairs(mods) do if mod.name ~= "core" then env.mods[mod.name] = mod.version end end
  if startup then env.settings = { startup = startup } end
  debug.getmetatable("").__index = env.string
  for _, file in ipairs(stages[stage]) do
    for _, mod in ipairs(mods) do
      if modules.has(mod.name, file) then
        data.running = mod.name
        env.require = modules.requirer(mod.name, env, function() return true end)
        local ok, problem = xpcall(function() env.require("__" .. mod.name .. "__/" .. file) end, function(raised)
          return tostring(raised) .. "\n" .. (debug.traceback("", 2):gsub("\n[^\n]*@stand%-in[^\n]*", ""))
        end)
        if not ok then
          local blamed = "\n\nMods to be disabled:\n• " .. mod.name .. " (" .. mod.version .. ")"
          error({ message = "Failed to load mods: " .. problem .. blamed }, 0)
        end
      end
    end
  end
  debug.getmetatable("").__index = string
end

return data

-- Who listens, and how they are called. Mods are called in load order, each at most once for an event.
local use = ...
local world = use "world"
local defines = use("api/interface").defines()
local object = use "api/object"
local filters = use "lib/filters"

local events = {
  mods = {}, -- in load order: { name, version, handlers = {id -> f}, filters, nth, on_init, on_load, on_configuration_changed }
  stage = "root", -- root | init | load | run: what the running mod code may do
  current = nil, -- the mod whose code runs
}

local names = {}
for name, id in next, defines.events do names[id] = name end

-- The game's own ids are below, those of script.generate_event_name above.
local FIRST_NAMED, LAST_NAMED = 500, 1000
events.LAST_NAMED = LAST_NAMED
local named = {} -- name of a custom-event or custom-input prototype -> id

-- The custom events and inputs of the data stage: named, with ids like the others.
function events.name_custom(ordered)
  for name, id in next, named do named[name], names[id] = nil, nil end
  for i, name in ipairs(ordered) do
    local id = FIRST_NAMED + i
    if id > LAST_NAMED then error("more custom events than ids (stand-in: not offered)", 0) end
    named[name], names[id] = id, name
  end
end

function events.custom_id(name) return named[name] end

-- What script.raise_event takes of the game's own events; any custom one besides.
local raisable = {}
for _, name in ipairs {
  "on_console_chat", "on_player_crafted_item", "on_player_fast_transferred", "on_biter_base_built", "on_market_item_purchased",
  "script_raised_built", "script_raised_destroy", "script_raised_revive", "script_raised_teleported", "script_raised_set_tiles",
} do
  if defines.events[name] then raisable[defines.events[name]] = true end
end
function events.is_raisable(id) return id > FIRST_NAMED or raisable[id] == true end

-- What LuaEventType may be: a number, a name of an event or an input, or its prototype.
function events.id_of(event)
  if type(event) == "number" then return event end
  if type(event) == "string" then
    return named[event] or defines.events[event] or object.refuse("Unknown event or custom input: " .. event, 4)
  end
  local class = object.class_of(event)
  if class and (class.name == "LuaCustomEventPrototype" or class.name == "LuaCustomInputPrototype") then return event.event_id end
  object.refuse("Not an event: " .. tostring(event), 2)
end

-- A mod's error stops the game, with the game's words. { message } so that nobody adds a position to it.
local function stop(mod, what, problem)
  if type(problem) == "table" and problem.message then error(problem, 0) end
  error({
    message = "The mod " .. mod.title .. " (" .. mod.version .. ") caused a non-recoverable error.\n"
      .. "Please report this error to the mod author.\n\n"
      .. "Error while running " .. what .. "\n" .. tostring(problem),
  }, 0)
end

local function with_traceback(raised)
  if type(raised) == "table" then return raised end
  return tostring(raised) .. "\n" .. (debug.traceback("", 2):gsub("^\n", ""):gsub("\n[^\n]*stand%-in/[^\n]*", ""))
end

-- Whose code runs from now on. Methods of strings are that mod's `string`, as each mod has a Lua state of its own in the game.
local strings = debug.getmetatable("")
function events.switch(mod)
  local before = events.current
  events.current = mod
  strings.__index = mod and mod.env and mod.env.string or string
  return before
end

-- Runs mod code; `what` says in an error what was run.
function events.call(mod, what, handler, ...)
  local before = events.switch(mod)
  local ok, problem = xpcall(handler, with_traceback, ...)
  events.switch(before)
  if not ok then stop(mod, what, problem) end
  return problem
end

local labels = setmetatable({}, { __mode = "k" }) -- mod -> event id -> what an error calls it

local function label(mod, id)
  local own = labels[mod]
  if not own then
    own = {}
    labels[mod] = own
  end
  if not own[id] then own[id] = "event " .. mod.name .. "::" .. (names[id] or "custom event") .. " (ID " .. id .. ")" end
  return own[id]
end

local matches = {
  name = function(filter, entity) return entity.name == filter.name end,
  type = function(filter, entity) return entity.type == filter.type end,
  force = function(filter, entity)
    for _, force in ipairs(world.now.forces) do if force.index == entity.force then return force.name == filter.force end end
    return false
  end,
  ghost_name = function(filter, entity) return entity.ghost_name == filter.name end,
  ghost = function(_, entity) return entity.ghost_name ~= nil end,
  ghost_type = function(filter, entity) return entity.ghost_name ~= nil and entity.ghost_type == filter.type end,
}

-- Filters that are about a family of types.
for filter, types in next, {
  rail = "straight-rail curved-rail-a curved-rail-b half-diagonal-rail rail-ramp elevated-straight-rail",
  ["rail-signal"] = "rail-signal rail-chain-signal",
  ["rolling-stock"] = "locomotive cargo-wagon fluid-wagon artillery-wagon",
  vehicle = "car spider-vehicle locomotive cargo-wagon fluid-wagon artillery-wagon",
  turret = "turret ammo-turret electric-turret fluid-turret artillery-turret",
  ["crafting-machine"] = "assembling-machine furnace rocket-silo",
  ["wall-connectable"] = "wall gate", ["transport-belt-connectable"] = "transport-belt underground-belt splitter loader loader-1x1 linked-belt",
  ["robot-with-logistics-interface"] = "construction-robot logistic-robot",
} do
  local set = {}
  for name in types:gmatch("%S+") do set[name] = true end
  matches[filter] = function(_, entity) return set[entity.type] == true end
end

local function unknown_filter(name) error("event filter " .. name .. " (stand-in: not offered)", 0) end

-- `subject` is the raw entity that filters look at.
function events.raise(event, data, subject)
  local id = events.id_of(event)
  for _, mod in ipairs(events.mods) do
    local handler = mod.handlers[id]
    if handler and (subject == nil or filters.pass(mod.filters[id], subject, matches, unknown_filter)) then
      local copy = { name = id, tick = world.now.tick }
      for key, value in next, data do copy[key] = value end
      events.call(mod, label(mod, id), handler, copy)
    end
  end
end

function events.new_mod(name, version, title)
  local mod = { name = name, version = version, title = title or name, handlers = {}, filters = {}, nth = {} }
  events.mods[#events.mods + 1] = mod
  return mod
end

return events

-- Who listens, and how they are called. Mods are called in load order, each at most once for an event.
local use = ...
local world = use "world"
local defines = use("api/interface").defines()
local object = use "api/object"

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
local custom = {} -- name of a custom-event prototype -> id

-- The custom events of the data stage: named, with ids like the others.
function events.name_custom(ordered)
  for name, id in next, custom do custom[name], names[id] = nil, nil end
  for i, name in ipairs(ordered) do
    local id = FIRST_NAMED + i
    if id > LAST_NAMED then error("more custom events than ids (stand-in: not offered)", 0) end
    custom[name], names[id] = id, name
  end
end

function events.custom_id(name) return custom[name] end
function events.is_raisable(id) return id > FIRST_NAMED end

function events.id_of(event)
  if type(event) == "number" then return event end
  if type(event) == "string" then return custom[event] or defines.events[event] end
  if object.class_of(event) == object.classes.LuaCustomEventPrototype then return event.event_id end
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

-- Runs mod code; `what` says in an error what was run.
function events.call(mod, what, handler, ...)
  local before = events.current
  events.current = mod
  local ok, problem = xpcall(handler, with_traceback, ...)
  events.current = before
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
}

-- Filters are alternatives unless a later one has mode = "and"; "and" binds tighter, as in the game.
local function passes(filters, entity)
  if not filters or #filters == 0 then return true end
  local group, any = true, false
  for i, filter in ipairs(filters) do
    local match = matches[filter.filter] or error("event filter " .. tostring(filter.filter) .. " (stand-in: not offered)", 0)
    local hit = match(filter, entity)
    if filter.invert then hit = not hit end
    if i == 1 or filter.mode == "and" then
      group = group and hit
    else
      any, group = any or group, hit
    end
  end
  return any or group
end

-- `subject` is the raw entity that filters look at.
function events.raise(event, data, subject)
  local id = events.id_of(event)
  for _, mod in ipairs(events.mods) do
    local handler = mod.handlers[id]
    if handler and (subject == nil or passes(mod.filters[id], subject)) then
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

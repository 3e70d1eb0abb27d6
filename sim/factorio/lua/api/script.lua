-- `script`: one LuaBootstrap for each mod.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local defines = use("api/interface").defines()
local graph = use "lib/graph"
local copy = use "lib/copy"
local refuse = object.refuse

local function handler_or_nil(value, what)
  if value ~= nil and type(value) ~= "function" then refuse(what .. ": a function expected, got " .. object.type_of(value), 3) end
  return value
end

local function each(value, f)
  if type(value) == "table" then
    for _, item in ipairs(value) do f(item) end
  else
    f(value)
  end
end

local filterable = {}
for _, name in ipairs {
  "on_built_entity", "on_robot_built_entity", "on_space_platform_built_entity", "script_raised_built", "script_raised_revive",
  "script_raised_destroy", "on_entity_cloned", "on_pre_player_mined_item", "on_player_mined_entity", "on_robot_mined_entity",
  "on_entity_died", "on_entity_damaged", "on_post_entity_died", "on_cancelled_deconstruction", "on_cancelled_upgrade",
  "on_marked_for_deconstruction", "on_marked_for_upgrade", "on_player_repaired_entity", "on_pre_ghost_deconstructed",
  "on_pre_ghost_upgraded", "on_robot_pre_mined", "on_sector_scanned", "on_space_platform_mined_entity",
  "on_space_platform_pre_mined", "script_raised_teleported", "on_segmented_unit_died",
} do
  if defines.events[name] then filterable[defines.events[name]] = true end
end

-- script.raise_event takes none of the game's own events here; custom ones are prototypes or made by generate_event_name.
local registrations = {
  LuaEntity = function(raw) return raw.unit_number, defines.target_type.entity end,
  LuaSurface = function(raw) return raw.index, defines.target_type.surface end,
  LuaPlayer = function(raw) return raw.index, defines.target_type.player end,
  LuaSpacePlatform = function(raw) return raw.index, defines.target_type.space_platform end,
}

local function only_in(stages, what)
  if not stages[events.stage] then refuse(what .. " can't be called here (stage: " .. events.stage .. ")", 3) end
end

local method = {
  on_init = function(mod, f) mod.on_init = handler_or_nil(f, "on_init") end,
  on_load = function(mod, f) mod.on_load = handler_or_nil(f, "on_load") end,
  on_configuration_changed = function(mod, f) mod.on_configuration_changed = handler_or_nil(f, "on_configuration_changed") end,
  on_event = function(mod, event, f, filters)
    handler_or_nil(f, "on_event")
    if type(event) == "table" and filters then refuse("Filters can only be used when registering single events.", 2) end
    each(event, function(one)
      local id = events.id_of(one)
      if filters and not filterable[id] then refuse("This event has no filters (stand-in: not offered)", 4) end
      mod.handlers[id], mod.filters[id] = f, copy.deep(filters)
    end)
  end,
  on_nth_tick = function(mod, ticks, f)
    handler_or_nil(f, "on_nth_tick")
    if ticks == nil then
      if f ~= nil then refuse("on_nth_tick: a tick is missing", 2) end
      mod.nth = {}
      return
    end
    each(ticks, function(n)
      if type(n) ~= "number" or n < 1 or n ~= math.floor(n) then refuse("on_nth_tick: not a tick: " .. tostring(n), 4) end
      mod.nth[n] = f
    end)
  end,
  get_event_handler = function(mod, event) return mod.handlers[events.id_of(event)] end,
  get_event_filter = function(mod, event) return copy.deep(mod.filters[events.id_of(event)]) end,
  set_event_filter = function(mod, event, filters) mod.filters[events.id_of(event)] = copy.deep(filters) end,
  generate_event_name = function()
    only_in({ root = true, init = true, load = true, run = true }, "generate_event_name")
    events.next_custom = (events.next_custom or events.LAST_NAMED) + 1
    return events.next_custom
  end,
  raise_event = function(mod, event, data)
    if not events.is_raisable(events.id_of(event)) then refuse("This event can't be raised by a script (stand-in: not offered)", 2) end
    local told = { mod_name = mod.name }
    for key, value in next, copy.between_mods(data or {}) do told[key] = value end
    events.raise(event, told)
  end,
  raise_script_built = function(_, params)
    events.raise("script_raised_built", { entity = params.entity }, object.raw(params.entity))
  end,
  raise_script_revive = function(_, params)
    events.raise("script_raised_revive", { entity = params.entity, tags = params.tags }, object.raw(params.entity))
  end,
  raise_script_destroy = function(_, params)
    events.raise("script_raised_destroy", { entity = params.entity }, object.raw(params.entity))
  end,
  register_on_object_destroyed = function(_, target)
    local class = object.class_of(target)
    local describe = class and registrations[class.name] or refuse("register_on_object_destroyed: not an object to register", 2)
    if not target.valid then refuse("register_on_object_destroyed: the object is not valid", 2) end
    local raw = object.raw(target)
    if not raw.registration then
      world.now.next_registration = world.now.next_registration + 1
      raw.registration = world.now.next_registration
    end
    local useful_id, kind = describe(raw)
    return raw.registration, useful_id, kind
  end,
  register_metatable = function(_, name, metatable)
    only_in({ root = true }, "register_metatable")
    if graph.metatables[name] then refuse("A metatable called " .. name .. " is already registered", 2) end
    graph.metatables[name], graph.metatables[metatable] = metatable, name
  end,
}

local LuaBootstrap = object.class("LuaBootstrap", {
  has_valid = false,
  read = {
    mod_name = function(mod) return mod.name end,
    active_mods = function() return copy.deep(world.active_mods) end,
    level = function() return { level_name = "freeplay" } end,
    feature_flags = function()
      return {
        expansion = false, quality = true, rail_bridges = false, space_travel = false, spoiling = true, freezing = false,
        segmented_units = false, expansion_shaders = false,
      }
    end,
  },
  method = method,
})

return function(mod) return object.wrap(LuaBootstrap, mod) end

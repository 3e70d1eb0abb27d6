-- Space platforms: { index, name, force = index, location, starter_pack, surface = index, hub, state, paused, schedule, ends_at }. Each has
-- a surface of its own once its starter pack is there. Nothing flies by itself: tests send a platform elsewhere (test.arrive).
--
-- SP1  A platform without a hub is deleted at the end of the tick, its surface with it.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local surface = use "api/surface"
local prototypes = use "api/prototypes"
local events = use "api/events"
local copy = use "lib/copy"
local states = use("api/interface").defines().space_platform_state
local refuse = object.refuse

local platform = {}
local LuaSpacePlatform

function platform.wrap(raw) return object.wrap(LuaSpacePlatform, raw) end

local function list() return world.now.platforms or {} end

function platform.of_surface(index)
  for _, raw in ipairs(list()) do if raw.surface == index then return raw end end
end

-- Where a platform is in its life, from what is set; told when that changed.
local function update_state(raw)
  local old = raw.state
  if not raw.surface then raw.state = states.waiting_for_starter_pack
  elseif raw.paused then raw.state = states.paused
  elseif not raw.schedule or #raw.schedule.records == 0 then raw.state = states.no_schedule
  else raw.state = raw.location and states.waiting_at_station or states.on_the_path end
  if old ~= nil and old ~= raw.state then
    events.raise("on_space_platform_changed_state", { platform = platform.wrap(raw), old_state = old })
  end
end

function platform.create(force, params)
  local planet, pack = prototypes.name_of(params.planet), prototypes.name_of(params.starter_pack)
  prototypes.require("space_location", planet, 3)
  if prototypes.require("item", pack, 3).type ~= "space-platform-starter-pack" then refuse("create_space_platform: " .. pack .. " is no starter pack", 3) end
  local now = world.now
  now.next_platform = (now.next_platform or 0) + 1
  local raw = {
    index = now.next_platform, name = params.name or "Platform " .. now.next_platform, force = force.index, location = planet, last_location = planet,
    starter_pack = { name = pack, quality = prototypes.quality_name(type(params.starter_pack) == "table" and params.starter_pack.quality or nil) },
    paused = false, speed = 0, hidden = false,
  }
  update_state(raw)
  now.platforms = list()
  table.insert(now.platforms, raw)
  return platform.wrap(raw)
end

local function hub_prototype()
  for _, name in ipairs(prototypes.names("entity")) do
    if prototypes.data("entity", name).type == "space-platform-hub" then return name end
  end
  refuse("There is no space platform hub: which mod brings one? (stand-in: none that is built in)", 4)
end

local function apply_starter_pack(raw)
  if raw.surface then return nil end
  local ground = surface.create("platform-" .. raw.index)
  ground.ground, ground.tiles = "empty-space", {}
  for x = -5, 4 do
    ground.tiles[x] = {}
    for y = -5, 4 do ground.tiles[x][y] = "space-platform-foundation" end
  end
  ground.platform, raw.surface = raw.index, ground.index
  raw.hub = entity.new { name = hub_prototype(), x = 0, y = 0, surface = ground.index, force = raw.force, quality = raw.starter_pack.quality }
  update_state(raw)
  return entity.wrap(raw.hub)
end

local function remove(raw)
  raw.dead = true
  for i, other in ipairs(world.now.platforms) do if other == raw then table.remove(world.now.platforms, i) break end end
  local ground = raw.surface and entity.surface(raw.surface)
  if ground then surface.doom(ground) end
  if raw.registration then
    table.insert(world.now.destroyed, {
      registration_number = raw.registration, useful_id = raw.index, type = use("api/interface").defines().target_type.space_platform,
    })
  end
end

-- At the end of a tick, before surfaces are deleted.
function platform.expire()
  for i = #world.now.platforms, 1, -1 do
    local raw = world.now.platforms[i]
    local lost = raw.surface and (not raw.hub or raw.hub.dead)
    if lost or raw.ends_at and raw.ends_at <= world.now.tick then remove(raw) end
  end
end

-- Whatever a force had that is merged into another.
function platform.merge(source, destination)
  for _, raw in ipairs(list()) do if raw.force == source then raw.force = destination end end
end

-- What a flight would do: the platform stands at another place.
function platform.arrive(raw, place)
  raw.location, raw.last_location = place, place or raw.last_location
  update_state(raw)
end

local function schedule_of(given)
  if given == nil then return nil end
  local schedule = copy.deep(given)
  schedule.current, schedule.records = schedule.current or 1, schedule.records or {}
  for _, record in ipairs(schedule.records) do
    record.station = prototypes.name_of(record.station)
    prototypes.require("space_location", record.station, 4)
    record.wait_conditions = record.wait_conditions or {}
    record.temporary, record.allows_unloading = record.temporary or false, record.allows_unloading ~= false
    record.created_by_interrupt = record.created_by_interrupt or false
  end
  return schedule
end

LuaSpacePlatform = object.class("LuaSpacePlatform", {
  read = {
    name = function(raw) return raw.name end,
    index = function(raw) return raw.index end,
    force = function(raw) return object.wrap(object.classes.LuaForce, entity.force(raw.force)) end,
    surface = function(raw) return raw.surface and surface.wrap(entity.surface(raw.surface)) or nil end,
    hub = function(raw) return raw.hub and not raw.hub.dead and entity.wrap(raw.hub) or nil end,
    state = function(raw) return raw.state end,
    paused = function(raw) return raw.paused end,
    schedule = function(raw) return copy.deep(raw.schedule) end,
    space_location = function(raw) return prototypes.wrapped("space_location", raw.location) end,
    last_visited_space_location = function(raw) return prototypes.wrapped("space_location", raw.last_location) end,
    starter_pack = function(raw)
      return { name = prototypes.wrapped("item", raw.starter_pack.name), quality = prototypes.wrapped("quality", raw.starter_pack.quality) }
    end,
    speed = function(raw) return raw.speed end,
    hidden = function(raw) return raw.hidden end,
    scheduled_for_deletion = function(raw) return raw.ends_at and raw.ends_at - world.now.tick or 0 end,
  },
  write = {
    name = function(raw, name) raw.name = name end,
    paused = function(raw, paused)
      raw.paused = paused
      update_state(raw)
    end,
    schedule = function(raw, schedule)
      raw.schedule = schedule_of(schedule)
      update_state(raw)
    end,
    space_location = function(raw, place)
      local name = place and prototypes.name_of(place)
      if name then prototypes.require("space_location", name, 3) end
      platform.arrive(raw, name)
    end,
    speed = function(raw, speed) raw.speed = speed end,
    hidden = function(raw, hidden) raw.hidden = hidden end,
  },
  method = {
    apply_starter_pack = apply_starter_pack,
    destroy = function(raw, ticks) raw.ends_at = world.now.tick + (ticks or 0) end,
    cancel_deletion = function(raw) raw.ends_at = nil end,
    can_leave_current_location = function() return true end,
  },
})

object.classes.LuaForce.read.platforms = function(raw)
  local map = {}
  for _, each in ipairs(list()) do if each.force == raw.index then map[each.index] = platform.wrap(each) end end
  return map
end
object.classes.LuaForce.method.create_space_platform = function(raw, params) return platform.create(raw, params) end
object.classes.LuaSurface.read.platform = function(raw)
  local own = raw.platform and platform.of_surface(raw.index)
  return own and platform.wrap(own) or nil
end

return platform

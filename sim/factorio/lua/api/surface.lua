-- Surfaces. The stand-in's ground is flat, everywhere generated and free of anything that a script did not build.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local prototypes = use "api/prototypes"
local events = use "api/events"
local defines = use "api/defines"
local stack = use "api/stack"
local inventory = use "api/inventory"
local copy = use "lib/copy"

local surface = {}
local refuse = object.refuse
local LuaSurface

local function xy(position)
  local x, y = position.x or position[1], position.y or position[2]
  if type(x) ~= "number" or type(y) ~= "number" then refuse("A MapPosition expected.", 3) end
  return x, y
end

-- One value or a list of them as a set of names.
local function set_of(ids)
  if ids == nil then return nil end
  if type(ids) ~= "table" or object.class_of(ids) then ids = { ids } end
  local set = {}
  for _, id in ipairs(ids) do set[prototypes.name_of(id) or id] = true end
  return set
end

local function box(area)
  if area == nil then return nil end
  local a, b = area.left_top or area[1], area.right_bottom or area[2]
  local left, top = xy(a)
  local right, bottom = xy(b)
  return { left = left, top = top, right = right, bottom = bottom }
end

local known = { area = 1, position = 1, radius = 1, name = 1, type = 1, ghost_name = 1, force = 1, limit = 1, quality = 1, invert = 1 }

local function matcher(filter)
  for key in next, filter do
    if not known[key] then refuse("find_entities_filtered: " .. tostring(key) .. " (stand-in: not offered)", 3) end
  end
  local names, types, ghosts = set_of(filter.name), set_of(filter.type), set_of(filter.ghost_name)
  for name in next, names or {} do prototypes.require("entity", name, 3) end
  local force, area = entity.force_index(filter.force, nil), box(filter.area)
  local quality = filter.quality and prototypes.quality_name(filter.quality) or nil
  local x, y, radius
  if filter.position then
    x, y = xy(filter.position)
    radius = filter.radius or 0.5
  end
  return function(raw)
    local hit = (not names or names[raw.name]) and (not types or types[raw.type]) and (not ghosts or ghosts[raw.ghost_name])
      and (not force or raw.force == force) and (not quality or raw.quality == quality)
    if hit and filter.invert then return false end
    if not hit and not filter.invert then return false end
    if area and (raw.x < area.left or raw.x > area.right or raw.y < area.top or raw.y > area.bottom) then return false end
    if x and (raw.x - x) ^ 2 + (raw.y - y) ^ 2 > radius ^ 2 then return false end
    return true
  end
end

local function find(raw, filter)
  local matches, list = matcher(filter or {}), {}
  for _, candidate in ipairs(raw.entities) do
    if filter and filter.limit and #list >= filter.limit then break end
    if not candidate.dead and matches(candidate) then list[#list + 1] = candidate end
  end
  return list
end
surface.find = find

local function occupied(raw, x, y)
  for _, other in ipairs(raw.entities) do
    if not other.dead and math.floor(other.x) == math.floor(x) and math.floor(other.y) == math.floor(y) then return true end
  end
  return false
end

local function create(raw, params)
  local name = prototypes.name_of(params.name)
  prototypes.require("entity", name, 3)
  local x, y = xy(params.position or refuse("create_entity: position is missing", 2))
  local made = entity.new {
    name = name, x = x, y = y, surface = raw.index, direction = params.direction,
    force = entity.force_index(params.force, 3), quality = prototypes.quality_name(params.quality),
    ghost_name = params.inner_name and prototypes.name_of(params.inner_name),
  }
  made.amount, made.tags = params.amount, copy.deep(params.tags)
  if params.raise_built then events.raise("script_raised_built", { entity = entity.wrap(made) }, made) end
  return entity.wrap(made)
end

local function spill(raw, params)
  local left = stack.from(params.stack)
  local made = entity.new { name = "item-on-ground", x = 0, y = 0, surface = raw.index, force = 3 }
  made.x, made.y = xy(params.position)
  made.inventories[defines.inventory.chest] = inventory.new { size = 1000, owner = made }
  inventory.insert(made.inventories[defines.inventory.chest], left)
  return { entity.wrap(made) }
end

-- Nearest free tile within `radius`, looked for in rings.
local function free_position(raw, name, center, radius, precision)
  prototypes.require("entity", prototypes.name_of(name), 3)
  local x, y = xy(center)
  local step = math.max(precision or 1, 1)
  for ring = 0, math.floor(radius > 0 and radius or 100), step do
    for dy = -ring, ring, step do
      for dx = -ring, ring, (math.abs(dy) == ring or ring == 0) and step or math.max(2 * ring, 1) do
        if not occupied(raw, x + dx, y + dy) then return { x = math.floor(x + dx) + 0.5, y = math.floor(y + dy) + 0.5 } end
      end
    end
  end
  return nil
end

-- Everything that stands in one area, once more in another. Each copy is told of as it is made, the area at the end.
local function clone_area(raw, params)
  local from, to = box(params.source_area), box(params.destination_area)
  local target = params.destination_surface and surface.by(params.destination_surface) or raw
  local cloned = params.clone_entities ~= false and find(raw, { area = params.source_area }) or {}
  if params.clear_destination_entities ~= false then
    for _, gone in ipairs(find(target, { area = params.destination_area })) do
      if not gone.dead and not gone.player then entity.remove(gone) end
    end
  end
  for _, source in ipairs(cloned) do
    if not source.dead and not source.player then
      local made = entity.clone(source, source.x - from.left + to.left, source.y - from.top + to.top, target.index, entity.force_index(params.destination_force, source.force))
      events.raise("on_entity_cloned", { source = entity.wrap(source), destination = entity.wrap(made) }, source)
    end
  end
  local function area_of(b) return { left_top = { x = b.left, y = b.top }, right_bottom = { x = b.right, y = b.bottom } } end
  events.raise("on_area_cloned", {
    source_surface = surface.wrap(raw), source_area = area_of(from), destination_surface = surface.wrap(target), destination_area = area_of(to),
    clone_tiles = params.clone_tiles ~= false, clone_entities = params.clone_entities ~= false,
    clone_decoratives = params.clone_decoratives ~= false, clear_destination_entities = params.clear_destination_entities ~= false,
    clear_destination_decoratives = params.clear_destination_decoratives ~= false,
  })
end

LuaSurface = object.class("LuaSurface", {
  read = {
    name = function(raw) return raw.name end,
    index = function(raw) return raw.index end,
    map_gen_settings = function(raw) return copy.deep(raw.map_gen_settings) end,
  },
  write = {
    name = function(raw, name)
      if raw.name == "nauvis" then refuse("The surface nauvis can't be renamed.", 2) end
      raw.name = name
    end,
    map_gen_settings = function(raw, settings) raw.map_gen_settings = copy.deep(settings) end,
  },
  method = {
    create_entity = create,
    clone_area = clone_area,
    find_entities_filtered = function(raw, filter)
      local list = find(raw, filter)
      for i, found in ipairs(list) do list[i] = entity.wrap(found) end
      return list
    end,
    count_entities_filtered = function(raw, filter) return #find(raw, filter) end,
    find_entity = function(raw, id, position)
      local name = prototypes.name_of(id)
      local x, y = xy(position)
      return entity.wrap(find(raw, { name = name, position = { x, y }, radius = 0.75 })[1])
    end,
    can_place_entity = function(raw, params)
      prototypes.require("entity", prototypes.name_of(params.name), 2)
      local x, y = xy(params.position)
      return not occupied(raw, x, y)
    end,
    find_non_colliding_position = free_position,
    spill_item_stack = spill,
    request_to_generate_chunks = function() end,
    force_generate_chunk_requests = function() end,
    is_chunk_generated = function() return true end,
  },
})

surface.class = LuaSurface
use "api/surface-members"(surface)

function surface.wrap(raw) return object.wrap(LuaSurface, raw) end

-- The raw surface in a SurfaceIdentification.
function surface.by(id)
  local raw = object.raw(id)
  for _, candidate in ipairs(world.now.surfaces) do
    if candidate == raw or candidate.index == id or candidate.name == id then return candidate end
  end
end

function surface.create(name, settings)
  if surface.by(name) then refuse("There is already a surface called " .. name, 3) end
  local highest = 0
  for _, other in ipairs(world.now.surfaces) do highest = math.max(highest, other.index) end
  local raw = world.new_surface(highest + 1, name, world.now.seed)
  for key, value in next, settings or {} do raw.map_gen_settings[key] = copy.deep(value) end
  table.insert(world.now.surfaces, raw)
  events.raise("on_surface_created", { surface_index = raw.index })
  return raw
end

-- At the end of the tick, as in the game.
function surface.delete(raw)
  if raw.index == 1 or raw.platform then return false end
  surface.doom(raw)
  return true
end

function surface.doom(raw)
  world.now.doomed = world.now.doomed or {}
  table.insert(world.now.doomed, raw)
end

function surface.delete_doomed()
  local doomed = world.now.doomed
  world.now.doomed = nil
  for _, raw in ipairs(doomed or {}) do
    events.raise("on_pre_surface_deleted", { surface_index = raw.index })
    for _, gone in ipairs(find(raw)) do entity.remove(gone) end
    raw.dead = true
    for i, other in ipairs(world.now.surfaces) do if other == raw then table.remove(world.now.surfaces, i) end end
    events.raise("on_surface_deleted", { surface_index = raw.index })
  end
end

return surface

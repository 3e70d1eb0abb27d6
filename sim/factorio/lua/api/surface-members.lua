-- What mods ask of surfaces beyond entities: tiles, time of day, pollution, sound; chunks are all there.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local prototypes = use "api/prototypes"
local events = use "api/events"
local copy = use "lib/copy"
local refuse = object.refuse

local function xy(position)
  local x, y = position.x or position[1], position.y or position[2]
  if type(x) ~= "number" or type(y) ~= "number" then refuse("A MapPosition expected.", 4) end
  return math.floor(x), math.floor(y)
end

local function ground_of(raw) return entity.surface(raw.surface) end
local function name_at(surface, x, y)
  local column = surface.tiles and surface.tiles[x]
  return column and column[y] or surface.ground or "grass-1"
end

local LuaTile
LuaTile = object.class("LuaTile", {
  valid = function(raw) return ground_of(raw) ~= nil end,
  equal = function(a, b) return a.surface == b.surface and a.x == b.x and a.y == b.y end,
  read = {
    name = function(raw) return name_at(ground_of(raw), raw.x, raw.y) end,
    prototype = function(raw) return prototypes.wrapped("tile", name_at(ground_of(raw), raw.x, raw.y)) end,
    position = function(raw) return { x = raw.x, y = raw.y } end,
    surface = function(raw) return object.wrap(object.classes.LuaSurface, ground_of(raw)) end,
    hidden_tile = function() return nil end,
  },
  method = {
    collides_with = function(raw, layer)
      local mask = prototypes.require("tile", name_at(ground_of(raw), raw.x, raw.y)).collision_mask
      return mask ~= nil and mask.layers ~= nil and mask.layers[layer] == true
    end,
    to_be_deconstructed = function() return false end,
  },
})

-- Chunks that a script iterates over: the one around the middle and those with something in them, in order.
local function chunks_of(raw)
  local seen, list = { ["0/0"] = true }, { { 0, 0 } }
  for _, each in ipairs(raw.entities) do
    local x, y = math.floor(each.x / 32), math.floor(each.y / 32)
    if not each.dead and not seen[x .. "/" .. y] then
      seen[x .. "/" .. y] = true
      list[#list + 1] = { x, y }
    end
  end
  return list
end

local LuaChunkIterator = object.class("LuaChunkIterator", {
  valid = function(raw) return not raw.surface.dead end,
  call = function(raw)
    raw.at = raw.at + 1
    local chunk = raw.chunks[raw.at]
    if not chunk then return nil end
    return {
      x = chunk[1], y = chunk[2],
      area = { left_top = { x = chunk[1] * 32, y = chunk[2] * 32 }, right_bottom = { x = chunk[1] * 32 + 32, y = chunk[2] * 32 + 32 } },
    }
  end,
})

return function(surface)
  local class = surface.class
  local read, write, method = class.read, class.write, class.method

  for key, initial in next, {
    daytime = 0, ticks_per_day = 25000, freeze_daytime = false, always_day = false, wind_speed = 0.02, wind_orientation = 0,
    wind_orientation_change = 0.0001, peaceful_mode = false, no_enemies_mode = false, solar_power_multiplier = 1, min_brightness = 0.15,
    show_clouds = true, generate_with_lab_tiles = false, dusk = 0.25, dawn = 0.75, evening = 0.45, morning = 0.55,
    brightness_visual_weights = { r = 0, g = 0, b = 0 }, has_global_electric_network = false, ignore_surface_conditions = false,
  } do
    read[key] = function(raw)
      if raw[key] == nil then return copy.deep(initial) end
      return copy.deep(raw[key])
    end
    if key ~= "has_global_electric_network" then write[key] = function(raw, value) raw[key] = copy.deep(value) end end
  end
  read.darkness = function() return 0 end
  read.localised_name = function(raw) return copy.deep(raw.localised_name) end
  write.localised_name = function(raw, text) raw.localised_name = copy.deep(text) end
  read.planet = function() return nil end
  read.deletable = function(raw) return raw.index ~= 1 and not raw.platform end

  method.get_tile = function(raw, x, y)
    if type(x) == "table" then x, y = xy(x) else x, y = xy { x, y } end
    return object.wrap(LuaTile, { surface = raw.index, x = x, y = y })
  end
  method.set_tiles = function(raw, tiles, _, _, _, raise)
    raw.tiles = raw.tiles or {}
    for _, tile in ipairs(tiles) do
      local name = prototypes.name_of(tile.name)
      prototypes.require("tile", name, 3)
      local x, y = xy(tile.position)
      raw.tiles[x] = raw.tiles[x] or {}
      raw.tiles[x][y] = name
    end
    if raise == true then events.raise("script_raised_set_tiles", { surface_index = raw.index, tiles = copy.deep(tiles) }) end
  end
  local function found_tiles(raw, filter)
    local names, list = filter.name, {}
    if type(names) == "string" then names = { names } end
    local wanted = {}
    for _, name in ipairs(names or {}) do wanted[name] = true end
    local a, b = filter.area and (filter.area.left_top or filter.area[1]), filter.area and (filter.area.right_bottom or filter.area[2])
    if filter.position then
      a, b = filter.position, { x = (filter.position.x or filter.position[1]) + 1, y = (filter.position.y or filter.position[2]) + 1 }
    end
    if not a then refuse("find_tiles_filtered without an area or a position (stand-in: not offered)", 3) end
    for x = math.floor(a.x or a[1]), math.ceil(b.x or b[1]) - 1 do
      for y = math.floor(a.y or a[2]), math.ceil(b.y or b[2]) - 1 do
        if filter.limit and #list >= filter.limit then return list end
        if not names or wanted[name_at(raw, x, y)] then list[#list + 1] = object.wrap(LuaTile, { surface = raw.index, x = x, y = y }) end
      end
    end
    return list
  end
  method.find_tiles_filtered = found_tiles
  method.count_tiles_filtered = function(raw, filter) return #found_tiles(raw, filter) end

  method.find_entities = function(raw, area)
    local list = {}
    for i, each in ipairs(surface.find(raw, { area = area })) do list[i] = entity.wrap(each) end
    return list
  end
  method.get_closest = function(_, position, entities)
    local x, y, best, least = position.x or position[1], position.y or position[2], nil, math.huge
    for _, each in ipairs(entities) do
      local other = object.raw(each)
      local distance = (other.x - x) ^ 2 + (other.y - y) ^ 2
      if distance < least then best, least = each, distance end
    end
    return best
  end
  method.get_chunks = function(raw) return object.wrap(LuaChunkIterator, { surface = raw, at = 0, chunks = chunks_of(raw) }) end
  method.print = function(_, message) world.emit { kind = "message", text = world.text(message) } end
  method.get_property = function(raw, id)
    local name = prototypes.name_of(id)
    local default = prototypes.require("surface_property", name, 3).default_value
    return raw.properties and raw.properties[name] or default
  end
  method.set_property = function(raw, id, value)
    local name = prototypes.name_of(id)
    prototypes.require("surface_property", name, 3)
    raw.properties = raw.properties or {}
    raw.properties[name] = value
  end

  -- Pollution stays where it was put.
  local function chunk(position) return math.floor((position.x or position[1]) / 32) .. "/" .. math.floor((position.y or position[2]) / 32) end
  method.pollute = function(raw, position, amount)
    raw.pollution = raw.pollution or {}
    raw.pollution[chunk(position)] = (raw.pollution[chunk(position)] or 0) + amount
  end
  method.get_pollution = function(raw, position) return raw.pollution and raw.pollution[chunk(position)] or 0 end
  method.get_total_pollution = function(raw)
    local total = 0
    for _, amount in next, raw.pollution or {} do total = total + amount end
    return total
  end
  method.clear_pollution = function(raw) raw.pollution = nil end
  method.find_nearest_enemy = function(raw, params)
    local own, best, least = entity.force_index(params.force), nil, params.max_distance ^ 2
    local x, y = params.position.x or params.position[1], params.position.y or params.position[2]
    for _, each in ipairs(raw.entities) do
      local distance = (each.x - x) ^ 2 + (each.y - y) ^ 2
      local military = each.type:find("turret", 1, true) or each.type == "unit" or each.type == "unit-spawner" or each.type == "character"
      if not each.dead and military and each.force ~= own and each.force ~= 3 and distance <= least then best, least = each, distance end
    end
    return best and entity.wrap(best) or nil
  end
  for _, name in ipairs { "play_sound", "create_trivial_smoke", "create_particle", "destroy_decoratives", "regenerate_decorative" } do
    method[name] = function() end
  end
end

-- Entities: { unit_number, name, type, x, y, direction, surface = index, force = index, quality, inventories, fluids, … }.
local use = ...
local object = use "api/object"
local world = use "world"
local prototypes = use "api/prototypes"
local inventory = use "api/inventory"
local inventories = use "api/entity-inventories"
local logistic = use "api/logistic"
local combinator = use "api/combinator"
local circuit = use "api/circuit"
local compute = use "api/compute"
local fluids = use "api/fluids"
local stack = use "api/stack"
local inserter = use "api/inserter"
local sleepers = use "api/sleepers"
local defines = use "api/defines"
local events = use "api/events"
local quantity = use "lib/quantity"
local copy = use "lib/copy"

local entity = {}
local refuse = object.refuse
local LuaEntity

local logistic_modes_with_requests = { requester = true, buffer = true }

function entity.wrap(raw) return object.wrap(LuaEntity, raw) end

local function prototype_of(raw) return prototypes.require("entity", raw.name) end

local function buffer_capacity(prototype)
  local source = prototype.energy_source
  return source and source.buffer_capacity and quantity.joules(source.buffer_capacity) or nil
end

function entity.new(fields) -- name, x, y, surface, force, quality, direction
  local now, prototype = world.now, prototypes.require("entity", fields.name, 3)
  now.next_unit_number = now.next_unit_number + 1
  local raw = {
    unit_number = now.next_unit_number, name = fields.name, type = prototype.type,
    -- Chests and their like stand in the middle of a tile.
    x = math.floor(fields.x) + 0.5, y = math.floor(fields.y) + 0.5, direction = fields.direction or 0,
    surface = fields.surface, force = fields.force, quality = fields.quality or "normal",
    inventories = {}, fluids = fluids.new(prototype), health = prototype.max_health or 10, operable = true,
    minable = prototype.minable ~= nil, energy = 0, ghost_name = fields.ghost_name,
  }
  for index, size in next, inventories.of(prototype, raw.quality) do
    local chest = index == inventories.main[prototype.type] and prototype.inventory_size ~= nil
    raw.inventories[index] = inventory.new {
      size = size, index = index, owner = raw, bar = chest and prototype.inventory_type ~= "normal",
      filters = chest and (prototype.inventory_type == "with_filters_and_bar" or prototype.type == "cargo-wagon"),
    }
  end
  if prototype.type == "logistic-container" then raw.logistic = logistic.new_point(raw, prototype.logistic_mode) end
  local surface = entity.surface(fields.surface)
  surface.entities[#surface.entities + 1] = raw
  now.by_unit_number[raw.unit_number] = raw
  circuit.built(raw)
  inserter.built(raw)
  return raw
end

function entity.surface(index)
  for _, surface in ipairs(world.now.surfaces) do if surface.index == index then return surface end end
end

function entity.force(index)
  for _, force in ipairs(world.now.forces) do if force.index == index then return force end end
end

-- Takes an entity to another surface as it is.
function entity.to_surface(raw, index)
  local from, to = entity.surface(raw.surface), entity.surface(index)
  for i, other in ipairs(from.entities) do if other == raw then table.remove(from.entities, i) break end end
  to.entities[#to.entities + 1], raw.surface = raw, index
  inserter.moved(raw)
end

-- The index in a ForceID: a name, an index or a LuaForce.
function entity.force_index(id, default)
  if id == nil then return default end
  local raw = object.raw(id)
  for _, force in ipairs(world.now.forces) do
    if force == raw or force.index == id or force.name == id then return force.index end
  end
  refuse("Unknown force: " .. tostring(id), 3)
end

-- Takes the entity out of the world. Registered listeners hear of it at the end of the tick.
function entity.remove(raw)
  raw.dead = true
  for _, inv in next, raw.inventories do inv.dead = true end
  circuit.remove(raw)
  inserter.removed(raw)
  world.now.by_unit_number[raw.unit_number] = nil
  local surface = entity.surface(raw.surface)
  surface.dead_entities = surface.dead_entities + 1
  if surface.dead_entities > 32 and surface.dead_entities * 2 > #surface.entities then
    local alive = {}
    for _, other in ipairs(surface.entities) do if not other.dead then alive[#alive + 1] = other end end
    surface.entities, surface.dead_entities = alive, 0
  end
  if raw.registration then
    local gone = world.now.destroyed
    gone[#gone + 1] = { registration_number = raw.registration, useful_id = raw.unit_number, type = defines.target_type.entity }
  end
end

-- A linked container's inventory belongs to the force: shared by prototype and link id.
function entity.linked_inventory(force, name, link_id, make)
  local key = name .. "/" .. link_id
  if not force.linked[key] and make then
    local prototype = prototypes.require("entity", name, 3)
    force.linked[key] = inventory.new {
      size = prototypes.slots(prototype), index = defines.inventory.linked_container_main,
      bar = true, filters = prototype.inventory_type == "with_filters_and_bar",
    }
  end
  return force.linked[key]
end

function entity.main_inventory(raw)
  if raw.type == "linked-container" then
    return entity.linked_inventory(entity.force(raw.force), raw.name, raw.link_id or 0, true)
  end
  return raw.inventories[inventories.main[raw.type]]
end

function entity.settings_from(raw, source)
  if raw.logistic and source.logistic then
    logistic.copy_sections(source.logistic.sections, raw.logistic.sections, raw)
    raw.request_from_buffers = source.request_from_buffers
  end
  if raw.combinator or source.combinator then
    raw.combinator = raw.combinator or combinator.new(raw)
    if source.combinator then
      logistic.copy_sections(source.combinator.sections, raw.combinator.sections, raw)
      raw.combinator.enabled = source.combinator.enabled
    end
  end
  if source.parameters then raw.parameters = copy.deep(source.parameters) end
  local from, to = raw.inventories[inventories.main[raw.type]], source.inventories[inventories.main[source.type]]
  if from and to then
    from.bar = to.bar and to.bar <= from.size and to.bar or nil
    sleepers.changed(from)
  end
  if raw.arm and source.arm then inserter.settings_from(raw, source) end
end

function entity.clone(source, x, y, surface, force)
  local raw = entity.new {
    name = source.name, x = x, y = y, surface = surface or source.surface, force = force or source.force,
    quality = source.quality, direction = source.direction,
  }
  entity.settings_from(raw, source)
  for index, inv in next, source.inventories do
    raw.inventories[index] = raw.inventories[index] or inventory.new { size = inv.size, index = index, owner = raw }
    raw.inventories[index].slots, raw.inventories[index].filters = copy.deep(inv.slots), copy.deep(inv.filters)
  end
  raw.fluids, raw.energy, raw.health, raw.link_id = copy.deep(source.fluids), source.energy, source.health, source.link_id
  raw.custom_status, raw.operable, raw.disabled_by_script = copy.deep(source.custom_status), source.operable, source.disabled_by_script
  return raw
end

-- Kills it, as damage does; told before and after it is gone.
function entity.die(raw, force, cause)
  local killer = force and object.wrap(object.classes.LuaForce, entity.force(entity.force_index(force))) or nil
  local after = {
    prototype = prototypes.wrapped("entity", raw.name), quality = prototypes.wrapped("quality", raw.quality), position = { x = raw.x, y = raw.y },
    surface_index = raw.surface, unit_number = raw.unit_number, corpses = {}, force = killer,
  }
  events.raise("on_entity_died", {
    entity = entity.wrap(raw), loot = inventory.wrap(inventory.new { size = 0 }), force = killer, cause = cause,
  }, raw)
  if not raw.dead then entity.remove(raw) end
  events.raise("on_post_entity_died", after, raw)
end

local function main_or_refuse(raw)
  return entity.main_inventory(raw) or refuse("This entity has no inventory.", 3)
end

local function combinator_of(raw, make)
  if raw.type ~= "constant-combinator" then return compute.behavior(raw) end
  if not raw.combinator and make then raw.combinator = combinator.new(raw) end
  return combinator.wrap(raw.combinator)
end

local function flag(key, default)
  return function(raw)
    if raw[key] == nil then return default end
    return raw[key]
  end, function(raw, value) raw[key] = value end
end

local function requests(raw)
  return raw.logistic and logistic_modes_with_requests[raw.logistic.mode] and raw.logistic or nil
end

-- Members of LuaControl, which players have too.
local LuaControl = {
  read = {
    surface = function(raw) return object.wrap(object.classes.LuaSurface, entity.surface(raw.surface)) end,
    surface_index = function(raw) return raw.surface end,
    position = function(raw) return { x = raw.x, y = raw.y } end,
    force = function(raw) return object.wrap(object.classes.LuaForce, entity.force(raw.force)) end,
    force_index = function(raw) return raw.force end,
  },
  write = { force = function(raw, force) raw.force = entity.force_index(force) end },
}
entity.LuaControl = LuaControl

local read = {
  name = function(raw) return raw.name end,
  type = function(raw) return raw.type end,
  unit_number = function(raw) return raw.unit_number end,
  localised_name = function(raw) return prototypes.wrapped("entity", raw.name).localised_name end,
  ghost_name = function(raw) return raw.ghost_name or refuse("Entity is not an entity-ghost.", 4) end,
  prototype = function(raw) return prototypes.wrapped("entity", raw.name) end,
  quality = function(raw) return prototypes.wrapped("quality", raw.quality) end,
  direction = function(raw) return raw.direction end,
  max_health = function(raw) return prototype_of(raw).max_health or 10 end,
  minable = function(raw) return raw.minable and prototype_of(raw).minable ~= nil end,
  active = function(raw) return not raw.disabled_by_script end,
  custom_status = function(raw) return copy.deep(raw.custom_status) end,
  link_id = function(raw)
    if raw.type ~= "linked-container" then refuse("Entity is not a linked container.", 4) end
    return raw.link_id or 0
  end,
  energy = function(raw) return raw.energy end,
  electric_buffer_size = function(raw) return raw.electric_buffer_size or buffer_capacity(prototype_of(raw)) end,
  gps_tag = function(raw) return string.format("[gps=%g,%g,%s]", raw.x, raw.y, entity.surface(raw.surface).name) end,
  bounding_box = function(raw)
    return { left_top = { x = raw.x - 0.5, y = raw.y - 0.5 }, right_bottom = { x = raw.x + 0.5, y = raw.y + 0.5 } }
  end,
  last_user = function(raw) return raw.last_user and object.wrap(object.classes.LuaPlayer, world.now.players[raw.last_user]) or nil end,
}
local write = {
  direction = function(raw, direction) raw.direction = direction end,
  custom_status = function(raw, status)
    if status ~= nil and (type(status.diode) ~= "number" or status.label == nil) then
      refuse("custom_status needs diode and label.", 2)
    end
    raw.custom_status = copy.deep(status)
  end,
  link_id = function(raw, id) raw.link_id = id end,
  energy = function(raw, energy)
    local size = raw.electric_buffer_size or buffer_capacity(prototype_of(raw))
    if not size then refuse("Entity has no energy buffer.", 2) end
    -- `test.energy_step` says by how many joules one write may change a charge here.
    local step = world.now.energy_step or math.huge
    raw.energy = math.max(0, raw.energy - step, math.min(energy, size, raw.energy + step))
  end,
  electric_buffer_size = function(raw, size)
    if raw.type ~= "electric-energy-interface" then refuse("Only for electric-energy-interface.", 2) end
    raw.electric_buffer_size = size
    raw.energy = math.min(raw.energy, size)
  end,
}
read.health, write.health = flag("health")
read.operable, write.operable = flag("operable", true)
read.destructible, write.destructible = flag("destructible", true)
read.rotatable, write.rotatable = flag("rotatable", true)
read.minable_flag, write.minable_flag = flag("minable", true)
read.disabled_by_script, write.disabled_by_script = flag("disabled_by_script", false)
read.request_from_buffers, write.request_from_buffers = flag("request_from_buffers", false)

local member_index = use("api/interface").defines().logistic_member_index

local method = {
  get_inventory = function(raw, index)
    if type(index) ~= "number" then refuse("get_inventory: a defines.inventory expected, got " .. type(index), 2) end
    if raw.type == "linked-container" and index == defines.inventory.linked_container_main then
      return inventory.wrap(entity.main_inventory(raw))
    end
    return inventory.wrap(raw.inventories[index])
  end,
  get_output_inventory = function(raw) return inventory.wrap(entity.main_inventory(raw)) end,
  insert = function(raw, items) return inventory.insert(main_or_refuse(raw), stack.from(items)) end,
  remove_item = function(raw, items)
    local name, quality = stack.wanted(items)
    return inventory.remove(main_or_refuse(raw), name, quality, stack.from(items).count)
  end,
  can_insert = function(raw, items)
    local new, inv = stack.from(items), entity.main_inventory(raw)
    return inv ~= nil and inventory.insertable(inv, new.name, new.quality) > 0
  end,
  clear_items_inside = function(raw) for _, inv in next, raw.inventories do inv.slots = {} end end,
  has_items_inside = function(raw)
    for _, inv in next, raw.inventories do if next(inv.slots) then return true end end
    return false
  end,
  get_requester_point = function(raw) return object.wrap(logistic.LuaLogisticPoint, requests(raw)) end,
  get_logistic_point = function(raw, index)
    local point = object.wrap(logistic.LuaLogisticPoint, raw.logistic)
    local own = raw.type == "character" and member_index.character_requester or member_index.logistic_container
    if index == nil then return point and { [own] = point } or nil end
    return index == own and point or nil
  end,
  get_logistic_sections = function(raw) return object.wrap(entity.LuaLogisticSections, requests(raw)) end,
  get_control_behavior = function(raw) return combinator_of(raw, false) end,
  get_or_create_control_behavior = function(raw) return combinator_of(raw, true) end,
  destroy = function(raw, options)
    if options and options.raise_destroy then events.raise("script_raised_destroy", { entity = entity.wrap(raw) }, raw) end
    if not raw.dead then entity.remove(raw) end
    return true
  end,
  die = function(raw, force, cause)
    entity.die(raw, force, cause)
    return true
  end,
  clone = function(raw, target)
    local position = target.position
    local surface = target.surface and object.raw(target.surface).index or raw.surface
    local made = entity.clone(raw, position.x or position[1], position.y or position[2], surface, entity.force_index(target.force, raw.force))
    events.raise("on_entity_cloned", { source = entity.wrap(raw), destination = entity.wrap(made) }, raw)
    return entity.wrap(made)
  end,
  copy_settings = function(raw, source)
    entity.settings_from(raw, object.raw(source))
    return {}
  end,
  to_be_deconstructed = function(raw) return raw.to_be_deconstructed or false end,
  is_player = function() return false end,
  get_health_ratio = function(raw) return raw.health / (prototype_of(raw).max_health or 10) end,
}
for key, get in next, fluids.read do read[key] = get end
for key, call in next, fluids.method do method[key] = call end
for key, call in next, circuit.method do method[key] = call end

LuaEntity = object.class("LuaEntity", { extends = LuaControl, read = read, write = write, method = method })
entity.class = LuaEntity

local section_read, section_method = logistic.section_members(
  function(point) return point.sections end,
  function(point) return point.owner end
)
use "api/entity-members"(entity)
use "api/inserter-members"(LuaEntity)

entity.LuaLogisticSections = object.class("LuaLogisticSections", {
  valid = function(point) return not point.owner.dead end,
  equal = function(a, b) return a.owner == b.owner end,
  read = section_read,
  method = section_method,
})

return entity

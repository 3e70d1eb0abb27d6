-- Logistic requests: points, sections, slots. A filter record: { type, name, quality?, comparator?, min?, max? }.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local defines = use "api/defines"
local events = use "api/events"
local copy = use "lib/copy"
local world = use "world"

local logistic = {}
local refuse = object.refuse

local SLOTS_MAX = 1000 -- LogisticFilterIndex: "uint16", and the game's max_logistic_filter_count
local SECTIONS_MAX = 100

local comparators = {}
for comparator in ("= ≠ > < ≥ ≤ >= <= !="):gmatch("%S+") do comparators[comparator] = true end

local function signal_type(name)
  for _, kind in ipairs { "item", "fluid", "quality", "recipe", "entity" } do
    if prototypes.record(kind, name) then return kind end
  end
  refuse("Unknown signal: " .. tostring(name), 4)
end

-- A LogisticFilterWrite as a record; nil for an empty slot.
local function filter_record(filter)
  if type(filter) ~= "table" then refuse("A LogisticFilter expected, got " .. type(filter), 4) end
  local value = filter.value
  if value == nil then return nil end
  local min, max = filter.min, filter.max
  for _, n in ipairs { min or 0, max or 0 } do
    if type(n) ~= "number" or n ~= n or n > 4294967295 or n < -2147483648 then refuse("Filter count outside of its range", 4) end
  end
  if min and min > 2147483647 then refuse("Filter min outside of int32", 4) end
  if type(value) == "string" then value = { name = value, quality = "normal" } end
  local name = prototypes.name_of(value.name)
  local kind = value.type or signal_type(name)
  if kind == "item" or kind == "fluid" then prototypes.require(kind, name, 4) end
  local quality = value.quality and prototypes.quality_name(value.quality) or nil
  if kind == "item" and quality == nil and min and min ~= 0 then
    refuse("Quality is mandatory when min is not zero: " .. tostring(name), 4)
  end
  local comparator = quality and (value.comparator or "=") or nil
  if comparator and not comparators[comparator] then refuse("Unknown comparator: " .. tostring(comparator), 4) end
  if kind ~= "item" then quality, comparator = quality or "normal", comparator or "=" end
  return { type = kind, name = name, quality = quality, comparator = comparator, min = min and math.floor(min) or 0, max = max }
end

local function as_table(record)
  if not record then return {} end
  return {
    value = { type = record.type, name = record.name, quality = record.quality, comparator = record.comparator },
    min = record.min, max = record.max,
  }
end

local function same(a, b) return a.type == b.type and a.name == b.name and a.quality == b.quality end

local function taken(section, record, but)
  for i, other in next, section.slots do
    if i ~= but and same(other, record) then return i end
  end
end

local function check_slot(i)
  if type(i) ~= "number" or i < 1 or i > SLOTS_MAX then refuse("Logistic slot index out of range: " .. tostring(i), 3) end
end

local function changed(section, i, player_index)
  if not section.owner.logistic then return end -- constant combinators raise no slot events
  events.raise("on_entity_logistic_slot_changed", {
    entity = object.wrap(object.classes.LuaEntity, section.owner),
    section = object.wrap(logistic.LuaLogisticSection, section),
    slot_index = i,
    player_index = player_index,
  })
end

function logistic.set_slot(section, i, filter, player_index)
  check_slot(i)
  local record = filter_record(filter)
  local other = record and taken(section, record, i)
  if other then return other end
  section.slots[i] = record
  changed(section, i, player_index)
end

function logistic.clear_slot(section, i, player_index)
  check_slot(i)
  section.slots[i] = nil
  changed(section, i, player_index)
end

local function highest(slots)
  local n = 0
  for i in next, slots do if i > n then n = i end end
  return n
end

local function filters(section)
  local list = {}
  for i = 1, highest(section.slots) do list[i] = as_table(section.slots[i]) end
  return list
end

local function set_filters(section, list)
  local slots = {}
  for i, filter in ipairs(list) do
    check_slot(i)
    local record = filter_record(filter)
    if record and taken({ slots = slots }, record) then
      refuse("The same filter twice in one section: " .. record.name, 2)
    end
    slots[i] = record
  end
  local old = {}
  -- The same table: other sections of the group look into it, too.
  for i, record in next, section.slots do old[i], section.slots[i] = record, nil end
  for i, record in next, slots do section.slots[i] = record end
  for i = 1, math.max(highest(old), highest(slots)) do
    if old[i] or slots[i] then changed(section, i) end
  end
end

-- The sections of a force that are in one group have one set of slots; "" is no group. Who joins one that is there takes its slots,
-- who leaves keeps a copy.
local function join(section, group)
  group = group or ""
  if group == section.group then return end
  section.group = group
  if group == "" then
    section.slots = copy.deep(section.slots)
    return
  end
  for _, force in ipairs(world.now.forces) do
    if force.index == section.owner.force then
      force.groups = force.groups or {}
      force.groups[group] = force.groups[group] or section.slots
      section.slots = force.groups[group]
    end
  end
end

logistic.LuaLogisticSection = object.class("LuaLogisticSection", {
  valid = function(section) return not section.dead and not section.owner.dead end,
  read = {
    owner = function(section) return object.wrap(object.classes.LuaEntity, section.owner) end,
    index = function(section) return section.index end,
    filters = filters,
    filters_count = function(section) return highest(section.slots) end,
    group = function(section) return section.group end,
    type = function() return defines.logistic_section_type.manual end,
    is_manual = function() return true end,
    active = function(section) return section.active end,
    multiplier = function(section) return section.multiplier end,
  },
  write = {
    filters = set_filters,
    group = join,
    active = function(section, active) section.active = active end,
    multiplier = function(section, multiplier) section.multiplier = multiplier end,
  },
  method = {
    set_slot = function(section, i, filter) return logistic.set_slot(section, i, filter) end,
    get_slot = function(section, i)
      check_slot(i)
      return as_table(section.slots[i])
    end,
    clear_slot = function(section, i) logistic.clear_slot(section, i) end,
  },
})

-- A list of sections: of a logistic point, or of a constant combinator.
function logistic.sections(owner)
  local list = {}
  list[1] = { owner = owner, index = 1, slots = {}, active = true, multiplier = 1, group = "" }
  return list
end

local function wrap_section(section) return object.wrap(logistic.LuaLogisticSection, section) end

-- The members that everything with sections has. `at(raw)` is the list, `owner(raw)` the entity.
function logistic.section_members(at, owner)
  return {
    sections = function(raw)
      local list = {}
      for i, section in ipairs(at(raw)) do list[i] = wrap_section(section) end
      return list
    end,
    sections_count = function(raw) return #at(raw) end,
  }, {
    get_section = function(raw, i) return wrap_section(at(raw)[i]) end,
    add_section = function(raw, group)
      local list = at(raw)
      if #list >= SECTIONS_MAX then return nil end
      local section = { owner = owner(raw), index = #list + 1, slots = {}, active = true, multiplier = 1, group = "" }
      list[#list + 1] = section
      join(section, group)
      return wrap_section(section)
    end,
    remove_section = function(raw, i)
      local list = at(raw)
      local section = list[i]
      if not section then return false end
      table.remove(list, i)
      section.dead = true
      for k, other in ipairs(list) do other.index = k end
      return true
    end,
  }
end

-- The requests of all active sections, added up, as the game shows them.
local function compiled(point)
  local list, at = {}, {}
  for _, section in ipairs(point.sections) do
    for i = 1, section.active and highest(section.slots) or 0 do
      local slot = section.slots[i]
      if slot then
        local key = slot.type .. "/" .. slot.name .. "/" .. tostring(slot.quality)
        if not at[key] then
          at[key] = {
            index = #list + 1, type = slot.type, name = slot.name, quality = slot.quality, comparator = slot.comparator,
            count = 0,
          }
          list[#list + 1] = at[key]
        end
        at[key].count = at[key].count + math.floor(slot.min * section.multiplier)
        if slot.max then at[key].max_count = (at[key].max_count or 0) + slot.max end
      end
    end
  end
  return list
end

local read, method = logistic.section_members(
  function(point) return point.sections end,
  function(point) return point.owner end
)
read.owner = function(point) return object.wrap(object.classes.LuaEntity, point.owner) end
read.mode = function(point) return defines.logistic_mode[(point.mode:gsub("-", "_"))] end
read.logistic_member_index = function() return defines.logistic_member_index.logistic_container end
read.force = function(point) return object.wrap(object.classes.LuaEntity, point.owner).force end
read.enabled = function(point) return point.enabled end
read.trash_not_requested = function(point) return point.trash_not_requested end
read.filters = compiled
read.exact = function() return false end

logistic.LuaLogisticPoint = object.class("LuaLogisticPoint", {
  valid = function(point) return not point.owner.dead end,
  equal = function(a, b) return a.owner == b.owner end,
  read = read,
  write = {
    enabled = function(point, enabled) point.enabled = enabled end,
    trash_not_requested = function(point, trash) point.trash_not_requested = trash end,
  },
  method = method,
})

function logistic.new_point(owner, mode)
  return { owner = owner, mode = mode, enabled = true, trash_not_requested = false, sections = logistic.sections(owner) }
end

-- What a settings paste or a clone carries over.
function logistic.copy_sections(from, to, owner)
  for i in next, to do to[i] = nil end
  for i, section in ipairs(from) do
    to[i] = {
      owner = owner, index = i, slots = copy.deep(section.slots), active = section.active,
      multiplier = section.multiplier, group = section.group,
    }
  end
end

return logistic

-- `prototypes`: read-only views of what the data stage made.
local use = ...
local object = use "api/object"
local graph = use "lib/graph"
local data = use "stage/data"
local defines = use "api/defines"
local quantity = use "lib/quantity"

local refuse = object.refuse
local prototypes = {}
local families = {} -- kind ("item") -> { class, raws by name, names in order }

-- A raw prototype record: { static = "item/iron-plate", kind, name, data = <table of data.raw> }.
local function record(kind, name)
  local family = families[kind]
  return family and family.raws[name]
end
prototypes.record = record

-- The prototype's data table, or an error that names what is missing.
function prototypes.require(kind, name, level)
  local raw = record(kind, name)
  if not raw then refuse("Unknown " .. kind .. " name: " .. tostring(name), (level or 1) + 2) end
  return raw.data
end

function prototypes.data(kind, name)
  local raw = record(kind, name)
  return raw and raw.data
end

local function wrapped(kind, name)
  local family = families[kind]
  return name ~= nil and family and object.wrap(family.class, family.raws[name]) or nil
end
prototypes.wrapped = wrapped

-- The name in an ItemID, QualityID, EntityID, …: a string or a prototype.
function prototypes.name_of(id)
  if type(id) == "string" then return id end
  local raw = object.raw(id)
  if raw and raw.static then return raw.name end
  if type(id) == "table" and not raw then return id.name end
  return nil
end

function prototypes.quality_name(id)
  if id == nil then return "normal" end
  local name = prototypes.name_of(id)
  if not record("quality", name) then refuse("Unknown quality: " .. tostring(name), 3) end
  return name
end

-- The section of the locale that names prototypes of a kind.
local function section(kind, what)
  if kind == "custom_input" then return what == "name" and "controls" or "controls-description" end
  return kind:gsub("_", "-") .. "-" .. what
end

local function localised(kind, what)
  return function(raw) return raw.data["localised_" .. what] or { section(kind, what) .. "." .. raw.name } end
end

-- The name of a prototype's subgroup: its own, or that of what it makes or is placed by.
function prototypes.subgroup_of(kind, data)
  if data.subgroup then return data.subgroup end
  if kind == "fluid" then return "fluid" end
  if kind == "recipe" then
    local product = data.main_product or (data.results and data.results[1] and data.results[1].name)
    local made = prototypes.data("item", product) or prototypes.data("fluid", product)
    return made and made.subgroup or "other"
  end
  local item = kind == "entity" and data.minable and prototypes.data("item", data.minable.result)
  return item and item.subgroup or "other"
end

local function base(kind)
  return {
    name = function(raw) return raw.name end,
    type = function(raw) return raw.data.type end,
    order = function(raw) return raw.data.order or "" end,
    hidden = function(raw) return raw.data.hidden or false end,
    hidden_in_factoriopedia = function(raw) return raw.data.hidden_in_factoriopedia or false end,
    subgroup = function(raw) return wrapped("item_subgroup", prototypes.subgroup_of(kind, raw.data)) end,
    group = function(raw)
      local subgroup = prototypes.data("item_subgroup", prototypes.subgroup_of(kind, raw.data))
      return subgroup and wrapped("item_group", subgroup.group) or nil
    end,
    parameter = function(raw) return raw.data.parameter or false end,
    localised_name = localised(kind, "name"),
    localised_description = localised(kind, "description"),
  }
end

local LuaPrototypes = object.class("LuaPrototypes", { has_valid = false })

-- A family of prototypes; `attribute` is its name in `prototypes`, the kind's unless said otherwise.
local function family(kind, made, attribute)
  families[kind] = { class = made, raws = {}, names = {} }
  LuaPrototypes.read[attribute or kind] = function()
    return object.custom_table(function(id) return wrapped(kind, id) end, function() return families[kind].names end)
  end
end
prototypes.family = family

local function class(name, kind, members, attribute)
  members.read = members.read or {}
  for key, get in next, base(kind) do members.read[key] = members.read[key] or get end
  -- Prototypes cannot become invalid while the game runs.
  members.valid = function() return true end
  members.kind = kind
  family(kind, object.class(name, members), attribute)
end
prototypes.class = class

local function field(key, default)
  return function(raw)
    local value = raw.data[key]
    if value == nil then return default end
    return value
  end
end

prototypes.field = field

-- A quality's factor: what its prototype says, else 0.3 more for each level.
local function multiplier(key)
  return function(quality)
    local data = prototypes.require("quality", prototypes.quality_name(quality), 3)
    return data[key] or data.default_multiplier or 1 + 0.3 * data.level
  end
end
local spoil_factor, size_factor = multiplier "spoil_ticks_multiplier", multiplier "inventory_size_multiplier"

function prototypes.spoil_ticks(item, quality)
  return math.floor((item.spoil_ticks or 0) * spoil_factor(quality))
end

-- Slots of a container of this quality.
function prototypes.slots(entity, quality)
  local affected = entity.type:find("container", 1, true) and entity.type ~= "linked-container" and entity.quality_affects_inventory_size ~= false
  return math.floor(entity.inventory_size * (affected and size_factor(quality) or 1))
end

function prototypes.durability(item, quality)
  local data = prototypes.require("quality", prototypes.quality_name(quality), 3)
  return item.durability and item.durability * (data.tool_durability_multiplier or 1 + data.level) or nil
end

class("LuaItemPrototype", "item", {
  read = {
    stack_size = field("stack_size"),
    stackable = function(raw)
      for _, flag in ipairs(raw.data.flags or {}) do if flag == "not-stackable" then return false end end
      return raw.data.stack_size > 1
    end,
    place_result = function(raw) return wrapped("entity", raw.data.place_result) end,
    fuel_value = function(raw) return quantity.joules(raw.data.fuel_value or "0J") end,
    fuel_category = field("fuel_category"),
    magazine_size = function(raw) return raw.data.type == "ammo" and (raw.data.magazine_size or 1) or nil end,
    spoil_result = function(raw) return wrapped("item", raw.data.spoil_result) end,
    flags = function(raw)
      local flags = {}
      for _, flag in ipairs(raw.data.flags or {}) do flags[flag] = true end
      return flags
    end,
    weight = field("weight", 1000),
  },
  method = {
    has_flag = function(raw, flag)
      for _, name in ipairs(raw.data.flags or {}) do if name == flag then return true end end
      return false
    end,
    get_spoil_ticks = function(raw, quality) return prototypes.spoil_ticks(raw.data, quality) end,
    get_durability = function(raw, quality) return prototypes.durability(raw.data, quality) end,
    get_inventory_size = function(raw) return raw.data.inventory_size end,
  },
})

class("LuaFluidPrototype", "fluid", {
  read = {
    default_temperature = field("default_temperature"),
    max_temperature = function(raw) return raw.data.max_temperature or raw.data.default_temperature end,
    heat_capacity = function(raw) return quantity.joules(raw.data.heat_capacity or "1kJ") end,
    gas_temperature = field("gas_temperature", 1.7976931348623157e308),
    fuel_value = function(raw) return quantity.joules(raw.data.fuel_value or "0J") end,
  },
})

class("LuaQualityPrototype", "quality", {
  read = {
    level = field("level"),
    next = function(raw) return wrapped("quality", raw.data.next) end,
    color = field("color"),
    default_multiplier = function(raw) return multiplier "default_multiplier"(raw.name) end,
    inventory_size_multiplier = function(raw) return size_factor(raw.name) end,
    spoil_ticks_multiplier = function(raw) return spoil_factor(raw.name) end,
  },
})

class("LuaEntityPrototype", "entity", {
  read = {
    fluid_capacity = function(raw) return raw.data.fluid_box and raw.data.fluid_box.volume or 0 end,
    logistic_mode = function(raw)
      if raw.data.type ~= "logistic-container" then return nil end
      return raw.data.logistic_mode
    end,
    mineable_properties = function(raw)
      local minable = raw.data.minable
      if not minable then
        return { minable = false, mining_time = 0, products = {}, transfer_entity_health_to_products = false }
      end
      local products = minable.result and { { type = "item", name = minable.result, amount = minable.count or 1 } } or minable.results or {}
      return { minable = true, mining_time = minable.mining_time, products = products, transfer_entity_health_to_products = false }
    end,
    items_to_place_this = function(raw)
      local list = {}
      for _, name in ipairs(families.item.names) do
        if families.item.raws[name].data.place_result == raw.name then list[#list + 1] = { name = name, count = 1 } end
      end
      return #list > 0 and list or nil
    end,
  },
  method = {
    get_inventory_size = function(raw, index, quality)
      local data = raw.data
      if data.type == "linked-container" then return index == defines.inventory.chest and prototypes.slots(data, quality) or nil end
      return use("api/entity-inventories").of(data, quality)[index]
    end,
    get_max_health = function(raw) return raw.data.max_health or 10 end,
    get_fluid_capacity = function(raw) return raw.data.fluid_box and raw.data.fluid_box.volume or 0 end,
    has_flag = function(raw, flag)
      for _, name in ipairs(raw.data.flags or {}) do if name == flag then return true end end
      return false
    end,
  },
})

class("LuaTechnologyPrototype", "technology", {
  read = {
    enabled = field("enabled", true),
    level = field("level", 1),
    max_level = function(raw)
      local max = raw.data.max_level
      if max == "infinite" then return 4294967295 end
      return max or raw.data.level or 1
    end,
    prerequisites = function(raw)
      local map = {}
      for _, name in ipairs(raw.data.prerequisites or {}) do map[name] = wrapped("technology", name) end
      return map
    end,
    effects = field("effects", {}),
  },
})

class("LuaRecipePrototype", "recipe", {
  read = {
    enabled = field("enabled", true),
    ingredients = field("ingredients", {}),
    products = field("results", {}),
    energy = field("energy_required", 0.5),
  },
})

-- What only signals name here.
class("LuaVirtualSignalPrototype", "virtual_signal", {
  read = {
    special = function(raw)
      local name = raw.name:match("^signal%-(.*)$")
      return name == "everything" or name == "anything" or name == "each" or name == "unknown"
    end,
  },
})
class("LuaSpaceLocationPrototype", "space_location", {})
class("LuaAsteroidChunkPrototype", "asteroid_chunk", {})
class("LuaCustomEventPrototype", "custom_event", {
  read = { event_id = function(raw) return use("api/events").custom_id(raw.name) end },
})

-- Called once the data stage is over.
function prototypes.build()
  for kind, family in next, families do
    family.raws, family.names = {}, {}
    for _, prototype in ipairs(data.prototypes_of(kind)) do
      family.raws[prototype.name] = { static = kind .. "/" .. prototype.name, kind = kind, name = prototype.name, data = prototype }
      family.names[#family.names + 1] = prototype.name
    end
    table.sort(family.names, function(a, b)
      local x, y = family.raws[a].data.order or "", family.raws[b].data.order or ""
      if x ~= y then return x < y end
      return a < b
    end)
  end
  local named = {}
  for _, kind in ipairs { "custom_event", "custom_input" } do
    for _, name in ipairs(families[kind].names) do named[#named + 1] = name end
  end
  use("api/events").name_custom(named)
end

prototypes.global = object.wrap(LuaPrototypes, { static = "prototypes" })
prototypes.names = function(kind) return families[kind].names end

graph.objects.from_static = function(key)
  local kind, name = key:match("^(.-)/(.*)$")
  local raw = record(kind, name)
  -- A prototype that a mod took away: the object is there and invalid in the game; here its name is kept.
  return raw or { static = key, kind = kind, name = name, data = { type = kind, name = name }, dead = true }
end

return prototypes

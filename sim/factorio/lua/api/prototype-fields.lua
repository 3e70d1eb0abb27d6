-- What mods ask of item, entity, recipe, technology and fluid prototypes beyond what this stand-in acts on: read from the
-- prototype, with the default that the game documents.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local quantity = use "lib/quantity"
local copy = use "lib/copy"
local field, wrapped = prototypes.field, prototypes.wrapped

local function add(class, part, members)
  for key, member in next, members do object.classes[class][part][key] = object.classes[class][part][key] or member end
end

local function copied(key, default)
  return function(raw)
    local value = raw.data[key]
    if value == nil then return copy.deep(default) end
    return copy.deep(value)
  end
end

-- A list of names as the set that the API gives.
local function set(key)
  return function(raw)
    if not raw.data[key] then return nil end
    local result = {}
    for _, name in ipairs(raw.data[key]) do result[name] = true end
    return result
  end
end

local function per_tick(key)
  return function(raw) return raw.data[key] and quantity.joules(raw.data[key]) / 60 or nil end
end

local function box(key)
  return function(raw)
    local given = raw.data[key] or { { 0, 0 }, { 0, 0 } }
    local a, b = given.left_top or given[1], given.right_bottom or given[2]
    return { left_top = { x = a.x or a[1], y = a.y or a[2] }, right_bottom = { x = b.x or b[1], y = b.y or b[2] } }
  end
end

for class, kind in next, {
  LuaItemPrototype = "item", LuaEntityPrototype = "entity", LuaFluidPrototype = "fluid", LuaRecipePrototype = "recipe",
  LuaTechnologyPrototype = "technology", LuaTilePrototype = "tile", LuaEquipmentPrototype = "equipment",
} do
  add(class, "read", {
    factoriopedia_description = function(raw)
      return copy.deep(raw.data.factoriopedia_description) or { kind .. "-factoriopedia-description." .. raw.name }
    end,
  })
  if kind ~= "equipment" then
    add(class, "read", {
      factoriopedia_alternative = function(raw) return wrapped(kind, raw.data.factoriopedia_alternative) end,
    })
  end
end

add("LuaItemPrototype", "read", {
  place_as_equipment_result = function(raw) return wrapped("equipment", raw.data.place_as_equipment_result) end,
  place_as_tile_result = function(raw)
    local place = raw.data.place_as_tile
    return place and { result = wrapped("tile", place.result), condition_size = place.condition_size, condition = copy.deep(place.condition) } or nil
  end,
  burnt_result = function(raw) return wrapped("item", raw.data.burnt_result) end,
  plant_result = function(raw) return wrapped("entity", raw.data.plant_result) end,
  fuel_acceleration_multiplier = field("fuel_acceleration_multiplier", 1),
  fuel_top_speed_multiplier = field("fuel_top_speed_multiplier", 1),
  fuel_emissions_multiplier = field("fuel_emissions_multiplier", 1),
  category = function(raw) return raw.data.type == "module" and raw.data.category or nil end,
  tier = function(raw) return raw.data.type == "module" and raw.data.tier or nil end,
  module_effects = function(raw) return raw.data.type == "module" and copy.deep(raw.data.effect) or nil end,
  ammo_category = function(raw) return raw.data.type == "ammo" and wrapped("ammo_category", raw.data.ammo_category) or nil end,
  equipment_grid = function(raw) return wrapped("equipment_grid", raw.data.equipment_grid) end,
  infinite = field("infinite"), speed = field("speed"), attack_parameters = copied("attack_parameters"), capsule_action = copied("capsule_action"),
  rocket_launch_products = copied("rocket_launch_products", {}),
})

local function size(low, high)
  return function(raw)
    local area = box("collision_box")(raw)
    return math.max(1, math.ceil(area.right_bottom[low] - area.left_top[low]))
  end
end

add("LuaEntityPrototype", "read", {
  collision_box = box("collision_box"), selection_box = box("selection_box"),
  collision_mask = function(raw) return copy.deep(raw.data.collision_mask) or { layers = {} } end,
  tile_width = size "x", tile_height = size "y",
  flags = set "flags", next_upgrade = function(raw) return wrapped("entity", raw.data.next_upgrade) end,
  fast_replaceable_group = field("fast_replaceable_group"), is_building = function(raw)
    for _, flag in ipairs(raw.data.flags or {}) do if flag == "player-creation" then return true end end
    return false
  end,
  belt_speed = function(raw)
    local belt = { ["transport-belt"] = 1, ["underground-belt"] = 1, splitter = 1, loader = 1, ["loader-1x1"] = 1, ["linked-belt"] = 1, ["lane-splitter"] = 1 }
    return belt[raw.data.type] and raw.data.speed or nil
  end,
  max_underground_distance = function(raw) return raw.data.type == "underground-belt" and raw.data.max_distance or nil end,
  crafting_categories = set "crafting_categories", resource_categories = set "resource_categories",
  resource_category = function(raw) return raw.data.type == "resource" and (raw.data.category or "basic-solid") or nil end,
  infinite_resource = function(raw)
    if raw.data.type ~= "resource" then return nil end
    return raw.data.infinite or false
  end,
  normal_resource_amount = function(raw) return raw.data.type == "resource" and (raw.data.normal or 1) or nil end,
  minimum_resource_amount = function(raw) return raw.data.type == "resource" and (raw.data.minimum or 0) or nil end,
  mining_speed = field("mining_speed"), energy_usage = per_tick("energy_usage"), module_inventory_size = field("module_slots"),
  lab_inputs = copied("inputs"), weight = field("weight"), bulk = field("bulk"), rocket_parts_required = field("rocket_parts_required"),
  target_temperature = field("target_temperature"), effectivity = field("effectivity"), map_color = copied("map_color"),
  inserter_pickup_position = copied("pickup_position"), inserter_drop_position = copied("insert_position"),
  radius_visualisation_specification = copied("radius_visualisation_specification"), attack_parameters = copied("attack_parameters"),
  selectable_in_game = field("selectable_in_game", true),
  count_as_rock_for_filtered_deconstruction = field("count_as_rock_for_filtered_deconstruction", false),
  guns = function(raw) return raw.data.guns and copy.deep(raw.data.guns) or nil end,
  max_payload_size = field("max_payload_size"), reach_distance = field("reach_distance"),
})
add("LuaEntityPrototype", "method", {
  get_crafting_speed = function(raw) return raw.data.crafting_speed end,
  get_supply_area_distance = function(raw) return raw.data.supply_area_distance or 0 end,
  get_max_wire_distance = function(raw) return raw.data.maximum_wire_distance or raw.data.circuit_wire_max_distance or 0 end,
  get_inserter_rotation_speed = function(raw) return raw.data.type == "inserter" and raw.data.rotation_speed or nil end,
  get_inserter_extension_speed = function(raw) return raw.data.type == "inserter" and raw.data.extension_speed or nil end,
  get_pumping_speed = function(raw) return raw.data.pumping_speed end,
  get_max_energy_usage = function(raw)
    local usage = raw.data.energy_usage or raw.data.energy_consumption or raw.data.consumption
    return usage and quantity.joules(usage) / 60 or 0
  end,
  get_max_energy_production = function(raw)
    local made = raw.data.production or raw.data.energy_production
    return made and quantity.joules(made) / 60 or 0
  end,
})

local function categories(raw) return copy.deep(raw.data.categories) or { raw.data.category or "crafting" } end

add("LuaRecipePrototype", "read", {
  categories = function(raw) return categories(raw) end,
  main_product = function(raw)
    local results = raw.data.results or {}
    if #results == 1 and raw.data.main_product ~= "" then return copy.deep(results[1]) end
    for _, result in ipairs(results) do if result.name == raw.data.main_product then return copy.deep(result) end end
    return nil
  end,
  emissions_multiplier = field("emissions_multiplier", 1), maximum_productivity = field("maximum_productivity", 3),
  hidden_from_player_crafting = field("hide_from_player_crafting", false), unlock_results = field("unlock_results", true),
  request_paste_multiplier = field("requester_paste_multiplier", 30), allow_as_intermediate = field("allow_as_intermediate", true),
  allow_decomposition = field("allow_decomposition", true),
  always_show_made_in = field("always_show_made_in", false),
})

local function ingredients(data)
  local list = {}
  for i, each in ipairs(data.unit and data.unit.ingredients or {}) do
    list[i] = { type = "item", name = each[1] or each.name, amount = each[2] or each.amount }
  end
  return list
end
prototypes.research_ingredients = ingredients

add("LuaTechnologyPrototype", "read", {
  research_unit_ingredients = function(raw) return ingredients(raw.data) end,
  research_unit_count = function(raw) return raw.data.unit and raw.data.unit.count or 0 end,
  research_unit_count_formula = function(raw) return raw.data.unit and raw.data.unit.count_formula or nil end,
  research_unit_energy = function(raw) return raw.data.unit and raw.data.unit.time * 60 or 0 end,
  upgrade = field("upgrade", false), visible_when_disabled = field("visible_when_disabled", false), essential = field("essential", false),
})

add("LuaFluidPrototype", "read", {
  base_color = copied("base_color"), flow_color = copied("flow_color"), emissions_multiplier = field("emissions_multiplier", 1),
})
add("LuaQualityPrototype", "read", { next_probability = field("next_probability", 0) })

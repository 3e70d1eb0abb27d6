-- Prototypes that mods look up besides items, entities, fluids, recipes and technologies: categories, tiles, equipment,
-- settings, inputs, groups.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local quantity = use "lib/quantity"
local copy = use "lib/copy"
local class, field = prototypes.class, prototypes.field

-- Families that have what every prototype has, and no more here.
for name, kind in next, {
  LuaFuelCategoryPrototype = "fuel_category", LuaResourceCategoryPrototype = "resource_category",
  LuaModuleCategoryPrototype = "module_category", LuaRecipeCategoryPrototype = "recipe_category",
  LuaAmmoCategoryPrototype = "ammo_category", LuaEquipmentCategoryPrototype = "equipment_category",
  LuaAchievementPrototype = "achievement", LuaDecorativePrototype = "decorative", LuaAutoplaceControlPrototype = "autoplace_control",
  LuaTrivialSmokePrototype = "trivial_smoke", LuaAirbornePollutantPrototype = "airborne_pollutant",
} do class(name, kind, {}) end
class("LuaDamagePrototype", "damage_type", {}, "damage")
class("LuaCollisionLayerPrototype", "collision_layer", {})
class("LuaSurfacePropertyPrototype", "surface_property", { read = { default_value = field("default_value") } })

class("LuaCustomInputPrototype", "custom_input", {
  read = {
    event_id = function(raw) return use("api/events").custom_id(raw.name) end,
    key_sequence = field("key_sequence", ""),
    alternative_key_sequence = field("alternative_key_sequence"),
    linked_game_control = field("linked_game_control", ""),
    consuming = field("consuming", "none"),
    action = field("action", "lua"),
    enabled = field("enabled", true),
    include_selected_prototype = field("include_selected_prototype", false),
    item_to_spawn = function(raw) return prototypes.wrapped("item", raw.data.item_to_spawn) end,
  },
})

class("LuaShortcutPrototype", "shortcut", {
  read = {
    action = field("action"),
    item_to_spawn = function(raw) return prototypes.wrapped("item", raw.data.item_to_spawn) end,
    technology_to_unlock = function(raw) return prototypes.wrapped("technology", raw.data.technology_to_unlock) end,
    toggleable = field("toggleable", false),
    associated_control_input = field("associated_control_input"),
  },
})

class("LuaModSettingPrototype", "mod-setting", {
  read = {
    mod = field("mod"),
    setting_type = field("setting_type"),
    default_value = function(raw) return copy.deep(raw.data.default_value) end,
    minimum_value = field("minimum_value"),
    maximum_value = field("maximum_value"),
    allowed_values = function(raw) return copy.deep(raw.data.allowed_values) end,
    allow_blank = field("allow_blank", false),
    auto_trim = field("auto_trim", false),
  },
}, "mod_setting")

class("LuaModData", "mod_data", {
  read = { data_type = field("data_type", ""), data = function(raw) return copy.deep(raw.data.data) end },
  method = { get = function(raw, key) return copy.deep(raw.data.data[key]) end },
})

class("LuaTilePrototype", "tile", {
  read = {
    layer = field("layer"),
    collision_mask = function(raw) return copy.deep(raw.data.collision_mask) end,
    walking_speed_modifier = field("walking_speed_modifier", 1),
    vehicle_friction_modifier = field("vehicle_friction_modifier", 1),
    needs_correction = field("needs_correction"),
    mineable_properties = function(raw)
      local minable = raw.data.minable
      local products = minable and (minable.result and { { type = "item", name = minable.result, amount = minable.count or 1 } } or minable.results) or {}
      return { minable = minable ~= nil, mining_time = minable and minable.mining_time or 0, products = products }
    end,
    items_to_place_this = function(raw)
      local list = {}
      for _, name in ipairs(prototypes.names("item")) do
        local places = prototypes.data("item", name).place_as_tile
        if places and places.result == raw.name then list[#list + 1] = { name = name, count = 1 } end
      end
      return #list > 0 and list or nil
    end,
  },
})

class("LuaEquipmentPrototype", "equipment", {
  read = {
    shape = function(raw) return { width = raw.data.shape.width, height = raw.data.shape.height } end,
    take_result = function(raw)
      for _, name in ipairs(prototypes.names("item")) do
        if prototypes.data("item", name).place_as_equipment_result == raw.name then return prototypes.wrapped("item", name) end
      end
      return nil
    end,
    equipment_categories = function(raw) return copy.deep(raw.data.categories) end,
    logistic_parameters = function(raw)
      if raw.data.type ~= "roboport-equipment" then return nil end
      return { construction_radius = raw.data.construction_radius, robot_limit = raw.data.robot_limit }
    end,
  },
  method = {
    get_movement_bonus = function(raw) return raw.data.movement_bonus or 0 end,
    get_shield = function(raw) return raw.data.max_shield_value or 0 end,
    get_energy_consumption = function(raw) return raw.data.energy_consumption and quantity.joules(raw.data.energy_consumption) / 60 or 0 end,
  },
})

class("LuaEquipmentGridPrototype", "equipment_grid", {
  read = {
    width = field("width"), height = field("height"), locked = field("locked", false),
    equipment_categories = function(raw) return copy.deep(raw.data.equipment_categories) end,
  },
})

-- Item groups and subgroups are one class in the game.
local LuaGroup
local function is_group(raw) return raw.kind == "item_group" end
LuaGroup = object.class("LuaGroup", {
  valid = function() return true end,
  read = {
    name = function(raw) return raw.name end,
    type = function(raw) return raw.data.type end,
    localised_name = function(raw) return raw.data.localised_name or { raw.data.type .. "-name." .. raw.name } end,
    order = function(raw) return raw.data.order or "" end,
    order_in_recipe = function(raw)
      if not is_group(raw) then object.refuse("This can only be used on groups, not subgroups.", 4) end
      return raw.data.order_in_recipe or raw.data.order or ""
    end,
    group = function(raw) return not is_group(raw) and prototypes.wrapped("item_group", raw.data.group) or nil end,
    subgroups = function(raw)
      local list = {}
      for _, name in ipairs(prototypes.names("item_subgroup")) do
        if prototypes.data("item_subgroup", name).group == raw.name then list[#list + 1] = prototypes.wrapped("item_subgroup", name) end
      end
      return list
    end,
  },
})
prototypes.family("item_group", LuaGroup)
prototypes.family("item_subgroup", LuaGroup)

use "api/prototype-fields"
use "api/prototype-filters"

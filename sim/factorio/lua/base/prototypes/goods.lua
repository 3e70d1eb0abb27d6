-- More of what players carry: intermediate products, tools, weapons, modules; and fluids.
local function goods(type, subgroup, fields, names)
  for name in names:gmatch("%S+") do
    local prototype = {
      type = type, name = name, icon = "__base__/graphics/icons/" .. name .. ".png", icon_size = 64, subgroup = subgroup, stack_size = 50,
      order = "n[" .. name .. "]",
    }
    for key, value in pairs(fields) do prototype[key] = table.deepcopy(value) end
    data:extend { prototype }
  end
end
local single = { stack_size = 1, flags = { "not-stackable" } }

data:extend {
  { type = "item-group", name = "production", order = "b", icon = "__base__/graphics/item-group/production.png", icon_size = 128 },
  { type = "item-group", name = "fluids", order = "e", icon = "__base__/graphics/item-group/fluids.png", icon_size = 128 },
  { type = "item-group", name = "signals", order = "f", icon = "__base__/graphics/item-group/signals.png", icon_size = 128 },
}
for group, names in pairs {
  logistics = "belt inserter energy-pipe-distribution transport train-transport terrain",
  production = "extraction-machine smelting-machine production-machine module space-related",
  combat = "gun capsule defensive-structure turret military-equipment equipment",
  signals = "virtual-signal virtual-signal-letter virtual-signal-number virtual-signal-color",
  fluids = "fluid-recipes fill-barrel empty-barrel barrel",
} do
  for name in names:gmatch("%S+") do data:extend { { type = "item-subgroup", name = name, group = group, order = "m" } } end
end

goods("item", "raw-resource", {}, "uranium-ore")
goods("item", "raw-material", {}, "stone-brick sulfur solid-fuel explosives battery uranium-235 uranium-238")
goods("item", "intermediate-product", {}, [[processing-unit electric-engine-unit flying-robot-frame low-density-structure rocket-fuel
  rocket-part barrel uranium-fuel-cell nuclear-fuel]])
goods("item", "terrain", { stack_size = 100 }, "landfill concrete refined-concrete hazard-concrete cliff-explosives")
goods("item", "science-pack", { stack_size = 200 }, "military-science-pack chemical-science-pack production-science-pack utility-science-pack space-science-pack")
goods("item", "logistic-network", {}, "logistic-robot construction-robot")
data.raw.item["logistic-robot"].place_result, data.raw.item["construction-robot"].place_result = "logistic-robot", "construction-robot"
goods("item", "circuit-network", { stack_size = 200 }, "red-wire green-wire copper-wire")
for _, name in pairs { "landfill", "concrete", "refined-concrete", "hazard-concrete" } do
  data.raw.item[name].place_as_tile = { result = name == "hazard-concrete" and "hazard-concrete-left" or name, condition_size = 1, condition = { layers = { water_tile = true } } }
end
for _, fuel in pairs { { "solid-fuel", "12MJ" }, { "rocket-fuel", "100MJ" } } do
  data.raw.item[fuel[1]].fuel_value, data.raw.item[fuel[1]].fuel_category = fuel[2], "chemical"
end
for i = 1, 3 do
  local suffix = i > 1 and "-" .. i or ""
  if i > 1 then goods("module", "module", { category = "speed", tier = i, effect = { speed = 0.2 + i / 10 } }, "speed-module" .. suffix) end
  goods("module", "module", { category = "productivity", tier = i, effect = { productivity = 0.02 * i + 0.02 } }, "productivity-module" .. suffix)
  goods("module", "module", { category = "efficiency", tier = i, effect = { consumption = -0.2 - i / 10 } }, "efficiency-module" .. suffix)
  goods("module", "module", { category = "quality", tier = i, effect = { quality = 0.1 * i } }, "quality-module" .. suffix)
end
goods("ammo", "ammo", { ammo_category = "bullet", magazine_size = 10, ammo_type = {}, stack_size = 100 }, "uranium-rounds-magazine")
goods("ammo", "ammo", { ammo_category = "shotgun-shell", magazine_size = 10, ammo_type = {}, stack_size = 100 }, "shotgun-shell")
goods("ammo", "ammo", { ammo_category = "rocket", ammo_type = {}, stack_size = 100 }, "rocket explosive-rocket")
goods("gun", "gun", { stack_size = 5, attack_parameters = { type = "projectile", ammo_category = "bullet", cooldown = 15, range = 15 } }, "pistol submachine-gun shotgun rocket-launcher")
goods("capsule", "capsule", { stack_size = 100, capsule_action = { type = "throw" } }, "grenade cluster-grenade raw-fish")
goods("armor", "armor", { stack_size = 1, infinite = true }, "heavy-armor modular-armor power-armor power-armor-mk2")
goods("blueprint-book", "tool", { stack_size = 1, flags = { "not-stackable", "spawnable" }, inventory_size = "dynamic" }, "blueprint-book")
local selection = { border_color = { 1, 1, 1 }, mode = { "any-entity" }, cursor_box_type = "entity" }
goods("deconstruction-item", "tool", { stack_size = 1, flags = { "not-stackable", "spawnable" }, select = selection, alt_select = selection }, "deconstruction-planner")
goods("upgrade-item", "tool", { stack_size = 1, flags = { "not-stackable", "spawnable" }, select = selection, alt_select = selection }, "upgrade-planner")
goods("copy-paste-tool", "tool", { stack_size = 1, flags = { "not-stackable", "spawnable", "only-in-cursor" }, select = selection, alt_select = selection }, "copy-paste-tool")
goods("copy-paste-tool", "tool", { stack_size = 1, flags = { "not-stackable", "spawnable", "only-in-cursor" }, cuts = true, select = selection, alt_select = selection }, "cut-paste-tool")
goods("selection-tool", "tool", { stack_size = 1, hidden = true, flags = { "not-stackable", "spawnable" }, select = selection, alt_select = selection }, "selection-tool")
goods("spidertron-remote", "transport", { stack_size = 1, flags = { "not-stackable", "spawnable" }, select = selection, alt_select = selection }, "spidertron-remote")
goods("item-with-entity-data", "transport", { stack_size = 1 }, "artillery-targeting-remote-holder")
data.raw["item-with-entity-data"]["artillery-targeting-remote-holder"] = nil

for _, name in pairs { "car", "tank", "spidertron", "locomotive", "cargo-wagon", "fluid-wagon", "artillery-wagon" } do
  local item = data.raw.item[name]
  data.raw.item[name] = nil
  item.type, item.stack_size = "item-with-entity-data", 1
  data:extend { item }
end

for _, fluid in pairs { { "heavy-oil", "d" }, { "light-oil", "e" }, { "petroleum-gas", "f" }, { "sulfuric-acid", "g" }, { "lubricant", "h" } } do
  data:extend {
    {
      type = "fluid", name = fluid[1], order = "a[fluid]-" .. fluid[2], subgroup = "fluid", default_temperature = 25,
      icon = "__base__/graphics/icons/fluid/" .. fluid[1] .. ".png", base_color = { 0.5, 0.5, 0.5 }, flow_color = { 0.7, 0.7, 0.7 },
    },
  }
end

local shape = { type = "full", width = 1, height = 1 }
local function equipment(type, fields, names)
  for name in names:gmatch("%S+") do
    goods("item", "equipment", { place_as_equipment_result = name, stack_size = 20 }, name)
    local prototype = { type = type, name = name, sprite = { filename = "__base__/graphics/equipment/" .. name .. ".png", width = 32, height = 32 }, shape = table.deepcopy(shape), categories = { "armor" }, energy_source = { type = "electric", usage_priority = "primary-input" } }
    for key, value in pairs(fields) do prototype[key] = table.deepcopy(value) end
    data:extend { prototype }
  end
end
equipment("solar-panel-equipment", { power = "30kW", energy_source = { type = "electric", usage_priority = "primary-output" } }, "solar-panel-equipment")
equipment("battery-equipment", { energy_source = { type = "electric", buffer_capacity = "20MJ", usage_priority = "tertiary" } }, "battery-equipment")
equipment("energy-shield-equipment", { max_shield_value = 50, energy_per_shield = "20kJ" }, "energy-shield-equipment")
equipment("movement-bonus-equipment", { energy_consumption = "200kW", movement_bonus = 0.3 }, "exoskeleton-equipment")
equipment("roboport-equipment", { robot_limit = 10, construction_radius = 15, charging_station_count = 2 }, "personal-roboport-equipment")
equipment("belt-immunity-equipment", { energy_consumption = "100kW" }, "belt-immunity-equipment")
equipment("night-vision-equipment", { energy_input = "10kW" }, "night-vision-equipment")

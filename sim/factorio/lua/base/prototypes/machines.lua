-- The rest of what players build, each with its item and recipe: enough for mods that copy, change or look for them.
local util = require "util"
local made_of = { { type = "item", name = "iron-plate", amount = 5 }, { type = "item", name = "iron-gear-wheel", amount = 3 } }

local function box(half) return { { -half, -half }, { half, half } } end

-- One kind of thing: type, size in tiles, fields that all have; then each by name with what it has besides.
local function family(type, size, subgroup, common, members)
  for name, own in pairs(members) do
    local prototype = {
      type = type, name = name, icon = "__base__/graphics/icons/" .. name .. ".png", icon_size = 64,
      flags = { "placeable-neutral", "player-creation" }, minable = { mining_time = 0.2, result = own.item or name },
      max_health = 200, collision_box = box(size / 2 - 0.15), selection_box = box(size / 2), corpse = name .. "-remnants",
    }
    for _, fields in ipairs { common, own } do
      for key, value in pairs(fields) do prototype[key] = table.deepcopy(value) end
    end
    prototype.item = nil
    data:extend { prototype }
    if not own.item then
      data:extend {
        {
          type = "item", name = name, icon = prototype.icon, icon_size = 64, subgroup = subgroup, order = "m[" .. name .. "]", stack_size = 50,
          place_result = name,
        },
        { type = "recipe", name = name, enabled = false, ingredients = table.deepcopy(made_of), results = { { type = "item", name = name, amount = 1 } } },
      }
    end
  end
end

local electric = { type = "electric", usage_priority = "secondary-input" }
local burner = { type = "burner", fuel_inventory_size = 1, fuel_categories = { "chemical" }, effectivity = 1 }
local pipe = { volume = 100, pipe_connections = { { direction = 0, position = { 0, 0 } } }, pipe_covers = pipecoverspictures() }

family("transport-belt", 1, "belt", { fast_replaceable_group = "transport-belt", circuit_wire_max_distance = 9 }, {
  ["transport-belt"] = { speed = 0.03125, next_upgrade = "fast-transport-belt", related_underground_belt = "underground-belt" },
  ["fast-transport-belt"] = { speed = 0.0625, next_upgrade = "express-transport-belt", related_underground_belt = "fast-underground-belt" },
  ["express-transport-belt"] = { speed = 0.09375, related_underground_belt = "express-underground-belt" },
})
family("underground-belt", 1, "belt", { fast_replaceable_group = "transport-belt" }, {
  ["underground-belt"] = { speed = 0.03125, max_distance = 5, next_upgrade = "fast-underground-belt" },
  ["fast-underground-belt"] = { speed = 0.0625, max_distance = 7, next_upgrade = "express-underground-belt" },
  ["express-underground-belt"] = { speed = 0.09375, max_distance = 9 },
})
family("splitter", 1, "belt", { fast_replaceable_group = "transport-belt", collision_box = { { -0.9, -0.4 }, { 0.9, 0.4 } } }, {
  splitter = { speed = 0.03125, next_upgrade = "fast-splitter" }, ["fast-splitter"] = { speed = 0.0625, next_upgrade = "express-splitter" },
  ["express-splitter"] = { speed = 0.09375 },
})
family("inserter", 1, "inserter", {
  fast_replaceable_group = "inserter", energy_source = electric, pickup_position = { 0, -1 }, insert_position = { 0, 1.2 },
  extension_speed = 0.03, rotation_speed = 0.014, filter_count = 5, circuit_wire_max_distance = 9,
}, {
  ["burner-inserter"] = { energy_source = burner }, inserter = { next_upgrade = "fast-inserter" },
  ["long-handed-inserter"] = { pickup_position = { 0, -2 }, insert_position = { 0, 2.2 } },
  ["fast-inserter"] = { rotation_speed = 0.04, extension_speed = 0.1 }, ["bulk-inserter"] = { bulk = true, rotation_speed = 0.04, extension_speed = 0.1 },
})
family("assembling-machine", 3, "production-machine", { energy_source = electric, energy_usage = "75kW", crafting_speed = 0.5 }, {
  ["assembling-machine-1"] = { crafting_categories = { "crafting", "advanced-crafting" }, next_upgrade = "assembling-machine-2", fast_replaceable_group = "assembling-machine" },
  ["assembling-machine-2"] = {
    crafting_categories = { "crafting", "advanced-crafting", "crafting-with-fluid" }, crafting_speed = 0.75, module_slots = 2,
    next_upgrade = "assembling-machine-3", fast_replaceable_group = "assembling-machine", fluid_boxes_off_when_no_fluid_recipe = true,
  },
  ["assembling-machine-3"] = {
    crafting_categories = { "crafting", "advanced-crafting", "crafting-with-fluid" }, crafting_speed = 1.25, module_slots = 4,
    fast_replaceable_group = "assembling-machine", fluid_boxes_off_when_no_fluid_recipe = true,
  },
  ["chemical-plant"] = { crafting_categories = { "chemistry" }, crafting_speed = 1, module_slots = 3 },
  ["centrifuge"] = { crafting_categories = { "centrifuging" }, crafting_speed = 1, module_slots = 2 },
  ["oil-refinery"] = { crafting_categories = { "oil-processing" }, crafting_speed = 1, module_slots = 3, collision_box = box(2.4), selection_box = box(2.5) },
})
family("furnace", 2, "smelting-machine", { crafting_categories = { "smelting" }, source_inventory_size = 1, result_inventory_size = 1, energy_usage = "90kW" }, {
  ["stone-furnace"] = { energy_source = burner, crafting_speed = 1, next_upgrade = "steel-furnace", fast_replaceable_group = "furnace" },
  ["steel-furnace"] = { energy_source = burner, crafting_speed = 2, fast_replaceable_group = "furnace" },
  ["electric-furnace"] = { energy_source = electric, crafting_speed = 2, module_slots = 2, collision_box = box(1.2), selection_box = box(1.5) },
})
family("mining-drill", 3, "extraction-machine", { mining_speed = 0.5, resource_searching_radius = 2.49, vector_to_place_result = { 0, -1.85 }, energy_usage = "90kW" }, {
  ["burner-mining-drill"] = { energy_source = burner, resource_categories = { "basic-solid" }, mining_speed = 0.25, resource_searching_radius = 0.99, collision_box = box(0.7), selection_box = box(1) },
  ["electric-mining-drill"] = { energy_source = electric, resource_categories = { "basic-solid" }, module_slots = 3 },
  pumpjack = { energy_source = electric, resource_categories = { "basic-fluid" }, module_slots = 2, mining_speed = 1, output_fluid_box = pipe },
})
family("pipe", 1, "energy-pipe-distribution", { fluid_box = pipe, fast_replaceable_group = "pipe" }, { pipe = {} })
family("pipe-to-ground", 1, "energy-pipe-distribution", { fluid_box = pipe, fast_replaceable_group = "pipe" }, { ["pipe-to-ground"] = {} })
family("pump", 1, "energy-pipe-distribution", { fluid_box = pipe, energy_source = electric, energy_usage = "29kW", pumping_speed = 20 }, { pump = {} })
family("offshore-pump", 1, "extraction-machine", { fluid_box = pipe, pumping_speed = 20, energy_source = { type = "void" }, energy_usage = "60kW" }, { ["offshore-pump"] = {} })
family("boiler", 2, "energy", { energy_consumption = "1.8MW", target_temperature = 165, energy_source = burner, fluid_box = pipe, output_fluid_box = pipe }, {
  boiler = {}, ["heat-exchanger"] = { energy_source = { type = "heat", max_temperature = 1000, specific_heat = "1MJ", max_transfer = "2GW" }, target_temperature = 500 },
})
family("generator", 3, "energy", { energy_source = { type = "electric", usage_priority = "secondary-output" }, fluid_box = pipe, effectivity = 1, fluid_usage_per_tick = 0.5, maximum_temperature = 165 }, {
  ["steam-engine"] = {}, ["steam-turbine"] = { maximum_temperature = 500, fluid_usage_per_tick = 1 },
})
family("solar-panel", 3, "energy", { energy_source = { type = "electric", usage_priority = "solar" }, production = "60kW" }, { ["solar-panel"] = {} })
family("reactor", 5, "energy", { consumption = "40MW", energy_source = burner, heat_buffer = { max_temperature = 1000, specific_heat = "10MJ", max_transfer = "10GW" } }, { ["nuclear-reactor"] = {} })
family("heat-pipe", 1, "energy", { heat_buffer = { max_temperature = 1000, specific_heat = "1MJ", max_transfer = "1GW" } }, { ["heat-pipe"] = {} })
family("electric-pole", 1, "energy-pipe-distribution", {}, {
  ["small-electric-pole"] = { maximum_wire_distance = 7.5, supply_area_distance = 2.5 }, ["medium-electric-pole"] = { maximum_wire_distance = 9, supply_area_distance = 3.5 },
  ["big-electric-pole"] = { maximum_wire_distance = 32, supply_area_distance = 2, collision_box = box(0.65), selection_box = box(1) },
  substation = { maximum_wire_distance = 18, supply_area_distance = 9, collision_box = box(0.7), selection_box = box(1) },
})
family("lab", 3, "production-machine", { energy_source = electric, energy_usage = "60kW", inputs = { "automation-science-pack", "logistic-science-pack" }, module_slots = 2 }, { lab = {} })
family("beacon", 3, "module", { energy_source = electric, energy_usage = "480kW", supply_area_distance = 3, distribution_effectivity = 1.5, module_slots = 2 }, { beacon = {} })
family("radar", 3, "defensive-structure", { energy_source = electric, energy_usage = "300kW", energy_per_sector = "10MJ", max_distance_of_sector_revealed = 14, max_distance_of_nearby_sector_revealed = 3, energy_per_nearby_scan = "250kJ" }, { radar = {} })
family("roboport", 4, "logistic-network", {
  energy_source = electric, energy_usage = "50kW", recharge_minimum = "40MJ", charging_energy = "500kW", logistics_radius = 25, construction_radius = 55,
  robot_slots_count = 7, material_slots_count = 7,
}, { roboport = {} })
family("lamp", 1, "circuit-network", { energy_source = electric, energy_usage_per_tick = "5kW", circuit_wire_max_distance = 9 }, { ["small-lamp"] = {} })
family("power-switch", 2, "circuit-network", { wire_max_distance = 10 }, { ["power-switch"] = {} })
family("programmable-speaker", 1, "circuit-network", { energy_source = { type = "void" }, energy_usage_per_tick = "2kW", maximum_polyphony = 10, circuit_wire_max_distance = 9 }, { ["programmable-speaker"] = {} })
family("wall", 1, "defensive-structure", { max_health = 350 }, { ["stone-wall"] = {} })
family("gate", 1, "defensive-structure", { max_health = 350, opening_speed = 0.07, activation_distance = 3 }, { gate = {} })
family("ammo-turret", 2, "turret", { inventory_size = 1, automated_ammo_count = 10, max_health = 400 }, { ["gun-turret"] = {} })
family("electric-turret", 2, "turret", { energy_source = electric, max_health = 1000 }, { ["laser-turret"] = {} })
family("fluid-turret", 2, "turret", { fluid_buffer_size = 100, max_health = 1400, fluid_box = pipe }, { ["flamethrower-turret"] = {} })
family("artillery-turret", 3, "turret", { inventory_size = 1, ammo_stack_limit = 15, max_health = 2000 }, { ["artillery-turret"] = {} })
family("land-mine", 1, "defensive-structure", { max_health = 15 }, { ["land-mine"] = {} })
family("car", 2, "transport", { inventory_size = 80, energy_source = burner, weight = 700, consumption = "150kW", effectivity = 0.6, max_health = 450, equipment_grid = "small-equipment-grid" }, {
  car = { equipment_grid = false }, tank = { weight = 20000, max_health = 2000 },
})
data.raw.car.car.equipment_grid = nil
family("spider-vehicle", 2, "transport", { inventory_size = 80, trash_inventory_size = 20, energy_source = { type = "void" }, weight = 1, max_health = 3000, equipment_grid = "small-equipment-grid" }, { spidertron = {} })
local stock = { max_speed = 1.2, air_resistance = 0.0075, joint_distance = 4, connection_distance = 3, weight = 1000, braking_force = 3, max_health = 600, collision_box = { { -0.6, -2.4 }, { 0.6, 2.4 } }, selection_box = { { -1, -2.7 }, { 1, 3.3 } } }
family("locomotive", 2, "train-transport", stock, { locomotive = { max_power = "600kW", energy_source = burner, weight = 2000 } })
family("cargo-wagon", 2, "train-transport", stock, { ["cargo-wagon"] = { inventory_size = 40 } })
family("fluid-wagon", 2, "train-transport", stock, { ["fluid-wagon"] = { capacity = 50000 } })
family("artillery-wagon", 2, "train-transport", stock, { ["artillery-wagon"] = { inventory_size = 1, ammo_stack_limit = 100 } })
data:extend {
  { type = "rail-planner", name = "rail", icon = "__base__/graphics/icons/rail.png", icon_size = 64, subgroup = "train-transport", stack_size = 100, place_result = "straight-rail", rails = { "straight-rail", "curved-rail-a", "curved-rail-b", "half-diagonal-rail" } },
  { type = "recipe", name = "rail", enabled = false, ingredients = { { type = "item", name = "stone", amount = 1 } }, results = { { type = "item", name = "rail", amount = 2 } } },
}
family("straight-rail", 2, "train-transport", {}, { ["straight-rail"] = { item = "rail" } })
family("curved-rail-a", 2, "train-transport", {}, { ["curved-rail-a"] = { item = "rail" } })
family("curved-rail-b", 2, "train-transport", {}, { ["curved-rail-b"] = { item = "rail" } })
family("half-diagonal-rail", 2, "train-transport", {}, { ["half-diagonal-rail"] = { item = "rail" } })
family("train-stop", 2, "train-transport", { chart_name = true, circuit_wire_max_distance = 9 }, { ["train-stop"] = {} })
family("rail-signal", 1, "train-transport", { circuit_wire_max_distance = 9 }, { ["rail-signal"] = {} })
family("rail-chain-signal", 1, "train-transport", { circuit_wire_max_distance = 9 }, { ["rail-chain-signal"] = {} })
family("rocket-silo", 9, "space-related", {
  crafting_categories = { "rocket-building" }, crafting_speed = 1, energy_source = electric, energy_usage = "4MW", rocket_parts_required = 100, module_slots = 4,
  max_health = 5000,
}, { ["rocket-silo"] = {} })
family("cargo-landing-pad", 8, "space-related", { inventory_size = 80, trash_inventory_size = 20 }, { ["cargo-landing-pad"] = {} })

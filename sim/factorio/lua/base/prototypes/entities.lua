local util = require "util"

local function shadowed(path, width, height)
  return {
    layers = {
      { filename = path .. ".png", priority = "extra-high", width = width, height = height, shift = util.by_pixel(-0.5, -0.5), scale = 0.5 },
      { filename = path .. "-shadow.png", priority = "extra-high", width = width + 40, height = height / 2, shift = util.by_pixel(12, 6.5), draw_as_shadow = true, scale = 0.5 },
    },
  }
end

local function circuit_connector()
  return { points = { wire = { red = { 0, 0 }, green = { 0.1, 0 } }, shadow = { red = { 0, 0 }, green = { 0.1, 0 } } } }
end

-- What every small building has.
local function building(fields)
  fields.icon = "__base__/graphics/icons/" .. fields.name .. ".png"
  fields.icon_size = 64
  fields.flags = fields.flags or { "placeable-neutral", "player-creation" }
  fields.minable = { mining_time = 0.2, result = fields.name }
  fields.max_health = fields.max_health or 200
  fields.corpse = fields.name .. "-remnants"
  fields.dying_explosion = fields.name .. "-explosion"
  fields.collision_box = fields.collision_box or { { -0.35, -0.35 }, { 0.35, 0.35 } }
  fields.selection_box = fields.selection_box or { { -0.5, -0.5 }, { 0.5, 0.5 } }
  fields.resistances = { { type = "fire", percent = 80 } }
  data:extend { fields }
end

local function chest(name, size, health, upgrade)
  building {
    type = "container", name = name, inventory_size = size, max_health = health, next_upgrade = upgrade, fast_replaceable_group = "container",
    picture = shadowed("__base__/graphics/entity/" .. name .. "/" .. name, 64, 80),
    circuit_connector = { circuit_connector() }, circuit_wire_max_distance = 9,
    impact_category = "metal", icon_draw_specification = { scale = 0.7 },
  }
end

chest("steel-chest", 48, 350)
chest("iron-chest", 32, 200, "steel-chest")
chest("wooden-chest", 16, 100, "iron-chest")

local function logistic_chest(name, mode, fields)
  local prototype = {
    type = "logistic-container", name = name, logistic_mode = mode, inventory_size = 48, max_health = 350,
    fast_replaceable_group = "container", trash_inventory_size = mode == "requester" and 20 or nil,
    picture = shadowed("__base__/graphics/entity/logistic-chest/" .. name, 66, 74),
    robot_door = { opened_duration = 7, animation = shadowed("__base__/graphics/entity/logistic-chest/" .. name .. "-door", 66, 74) },
    circuit_connector = { circuit_connector() }, circuit_wire_max_distance = 9,
    icon_draw_specification = { scale = 0.7 }, impact_category = "metal",
  }
  for key, value in pairs(fields or {}) do prototype[key] = value end
  building(prototype)
end

logistic_chest("requester-chest", "requester")
logistic_chest("buffer-chest", "buffer")
logistic_chest("storage-chest", "storage", { max_logistic_slots = 1 })
logistic_chest("passive-provider-chest", "passive-provider")
logistic_chest("active-provider-chest", "active-provider")

building {
  type = "linked-container", name = "linked-chest", inventory_size = 48, gui_mode = "admins", max_health = 350,
  flags = { "placeable-player", "player-creation" }, picture = shadowed("__base__/graphics/entity/linked-chest/linked-chest", 66, 74),
  circuit_wire_max_distance = 9,
}

building {
  type = "constant-combinator", name = "constant-combinator", max_health = 120, circuit_wire_max_distance = 9,
  sprites = {
    north = shadowed("__base__/graphics/entity/combinator/constant-combinator", 114, 102),
    east = shadowed("__base__/graphics/entity/combinator/constant-combinator", 114, 102),
    south = shadowed("__base__/graphics/entity/combinator/constant-combinator", 114, 102),
    west = shadowed("__base__/graphics/entity/combinator/constant-combinator", 114, 102),
  },
  activity_led_light_offsets = { { 0.3, -0.5 }, { 0.3, -0.1 }, { -0.3, 0.2 }, { -0.3, -0.3 } },
  circuit_wire_connection_points = { circuit_connector().points, circuit_connector().points, circuit_connector().points, circuit_connector().points },
}

for _, kind in pairs { "arithmetic", "decider" } do
  building {
    type = kind .. "-combinator", name = kind .. "-combinator", max_health = 150, circuit_wire_max_distance = 9,
    collision_box = { { -0.35, -0.65 }, { 0.35, 0.65 } }, selection_box = { { -0.5, -1 }, { 0.5, 1 } },
    energy_source = { type = "electric", usage_priority = "secondary-input" }, active_energy_usage = "1kW",
    sprites = shadowed("__base__/graphics/entity/combinator/" .. kind .. "-combinator", 144, 124),
  }
end

building {
  type = "accumulator", name = "accumulator", max_health = 150, circuit_wire_max_distance = 9,
  collision_box = { { -0.9, -0.9 }, { 0.9, 0.9 } }, selection_box = { { -1, -1 }, { 1, 1 } },
  energy_source = {
    type = "electric", buffer_capacity = "5MJ", usage_priority = "tertiary", input_flow_limit = "300kW", output_flow_limit = "300kW",
  },
  chargable_graphics = { picture = shadowed("__base__/graphics/entity/accumulator/accumulator", 130, 189), charge_cooldown = 30, discharge_cooldown = 60 },
}

building {
  type = "electric-energy-interface", name = "electric-energy-interface", max_health = 150, energy_production = "500GW", energy_usage = "0kW",
  collision_box = { { -0.9, -0.9 }, { 0.9, 0.9 } }, selection_box = { { -1, -1 }, { 1, 1 } },
  energy_source = { type = "electric", buffer_capacity = "10GJ", usage_priority = "tertiary" },
  gui_mode = "all", picture = shadowed("__base__/graphics/entity/accumulator/accumulator", 130, 189),
}

building {
  type = "storage-tank", name = "storage-tank", max_health = 500,
  collision_box = { { -1.3, -1.3 }, { 1.3, 1.3 } }, selection_box = { { -1.5, -1.5 }, { 1.5, 1.5 } },
  fluid_box = {
    volume = 25000, pipe_covers = nil, hide_connection_info = true,
    pipe_connections = { { direction = 0, position = { -1, -1 } }, { direction = 4, position = { 1, 1 } }, { direction = 8, position = { 1, 1 } }, { direction = 12, position = { -1, -1 } } },
  },
  pictures = {
    picture = { sheets = { { filename = "__base__/graphics/entity/storage-tank/storage-tank.png", frames = 2, width = 219, height = 215, scale = 0.5 } } },
    window_background = util.empty_sprite(), fluid_background = util.empty_sprite(), flow_sprite = util.empty_sprite(), gas_flow = util.empty_sprite(),
  },
  window_bounding_box = { { -0.125, 0.6875 }, { 0.1875, 1.1875 } }, flow_length_in_ticks = 360, circuit_wire_max_distance = 9,
}

data:extend {
  { type = "item-entity", name = "item-on-ground", flags = { "placeable-off-grid", "not-on-map" }, icon = "__core__/graphics/item-on-ground.png" },
  { type = "entity-ghost", name = "entity-ghost", flags = { "not-on-map" }, icon = "__core__/graphics/icons/entity-ghost.png" },
  { type = "construction-robot", name = "construction-robot", flags = { "placeable-off-grid" }, icon = "__base__/graphics/icons/construction-robot.png", max_health = 100 },
  { type = "character", name = "character", flags = { "placeable-off-grid" }, icon = "__core__/graphics/icons/entity/character.png", max_health = 250, crafting_categories = { "crafting" }, mining_categories = { "basic-solid" } },
}

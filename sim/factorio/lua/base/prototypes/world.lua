-- What is there before anybody builds: ores, trees, enemies, tiles; and what helps the engine.
local function named(type, fields, names)
  for name in names:gmatch("%S+") do
    local prototype = { type = type, name = name }
    for key, value in pairs(fields) do prototype[key] = table.deepcopy(value) end
    if prototype.icon == true then prototype.icon = "__base__/graphics/icons/" .. name .. ".png" end
    data:extend { prototype }
  end
end
local box = { { -0.1, -0.1 }, { 0.1, 0.1 } }

named("resource-category", {}, "basic-solid basic-fluid hard-solid")
for _, ore in pairs { "iron-ore", "copper-ore", "stone", "coal", "uranium-ore" } do
  named("resource", { icon = true, flags = { "placeable-neutral" }, category = "basic-solid", minable = { mining_time = 1, result = ore }, collision_box = box, stage_counts = { 1 } }, ore)
end
named("resource", { icon = true, flags = { "placeable-neutral" }, category = "basic-fluid", infinite = true, minimum = 60000, normal = 300000, minable = { mining_time = 1, results = { { type = "fluid", name = "crude-oil", amount = 10 } } }, stage_counts = { 0 } }, "crude-oil")
named("tree", { icon = true, flags = { "placeable-neutral" }, max_health = 50, minable = { mining_time = 0.5, result = "wood", count = 4 }, collision_box = box }, "tree-01 tree-02 dead-tree-desert")
named("simple-entity", { icon = true, flags = { "placeable-neutral" }, max_health = 500, minable = { mining_time = 1, result = "stone", count = 20 }, collision_box = box }, "big-rock huge-rock")
named("fish", { icon = true, flags = { "placeable-neutral" }, max_health = 20, collision_box = box }, "fish")
named("unit", { icon = true, flags = { "placeable-player", "placeable-enemy" }, max_health = 15, movement_speed = 0.2, distance_per_frame = 0.125, vision_distance = 30, collision_box = box }, "small-biter medium-biter big-biter small-spitter")
named("unit-spawner", { icon = true, flags = { "placeable-player", "placeable-enemy" }, max_health = 350, max_count_of_owned_units = 7, max_friends_around_to_spawn = 5, spawning_radius = 10, spawning_spacing = 3, collision_box = { { -3, -2 }, { 2, 2 } } }, "biter-spawner spitter-spawner")
named("turret", { icon = true, flags = { "placeable-player", "placeable-enemy" }, max_health = 200, collision_box = { { -0.9, -0.8 }, { 0.9, 0.8 } } }, "small-worm-turret medium-worm-turret")
named("logistic-robot", { icon = true, flags = { "placeable-off-grid" }, max_health = 100, max_payload_size = 1 }, "logistic-robot")
named("tile-ghost", { flags = { "not-on-map" } }, "tile-ghost")
named("item-request-proxy", { flags = { "not-on-map" } }, "item-request-proxy")
named("character-corpse", { icon = "__core__/graphics/icons/entity/character.png", time_to_live = 54000 }, "character-corpse")
named("highlight-box", { flags = { "not-on-map" } }, "highlight-box")
named("cliff", { icon = true, flags = { "placeable-neutral" }, collision_box = box }, "cliff")
named("explosion", { icon = "__base__/graphics/icons/explosion.png" }, "explosion spark-explosion")

for _, chosen in pairs { { "grass-1", 25 }, { "dirt-1", 24 }, { "sand-1", 26 }, { "landfill", 57 }, { "stone-path", 60 }, { "concrete", 61 }, { "refined-concrete", 64 }, { "hazard-concrete-left", 62 }, { "water", 3, true }, { "deepwater", 3, true }, { "out-of-map", 70 }, { "lab-dark-1", 70 }, { "lab-white", 70 }, { "empty-space", 70 }, { "space-platform-foundation", 70 } } do
  local layers = chosen[3] and { water_tile = true, player = true, item = true, resource = true } or { ground_tile = true }
  named("tile", { layer = chosen[2], map_color = { 100, 100, 100 }, collision_mask = { layers = layers }, walking_speed_modifier = 1, needs_correction = chosen[3] or false }, chosen[1])
end

named("damage-type", {}, "physical impact fire explosion electric acid poison laser")
named("module-category", {}, "speed productivity efficiency quality")
named("recipe-category", {}, "basic-crafting crafting-with-fluid chemistry oil-processing centrifuging rocket-building parameters smelting-or-crafting electronics pressing")
named("fuel-category", {}, "nuclear")
named("ammo-category", {}, "shotgun-shell cannon-shell rocket grenade artillery-shell flamethrower laser")
named("equipment-category", {}, "armor")
named("equipment-grid", { equipment_categories = { "armor" }, width = 5, height = 5 }, "small-equipment-grid medium-equipment-grid large-equipment-grid")
named("airborne-pollutant", { chart_color = { 1, 0, 0 } }, "pollution")
named("surface-property", { default_value = 100 }, "solar-power gravity pressure magnetic-field day-night-cycle")
data.raw["surface-property"]["day-night-cycle"].default_value = 25200

for i = 0, 9 do data:extend { { type = "virtual-signal", name = "signal-" .. i, icon = "__base__/graphics/icons/signal/signal_" .. i .. ".png", order = "c" } } end
for letter in ("BCDEFGHIJKLMNOPQRSUVWXYZ"):gmatch(".") do
  data:extend { { type = "virtual-signal", name = "signal-" .. letter, icon = "__base__/graphics/icons/signal/signal_" .. letter .. ".png", order = "b" } }
end
for color in ("red green blue yellow pink cyan white black grey"):gmatch("%S+") do
  data:extend { { type = "virtual-signal", name = "signal-" .. color, icon = "__base__/graphics/icons/signal/signal_" .. color .. ".png", order = "d" } }
end

named("autoplace-control", { category = "resource" }, "coal copper-ore crude-oil iron-ore stone uranium-ore")
named("autoplace-control", { category = "terrain" }, "rocks starting_area_moisture trees water")
named("autoplace-control", { category = "cliff" }, "nauvis_cliff")
named("autoplace-control", { category = "enemy" }, "enemy-base")
named("optimized-decorative", { collision_box = box, pictures = { { filename = "__base__/graphics/decorative/brown-asterisk.png", width = 1, height = 1 } } }, "brown-asterisk")
named("trivial-smoke", { animation = { filename = "__base__/graphics/entity/smoke-fast/smoke-fast.png", width = 1, height = 1 }, duration = 60 }, "smoke-fast")
named("achievement", { icon = "__base__/graphics/achievement/minions.png" }, "minions")

-- What inventories an entity of each type has, and of what size: { [defines.inventory.…] = slots }.
local use = ...
local prototypes = use "api/prototypes"
local index = use("api/interface").defines().inventory

-- Names differ between the game lines: the first that this one has.
local function named(...)
  for _, name in ipairs { ... } do if index[name] then return index[name] end end
end

local input = named("crafter_input", "assembling_machine_input", "furnace_source")
local output = named("crafter_output", "assembling_machine_output", "furnace_result")
local modules = named("crafter_modules", "assembling_machine_modules", "furnace_modules")

local by_type = {
  container = function(data, quality) return { [index.chest] = prototypes.slots(data, quality) } end,
  ["logistic-container"] = function(data, quality)
    return { [index.chest] = prototypes.slots(data, quality), [index.logistic_container_trash] = data.trash_inventory_size }
  end,
  furnace = function(data) return { [input] = data.source_inventory_size, [output] = data.result_inventory_size, [modules] = data.module_slots } end,
  ["assembling-machine"] = function(data) return { [input] = 8, [output] = 4, [modules] = data.module_slots } end,
  ["rocket-silo"] = function(data) return { [input] = 8, [output] = 1, [modules] = data.module_slots, [index.rocket_silo_rocket] = 20 } end,
  lab = function(data) return { [index.lab_input] = #data.inputs, [index.lab_modules] = data.module_slots } end,
  ["mining-drill"] = function(data) return { [index.mining_drill_modules] = data.module_slots } end,
  beacon = function(data) return { [index.beacon_modules] = data.module_slots } end,
  ["ammo-turret"] = function(data) return { [index.turret_ammo] = data.inventory_size } end,
  ["artillery-turret"] = function(data) return { [index.artillery_turret_ammo] = data.inventory_size } end,
  ["artillery-wagon"] = function(data) return { [index.artillery_wagon_ammo] = data.inventory_size } end,
  ["cargo-wagon"] = function(data, quality) return { [index.cargo_wagon] = data.inventory_size } end,
  car = function(data) return { [index.car_trunk] = data.inventory_size, [index.car_ammo] = data.guns and #data.guns or nil } end,
  ["spider-vehicle"] = function(data) return { [index.spider_trunk] = data.inventory_size, [index.spider_trash] = data.trash_inventory_size } end,
  roboport = function(data) return { [index.roboport_robot] = data.robot_slots_count, [index.roboport_material] = data.material_slots_count } end,
  character = function()
    return {
      [index.character_main] = 80, [index.character_guns] = 3, [index.character_ammo] = 3, [index.character_armor] = 1, [index.character_trash] = 30,
    }
  end,
  ["item-entity"] = function() return { [index.chest] = 1 } end,
  ["space-platform-hub"] = function(data) return { [index.hub_main] = data.inventory_size or 60, [index.hub_trash] = 20 } end,
  ["cargo-landing-pad"] = function(data) return { [index.cargo_landing_pad_main] = data.inventory_size, [index.cargo_landing_pad_trash] = data.trash_inventory_size } end,
}

local inventories = {}

-- The inventories of a prototype of this quality.
function inventories.of(data, quality)
  local sizes = by_type[data.type] and by_type[data.type](data, quality) or {}
  local source = data.energy_source
  if source and source.type == "burner" then
    sizes[index.fuel] = source.fuel_inventory_size
    sizes[index.burnt_result] = source.burnt_inventory_size
  end
  return sizes
end

-- Which one `insert`, `get_output_inventory` and their like mean.
inventories.main = {
  container = index.chest, ["logistic-container"] = index.chest, furnace = output, ["assembling-machine"] = output,
  ["cargo-wagon"] = index.cargo_wagon, car = index.car_trunk, ["spider-vehicle"] = index.spider_trunk, ["rocket-silo"] = output,
  lab = index.lab_input, ["ammo-turret"] = index.turret_ammo, ["space-platform-hub"] = index.hub_main,
  ["cargo-landing-pad"] = index.cargo_landing_pad_main, roboport = index.roboport_robot, character = index.character_main,
  ["artillery-turret"] = index.artillery_turret_ammo, ["artillery-wagon"] = index.artillery_wagon_ammo,
  ["item-entity"] = index.chest, locomotive = index.fuel, boiler = index.fuel, inserter = index.fuel,
}
inventories.modules = {
  furnace = modules, ["assembling-machine"] = modules, ["rocket-silo"] = modules, lab = index.lab_modules,
  ["mining-drill"] = index.mining_drill_modules, beacon = index.beacon_modules,
}

return inventories

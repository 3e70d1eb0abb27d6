local function technology(name, prerequisites, recipes, count)
  local effects = {}
  for i, recipe in ipairs(recipes) do effects[i] = { type = "unlock-recipe", recipe = recipe } end
  data:extend {
    {
      type = "technology", name = name, prerequisites = prerequisites, effects = effects,
      icon = "__base__/graphics/technology/" .. name .. ".png", icon_size = 256,
      unit = { count = count, time = 15, ingredients = { { "automation-science-pack", 1 } } },
    },
  }
end

technology("automation-science-pack", {}, { "automation-science-pack" }, 5)
technology("automation", { "automation-science-pack" }, {}, 10)
technology("logistic-science-pack", { "automation-science-pack" }, { "logistic-science-pack" }, 75)
technology("steel-processing", { "automation-science-pack" }, { "steel-plate", "steel-chest" }, 50)
technology("logistics", { "automation-science-pack" }, {}, 20)
technology("circuit-network", { "logistic-science-pack", "steel-processing" }, { "arithmetic-combinator", "decider-combinator", "constant-combinator" }, 100)
technology("fluid-handling", { "logistic-science-pack", "steel-processing" }, { "storage-tank" }, 50)
technology("advanced-circuit", { "circuit-network" }, { "advanced-circuit" }, 200)
technology("electric-energy-accumulators", { "circuit-network" }, { "accumulator" }, 150)
technology("construction-robotics", { "advanced-circuit" }, { "passive-provider-chest", "storage-chest" }, 100)
technology("logistic-robotics", { "advanced-circuit" }, { "passive-provider-chest", "storage-chest" }, 250)
technology("electronics", { "automation" }, {}, 30)
technology("military", { "automation-science-pack" }, { "radar", "stone-wall" }, 10)
technology("logistics-2", { "logistics", "logistic-science-pack" }, { "fast-transport-belt", "fast-underground-belt", "fast-splitter" }, 200)
technology("automation-2", { "automation", "logistic-science-pack" }, { "assembling-machine-2" }, 40)
technology("oil-gathering", { "fluid-handling" }, { "pumpjack" }, 100)
technology("oil-processing", { "oil-gathering" }, { "oil-refinery", "chemical-plant" }, 100)
technology("railway", { "logistics-2" }, { "rail", "locomotive", "cargo-wagon" }, 75)
technology("automated-rail-transportation", { "railway" }, { "train-stop", "rail-signal", "rail-chain-signal" }, 75)
technology("automobilism", { "logistics-2" }, { "car" }, 100)
technology("solar-energy", { "electronics" }, { "solar-panel" }, 250)
technology("electric-energy-distribution-1", { "electronics" }, { "medium-electric-pole", "big-electric-pole" }, 120)
technology("nuclear-power", { "oil-processing" }, { "nuclear-reactor", "heat-exchanger", "heat-pipe", "steam-turbine" }, 800)
technology("modules", { "advanced-circuit" }, {}, 100)
technology("effect-transmission", { "modules" }, { "beacon" }, 75)
technology("rocket-silo", { "modules" }, { "rocket-silo" }, 1000)
technology("space-platform", { "rocket-silo" }, {}, 1000)
-- The others, without their prerequisites: mods name them.
for name in ([[battery battery-equipment battery-mk2-equipment belt-immunity-equipment advanced-material-processing
  advanced-material-processing-2 advanced-oil-processing artillery atomic-bomb automation-3 braking-force-1 chemical-science-pack
  cliff-explosives coal-liquefaction concrete defender destroyer discharge-defense-equipment distractor effectivity-module
  efficiency-module efficiency-module-2 efficiency-module-3 electric-energy-distribution-2 electric-engine energy-shield-equipment
  energy-shield-mk2-equipment engine exoskeleton-equipment explosives explosive-rocketry flamethrower flammables
  fission-reactor-equipment fluid-wagon gate gun-turret heavy-armor inserter-capacity-bonus-1 bulk-inserter fast-inserter
  kovarex-enrichment-process land-mine landfill lamp laser laser-turret low-density-structure lubricant military-2 military-3
  military-4 military-science-pack mining-productivity-1 modular-armor night-vision-equipment nuclear-fuel-reprocessing
  personal-laser-defense-equipment personal-roboport-equipment personal-roboport-mk2-equipment physical-projectile-damage-1
  plastics power-armor power-armor-mk2 processing-unit production-science-pack productivity-module productivity-module-2
  productivity-module-3 radar refined-flammables-1 repair-pack research-speed-1 robotics rocket-fuel rocketry
  rocket-control-unit solar-panel-equipment space-science-pack speed-module speed-module-2 speed-module-3 spidertron stack-inserter
  steam-power steel-axe stone-wall sulfur-processing tank toolbelt uranium-ammo uranium-mining uranium-processing
  utility-science-pack weapon-shooting-speed-1 worker-robots-speed-1 worker-robots-storage-1 logistics-3
  quality-module quality-module-2 quality-module-3]]):gmatch("%S+") do technology(name, { "automation-science-pack" }, {}, 100) end
technology("logistic-system", { "logistic-robotics" }, { "active-provider-chest", "buffer-chest", "requester-chest" }, 500)

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
technology("logistic-system", { "logistic-robotics" }, { "active-provider-chest", "buffer-chest", "requester-chest" }, 500)

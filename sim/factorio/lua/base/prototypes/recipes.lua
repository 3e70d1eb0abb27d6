local function items(list)
  local result = {}
  for name, amount in pairs(list) do result[#result + 1] = { type = "item", name = name, amount = amount } end
  return result
end

local function recipe(name, ingredients, fields)
  local prototype = { type = "recipe", name = name, ingredients = items(ingredients), results = items { [name] = 1 } }
  for key, value in pairs(fields or {}) do prototype[key] = value end
  data:extend { prototype }
end

recipe("iron-plate", { ["iron-ore"] = 1 }, { categories = { "smelting" }, energy_required = 3.2 })
recipe("copper-plate", { ["copper-ore"] = 1 }, { categories = { "smelting" }, energy_required = 3.2 })
recipe("steel-plate", { ["iron-plate"] = 5 }, { categories = { "smelting" }, energy_required = 16, enabled = false })
recipe("iron-gear-wheel", { ["iron-plate"] = 2 })
recipe("iron-stick", { ["iron-plate"] = 1 }, { results = items { ["iron-stick"] = 2 } })
recipe("copper-cable", { ["copper-plate"] = 1 }, { results = items { ["copper-cable"] = 2 } })
recipe("electronic-circuit", { ["iron-plate"] = 1, ["copper-cable"] = 3 })
recipe("advanced-circuit", { ["electronic-circuit"] = 2, ["plastic-bar"] = 2, ["copper-cable"] = 4 }, { energy_required = 6, enabled = false })
recipe("automation-science-pack", { ["copper-plate"] = 1, ["iron-gear-wheel"] = 1 }, { energy_required = 5, enabled = false })
recipe("logistic-science-pack", { ["iron-gear-wheel"] = 1, ["electronic-circuit"] = 1 }, { energy_required = 6, enabled = false })
recipe("firearm-magazine", { ["iron-plate"] = 4 })
recipe("repair-pack", { ["electronic-circuit"] = 2, ["iron-gear-wheel"] = 1 })
recipe("wooden-chest", { ["wood"] = 2 })
recipe("iron-chest", { ["iron-plate"] = 8 })
recipe("steel-chest", { ["steel-plate"] = 8 }, { enabled = false })
recipe("storage-tank", { ["iron-plate"] = 20, ["steel-plate"] = 5 }, { enabled = false })
recipe("accumulator", { ["iron-plate"] = 2, ["electronic-circuit"] = 2 }, { enabled = false })
recipe("arithmetic-combinator", { ["electronic-circuit"] = 5, ["copper-cable"] = 5 }, { enabled = false })
recipe("decider-combinator", { ["electronic-circuit"] = 5, ["copper-cable"] = 5 }, { enabled = false })
recipe("constant-combinator", { ["electronic-circuit"] = 2, ["copper-cable"] = 5 }, { enabled = false })
for _, name in ipairs { "passive-provider-chest", "active-provider-chest", "storage-chest", "buffer-chest", "requester-chest" } do
  recipe(name, { ["steel-chest"] = 1, ["electronic-circuit"] = 3, ["advanced-circuit"] = 1 }, { enabled = false })
end

local function item(name, order, subgroup, fields)
  local prototype = {
    type = "item", name = name, order = order, subgroup = subgroup, stack_size = 100,
    icon = "__base__/graphics/icons/" .. name .. ".png", icon_size = 64,
  }
  for key, value in pairs(fields or {}) do prototype[key] = value end
  data:extend { prototype }
end

item("wood", "a[wood]", "raw-resource", { fuel_value = "2MJ", fuel_category = "chemical" })
item("coal", "b[coal]", "raw-resource", { fuel_value = "4MJ", fuel_category = "chemical", stack_size = 50 })
item("stone", "d[stone]", "raw-resource", { stack_size = 50 })
item("iron-ore", "e[iron-ore]", "raw-resource", { stack_size = 50 })
item("copper-ore", "f[copper-ore]", "raw-resource", { stack_size = 50 })
item("iron-plate", "a[smelting]-a[iron-plate]", "raw-material")
item("copper-plate", "a[smelting]-b[copper-plate]", "raw-material")
item("steel-plate", "a[smelting]-c[steel-plate]", "raw-material")
item("plastic-bar", "b[chemistry]-b[plastic-bar]", "raw-material")
item("iron-gear-wheel", "a[basic-intermediates]-a[iron-gear-wheel]", "intermediate-product")
item("iron-stick", "a[basic-intermediates]-b[iron-stick]", "intermediate-product")
item("copper-cable", "a[basic-intermediates]-c[copper-cable]", "intermediate-product", { stack_size = 200 })
item("electronic-circuit", "b[circuits]-a[electronic-circuit]", "intermediate-product", { stack_size = 200 })
item("advanced-circuit", "b[circuits]-b[advanced-circuit]", "intermediate-product", { stack_size = 200 })
item("engine-unit", "c[advanced-intermediates]-a[engine-unit]", "intermediate-product", { stack_size = 50 })
item("automation-science-pack", "a[automation-science-pack]", "science-pack", { stack_size = 200 })
item("logistic-science-pack", "b[logistic-science-pack]", "science-pack", { stack_size = 200 })

-- Rots in two minutes into something that does not.
item("spoilage", "c[organics]-a[spoilage]", "intermediate-product", { fuel_value = "250kJ", fuel_category = "chemical" })
item("nutrients", "c[organics]-b[nutrients]", "intermediate-product", { spoil_ticks = 7200, spoil_result = "spoilage", fuel_value = "2MJ", fuel_category = "chemical" })

for i, name in ipairs { "wooden-chest", "iron-chest", "steel-chest" } do
  item(name, "a[items]-" .. i, "storage", { place_result = name, stack_size = 50 })
end
for i, name in ipairs { "passive-provider-chest", "active-provider-chest", "storage-chest", "buffer-chest", "requester-chest" } do
  item(name, "b[storage]-" .. i, "logistic-network", { place_result = name, stack_size = 50 })
end
item("linked-chest", "a[items]-d", "other", { place_result = "linked-chest", stack_size = 10 })
item("arithmetic-combinator", "c[combinators]-a", "circuit-network", { place_result = "arithmetic-combinator", stack_size = 50 })
item("decider-combinator", "c[combinators]-b", "circuit-network", { place_result = "decider-combinator", stack_size = 50 })
item("constant-combinator", "c[combinators]-c", "circuit-network", { place_result = "constant-combinator", stack_size = 50 })
item("accumulator", "e[accumulator]-a", "energy", { place_result = "accumulator", stack_size = 50 })
item("electric-energy-interface", "a[electric-energy-interface]", "other", { place_result = "electric-energy-interface", stack_size = 50 })
item("storage-tank", "b[fluid]-a[storage-tank]", "storage", { place_result = "storage-tank", stack_size = 25 })

item("firearm-magazine", "a[basic-clips]-a", "ammo", { type = "ammo", magazine_size = 10, ammo_category = "bullet", ammo_type = {}, stack_size = 100 })
item("piercing-rounds-magazine", "a[basic-clips]-b", "ammo", { type = "ammo", magazine_size = 10, ammo_category = "bullet", ammo_type = {}, stack_size = 100 })
item("repair-pack", "b[repair]-a[repair-pack]", "tool", { type = "repair-tool", durability = 300, speed = 2, stack_size = 100 })
item("light-armor", "a[light-armor]", "armor", { type = "armor", infinite = true, stack_size = 1 })
item("speed-module", "a[speed]-a", "other", { type = "module", category = "speed", tier = 1, effect = { speed = 0.2 }, stack_size = 50 })
item("blueprint", "c[automated-construction]-a[blueprint]", "tool", { type = "blueprint", stack_size = 1, flags = { "not-stackable", "spawnable" } })
item("item-with-tags", "s[item-with-tags]-o", "other", { type = "item-with-tags", stack_size = 1, hidden = true, flags = { "not-stackable" } })
item("parameter-0", "z", "other", { parameter = true, stack_size = 1, hidden = true })

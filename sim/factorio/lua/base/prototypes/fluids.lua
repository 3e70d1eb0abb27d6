local function fluid(name, order, fields)
  fields.type, fields.name, fields.order, fields.subgroup = "fluid", name, order, "fluid"
  fields.icon = "__base__/graphics/icons/fluid/" .. name .. ".png"
  data:extend { fields }
end

fluid("water", "a[fluid]-a[water]", {
  default_temperature = 15, max_temperature = 100, heat_capacity = "2kJ",
  base_color = { 0, 0.34, 0.6 }, flow_color = { 0.7, 0.7, 0.7 },
})
fluid("steam", "a[fluid]-b[steam]", {
  default_temperature = 15, max_temperature = 5000, heat_capacity = "0.2kJ", gas_temperature = 15, auto_barrel = false,
  base_color = { 0.5, 0.5, 0.5 }, flow_color = { 1, 1, 1 },
})
fluid("crude-oil", "a[fluid]-c[crude-oil]", {
  default_temperature = 25, base_color = { 0, 0, 0 }, flow_color = { 0.5, 0.5, 0.5 },
})

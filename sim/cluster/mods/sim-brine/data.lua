-- A fluid of a mod of its own, so that its prototype can be gone.
data:extend {
  {
    type = "fluid", name = "brine", icon = "__base__/graphics/icons/fluid/water.png", default_temperature = 15,
    base_color = { 0, 0, 1 }, flow_color = { 0, 0, 1 },
  },
}

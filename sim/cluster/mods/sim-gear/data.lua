-- Gone together with this mod; used in rare quality only.
data:extend { { type = "item", name = "gear", icon = "__base__/graphics/icons/iron-plate.png", stack_size = 1000 } }

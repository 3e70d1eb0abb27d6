-- One item of a mod of its own, so that its prototype can be gone. The mod looks at ore as a whole.
data:extend { { type = "item", name = "ore", icon = "__base__/graphics/icons/iron-plate.png", stack_size = 1000 } }

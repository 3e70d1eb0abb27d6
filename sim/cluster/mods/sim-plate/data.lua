-- Gone together with this mod. A magazine may be partly used, so the mod looks at plates stack by stack.
data:extend { {
  type = "ammo", name = "plate", icon = "__base__/graphics/icons/iron-plate.png", stack_size = 1000, magazine_size = 10,
  ammo_category = "bullet", ammo_type = {},
} }

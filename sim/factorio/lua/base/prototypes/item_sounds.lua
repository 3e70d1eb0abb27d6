-- The sounds of items that are moved, picked up and dropped, by name.
return setmetatable({}, {
  __index = function(_, name) return { filename = "__base__/sound/item/" .. name:gsub("_", "-") .. ".ogg", volume = 0.5 } end,
})

-- Levels 0, 1, 2, 3 and 5, as the quality mod has them.
local levels = {
  { "normal", 0, "uncommon", { 1, 1, 1 } },
  { "uncommon", 1, "rare", { 0.2, 0.9, 0.3 } },
  { "rare", 2, "epic", { 0.1, 0.5, 1 } },
  { "epic", 3, "legendary", { 0.7, 0.1, 1 } },
  { "legendary", 5, nil, { 1, 0.6, 0.1 } },
}

for i, level in ipairs(levels) do
  data:extend {
    {
      type = "quality", name = level[1], level = level[2], next = level[3], color = level[4], order = string.char(96 + i),
      next_probability = level[3] and 0.1 or nil, icon = "__quality__/graphics/icons/quality-" .. level[1] .. ".png",
      subgroup = "other",
    },
  }
end

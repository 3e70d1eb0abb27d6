-- The sounds of the game's entities, by name: a name that is not listed is one sound.
local function sound(name) return { { filename = "__base__/sound/" .. name .. ".ogg", volume = 0.5 } } end

return setmetatable({ generic_impact = sound "car-metal-impact", machine_open = sound "machine-open", machine_close = sound "machine-close" }, {
  __index = function(_, name)
    if name:find("^play_") or name:find("_variations$") then return nil end
    return sound((name:gsub("_", "-")))
  end,
})

-- Tables of sounds that differ by a number at the end of the file's name.
function sound_variations(path, variations, volume, modifiers)
  local result = {}
  for i = 1, variations do
    result[i] = { filename = path .. "-" .. i .. ".ogg", volume = volume, modifiers = modifiers }
  end
  return result
end

function volume_multiplier(kind, multiplier) return { type = kind, volume_multiplier = multiplier } end

return { sound_variations = sound_variations, volume_multiplier = volume_multiplier }

-- Collision masks: { layers = { name = true }, … }.
local defaults = require "collision-mask-defaults"
local masks = {}

function masks.new_mask() return { layers = {} } end

function masks.get_default_mask(type)
  return table.deepcopy(defaults[type]) or masks.new_mask()
end

function masks.get_mask(prototype) return prototype.collision_mask or masks.get_default_mask(prototype.type) end

function masks.mask_contains_layer(mask, layer) return mask.layers[layer] == true end

function masks.masks_are_same(a, b)
  for layer in pairs(a.layers) do if not b.layers[layer] then return false end end
  for layer in pairs(b.layers) do if not a.layers[layer] then return false end end
  return (a.not_colliding_with_itself or false) == (b.not_colliding_with_itself or false)
end

function masks.masks_collide(a, b)
  for layer in pairs(a.layers) do if b.layers[layer] then return true end end
  return false
end

-- Prototypes whose mask has this layer.
function masks.collect_prototypes_with_layer(layer)
  local found = {}
  for _, prototypes in pairs(data.raw) do
    for _, prototype in pairs(prototypes) do
      local mask = prototype.collision_mask or defaults[prototype.type]
      if type(mask) == "table" and mask.layers and mask.layers[layer] then found[#found + 1] = prototype end
    end
  end
  return found
end

return masks

-- What flies off a thing that is hit.
local hit_effects = {}

local function effect(name)
  return function(offset_deviation)
    return {
      type = "create-entity", entity_name = name, offset_deviation = offset_deviation or { { -0.5, -0.5 }, { 0.5, 0.5 } },
      offsets = { { 0, 0 } },
    }
  end
end
hit_effects.entity, hit_effects.rock, hit_effects.wall = effect "spark-explosion", effect "rock-damaged-explosion", effect "wall-damaged-explosion"
hit_effects.biter, hit_effects.flying_robot = effect "enemy-damaged-explosion", effect "flying-robot-damaged-explosion"

return hit_effects

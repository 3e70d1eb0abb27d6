-- The part of util that is about sprites and icons.
local sprites = {}

function sprites.by_pixel(x, y) return { x / 32, y / 32 } end
function sprites.by_pixel_hr(x, y) return { x / 64, y / 64 } end

local function pair(shift) return shift and (shift.x or shift[1]) or 0, shift and (shift.y or shift[2]) or 0 end

function sprites.add_shift(a, b)
  if a == nil then return b end
  if b == nil then return a end
  local ax, ay = pair(a)
  local bx, by = pair(b)
  return { ax + bx, ay + by }
end

function sprites.mul_shift(shift, scale)
  if shift == nil or scale == nil then return shift end
  local x, y = pair(shift)
  return { x * scale, y * scale }
end

-- Calls f for each sprite definition in a table of layers and directions.
function sprites.foreach_sprite_definition(t, f)
  if t.layers then
    for _, layer in ipairs(t.layers) do sprites.foreach_sprite_definition(layer, f) end
  else
    f(t)
  end
  return t
end

function sprites.add_shift_offset(offset, t)
  return sprites.foreach_sprite_definition(t, function(sprite) sprite.shift = sprites.add_shift(offset, sprite.shift) end)
end

function sprites.multiplystripes(count, stripes)
  local result = {}
  for _, stripe in ipairs(stripes) do
    for _ = 1, count do result[#result + 1] = stripe end
  end
  return result
end

function sprites.draw_as_glow(layer)
  layer.draw_as_glow = true
  return layer
end

local EMPTY = "__core__/graphics/empty.png"
function sprites.empty_sprite(animation_length)
  return {
    filename = EMPTY, priority = "extra-high", width = 1, height = 1, frame_count = animation_length and 1 or nil,
    repeat_count = animation_length,
  }
end
function sprites.empty_animation(animation_length)
  return { filename = EMPTY, priority = "extra-high", width = 1, height = 1, line_length = 1, frame_count = 1, repeat_count = animation_length }
end
function sprites.empty_icon() return { icon = EMPTY, icon_size = 1 } end

-- The icons of one prototype on top of another's.
function sprites.combine_icons(below, above, inputs, default_icon_size)
  local result = {}
  for _, icon in ipairs(below) do result[#result + 1] = table.deepcopy(icon) end
  local scale = inputs.scale or 1
  for _, icon in ipairs(above) do
    local copy = table.deepcopy(icon)
    copy.scale = (copy.scale or 32 / (copy.icon_size or default_icon_size or 64)) * scale
    copy.shift = sprites.add_shift(sprites.mul_shift(copy.shift, scale), inputs.shift)
    copy.tint = inputs.tint or copy.tint
    result[#result + 1] = copy
  end
  return result
end

local function with_constant(name)
  return function(icon)
    return {
      { icon = icon, icon_size = 256 },
      { icon = "__core__/graphics/icons/technology/constants/constant-" .. name .. ".png", icon_size = 128, scale = 0.5, shift = { 50, 50 } },
    }
  end
end
for key, name in pairs {
  damage = "damage", speed = "speed", movement_speed = "movement-speed", range = "range", planet = "planet", equipment = "equipment",
  stack_size = "count", capacity = "capacity", productivity = "mining-productivity", recipe_productivity = "recipe-productivity",
  worker_robot_speed = "movement-speed", worker_robot_storage = "capacity", followers = "count", braking_force = "braking-force",
  mining = "mining-productivity",
} do sprites["technology_icon_constant_" .. key] = with_constant(name) end

function sprites.sprite_load(path, fields)
  local sprite = { filename = path .. ".png", width = 64, height = 64 }
  for key, value in pairs(fields) do sprite[key] = value end
  return sprite
end

return sprites

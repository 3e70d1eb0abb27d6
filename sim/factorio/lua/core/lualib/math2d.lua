-- Vectors and boxes.
local math2d = { position = {}, bounding_box = {}, projection = {} }
local position = math2d.position

function position.ensure_xy(p)
  if p.x ~= nil then return { x = p.x, y = p.y } end
  return { x = p[1], y = p[2] }
end
local xy = position.ensure_xy

function position.add(a, b)
  a, b = xy(a), xy(b)
  return { x = a.x + b.x, y = a.y + b.y }
end
function position.subtract(a, b)
  a, b = xy(a), xy(b)
  return { x = a.x - b.x, y = a.y - b.y }
end
function position.multiply_scalar(a, n)
  a = xy(a)
  return { x = a.x * n, y = a.y * n }
end
function position.divide_scalar(a, n) return position.multiply_scalar(a, 1 / n) end
function position.rotate_vector(a, degrees)
  a = xy(a)
  local c, s = math.cos(math.rad(degrees)), math.sin(math.rad(degrees))
  return { x = c * a.x - s * a.y, y = s * a.x + c * a.y }
end
function position.distance_squared(a, b)
  local d = position.subtract(a, b)
  return d.x * d.x + d.y * d.y
end
function position.distance(a, b) return math.sqrt(position.distance_squared(a, b)) end
function position.vector_length(a) return position.distance(a, { 0, 0 }) end
function position.get_normalised(a) return position.divide_scalar(a, position.vector_length(a)) end
function position.dot_product(a, b)
  a, b = xy(a), xy(b)
  return a.x * b.x + a.y * b.y
end

local box = math2d.bounding_box

function box.ensure_xy(b)
  return { left_top = xy(b.left_top or b[1]), right_bottom = xy(b.right_bottom or b[2]) }
end
function box.get_centre(b)
  b = box.ensure_xy(b)
  return { x = (b.left_top.x + b.right_bottom.x) / 2, y = (b.left_top.y + b.right_bottom.y) / 2 }
end
function box.contains_point(b, p)
  b, p = box.ensure_xy(b), xy(p)
  return p.x >= b.left_top.x and p.x <= b.right_bottom.x and p.y >= b.left_top.y and p.y <= b.right_bottom.y
end
function box.contains_box(b, inner)
  inner = box.ensure_xy(inner)
  return box.contains_point(b, inner.left_top) and box.contains_point(b, inner.right_bottom)
end
function box.collides_with(a, b)
  a, b = box.ensure_xy(a), box.ensure_xy(b)
  return a.left_top.x < b.right_bottom.x and b.left_top.x < a.right_bottom.x
    and a.left_top.y < b.right_bottom.y and b.left_top.y < a.right_bottom.y
end
function box.create_from_centre(p, width, height)
  p, height = xy(p), height or width
  return {
    left_top = { x = p.x - width / 2, y = p.y - height / 2 }, right_bottom = { x = p.x + width / 2, y = p.y + height / 2 },
  }
end

return math2d

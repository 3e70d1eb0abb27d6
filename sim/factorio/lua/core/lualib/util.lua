-- Core's util: the names and the meaning are the game's, the code is not.
local sprites = require "util-sprites"

local util = { table = {} }

function util.table.deepcopy(object)
  local copies = {}
  local function copy(value)
    -- What the game passes on as it is: LuaObjects.
    if type(value) ~= "table" then return value end
    if copies[value] then return copies[value] end
    local result = {}
    copies[value] = result
    for key, item in pairs(value) do result[copy(key)] = copy(item) end
    return setmetatable(result, getmetatable(value))
  end
  return copy(object)
end

function util.table.compare(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for key, value in pairs(a) do
    if not util.table.compare(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

util.copy = util.table.deepcopy

function util.merge(tables)
  local result = {}
  for _, t in ipairs(tables) do
    for key, value in pairs(t) do
      if type(value) == "table" and type(result[key]) == "table" then
        result[key] = util.merge { result[key], value }
      else
        result[key] = util.table.deepcopy(value)
      end
    end
  end
  return result
end

-- Positions and directions.
function util.distance(a, b)
  local x, y = (a.x or a[1]) - (b.x or b[1]), (a.y or a[2]) - (b.y or b[2])
  return math.sqrt(x * x + y * y)
end

function util.positiontostr(p) return string.format("[%g, %g]", p.x or p[1], p.y or p[2]) end

local steps = { [0] = { 0, -1 }, [4] = { 1, 0 }, [8] = { 0, 1 }, [12] = { -1, 0 } }
function util.moveposition(position, direction, distance)
  local step = steps[direction] or error("Unknown direction: " .. tostring(direction), 2)
  return { x = (position.x or position[1]) + step[1] * distance, y = (position.y or position[2]) + step[2] * distance }
end

function util.oppositedirection(direction) return (direction + 8) % 16 end

-- Numbers and texts.
function util.clamp(n, lower, upper) return math.max(lower, math.min(upper, n)) end

function util.formattime(ticks)
  local seconds = math.floor(ticks / 60)
  return string.format("%d:%02d", math.floor(seconds / 60), seconds % 60)
end

local magnitudes = { { "P", 1e15 }, { "T", 1e12 }, { "G", 1e9 }, { "M", 1e6 }, { "k", 1e3 } }
function util.format_number(amount, append_suffix)
  local suffix = ""
  if append_suffix then
    for _, magnitude in ipairs(magnitudes) do
      if math.abs(amount) >= magnitude[2] then
        amount, suffix = math.floor(amount / (magnitude[2] / 10)) / 10, magnitude[1]
        break
      end
    end
  end
  local text, groups = tostring(amount), nil
  repeat
    text, groups = text:gsub("^(-?%d+)(%d%d%d)", "%1,%2")
  until groups == 0
  return text .. suffix
end

function util.increment(t, index, by) t[index] = (t[index] or 0) + (by or 1) end

function util.split(text, separator)
  local parts = {}
  for part in string.gmatch(text, "[^" .. separator .. "]+") do parts[#parts + 1] = part end
  return parts
end

function util.split_whitespace(text)
  local parts = {}
  for part in text:gmatch("%S+") do parts[#parts + 1] = part end
  return parts
end

function util.string_starts_with(text, start) return text:sub(1, #start) == start end
function util.string_replace(text, what, with) return (text:gsub(what:gsub("%p", "%%%0"), (with:gsub("%%", "%%%%")))) end

local factors = { [""] = 1, k = 1e3, K = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15, E = 1e18, Z = 1e21, Y = 1e24 }
function util.parse_energy(energy)
  if not energy then return nil end
  local number, prefix, unit = energy:match("^%s*([%d.]+)%s*(%a?)([JW])%s*$")
  if not number or not factors[prefix] then error("Unknown energy: " .. energy, 2) end
  return tonumber(number) * factors[prefix] / (unit == "W" and 60 or 1)
end

function util.product_amount(product)
  local amount = product.amount or ((product.amount_min or 0) + (product.amount_max or 0)) / 2
  return amount * (product.probability or 1)
end

-- Colours.
function util.color(hex)
  local digits = hex:gsub("^#", "")
  if #digits <= 4 then digits = digits:gsub(".", "%0%0") end
  local part = {}
  for pair in digits:gmatch("%x%x") do part[#part + 1] = tonumber(pair, 16) / 255 end
  return { r = part[1], g = part[2], b = part[3], a = part[4] or 1 }
end

function util.premul_color(color)
  local r, g, b, a = color.r or color[1] or 0, color.g or color[2] or 0, color.b or color[3] or 0, color.a or color[4] or 1
  return { r = r * a, g = g * a, b = b * a, a = a }
end

function util.multiply_color(color, n)
  return { r = (color.r or 0) * n, g = (color.g or 0) * n, b = (color.b or 0) * n, a = (color.a or 0) * n }
end

function util.mix_color(a, b)
  return {
    r = ((a.r or 0) + (b.r or 0)) / 2, g = ((a.g or 0) + (b.g or 0)) / 2, b = ((a.b or 0) + (b.b or 0)) / 2,
    a = ((a.a or 0) + (b.a or 0)) / 2,
  }
end

function util.get_color_with_alpha(color, alpha, normalize)
  local one = math.max(color.r or color[1] or 0, color.g or color[2] or 0, color.b or color[3] or 0) > 1
  local unit = normalize and one and 255 or 1
  return { r = (color.r or color[1]) / unit, g = (color.g or color[2]) / unit, b = (color.b or color[3]) / unit, a = alpha }
end

-- Lists and maps.
function util.list_to_map(list)
  local map = {}
  for _, item in pairs(list) do map[item] = true end
  return map
end

function util.add_list(into, from)
  for _, item in ipairs(from) do into[#into + 1] = item end
end

function util.remove_from_list(list, value)
  for i, item in ipairs(list) do
    if item == value then
      table.remove(list, i)
      return true
    end
  end
  return false
end

function util.conditional_return(condition, value) return condition and value or nil end

-- Players and inventories.
function util.online_players()
  local count = 0
  for _ in pairs(game.connected_players) do count = count + 1 end
  return count
end

function util.insert_safe(target, items)
  if not (target and target.valid and items) then return end
  for name, count in pairs(items) do
    if prototypes.item[name] then target.insert { name = name, count = count } else log("Item to insert not valid: " .. name) end
  end
end

function util.remove_safe(target, items)
  if not (target and target.valid and items) then return end
  for name, count in pairs(items) do
    if prototypes.item[name] then target.remove { name = name, count = count } else log("Item to remove not valid: " .. name) end
  end
end

for name, value in pairs(sprites) do util[name] = value end

-- As in the game, requiring util adds to the standard table library and defines globals.
table.deepcopy, table.compare = util.table.deepcopy, util.table.compare
_G.util = util

return util

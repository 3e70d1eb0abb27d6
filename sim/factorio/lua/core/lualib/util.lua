-- The part of core's util that mods of this kind use; the functions have the game's names and meaning.
local util = { table = {} }

function util.table.deepcopy(object)
  local copies = {}
  local function copy(value)
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

function util.by_pixel(x, y) return { x / 32, y / 32 } end

function util.empty_sprite()
  return { filename = "__core__/graphics/empty.png", priority = "extra-high", width = 1, height = 1 }
end

function util.split(text, separator)
  local parts = {}
  for part in string.gmatch(text, "[^" .. separator .. "]+") do parts[#parts + 1] = part end
  return parts
end

-- As in the game, requiring util adds to the standard table library and defines globals.
table.deepcopy = util.table.deepcopy
_G.util = util

return util

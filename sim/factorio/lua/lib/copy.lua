-- Copies of plain tables. LuaObjects inside are passed on as they are.
local copy = {}

local function deep(value, seen)
  if type(value) ~= "table" or getmetatable(value) == "private" then return value end
  if seen[value] then return seen[value] end
  local result = {}
  seen[value] = result
  for key, item in next, value do result[deep(key, seen)] = deep(item, seen) end
  return result
end

function copy.deep(value) return deep(value, {}) end

-- What crosses from one mod to another (remote.call): functions cannot.
function copy.between_mods(value)
  local function check(item)
    if type(item) == "function" then error("Can't pass a function to another mod", 0) end
    if type(item) == "table" and getmetatable(item) ~= "private" then
      for key, inner in next, item do check(key) check(inner) end
    end
  end
  check(value)
  return copy.deep(value)
end

return copy

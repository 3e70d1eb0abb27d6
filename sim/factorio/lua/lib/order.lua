-- Iteration orders. `next` and `pairs` go as in the game: keys 1 to 1024, then the others in the order in which they were
-- inserted (lua/vm). Sorted is what does not depend on that; shuffled finds mod code that does.
local order = {}

local rank = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local ta, tb = rank[type(a)] or 9, rank[type(b)] or 9
  if ta ~= tb then return ta < tb end
  if ta < 3 then return a < b end
  if ta == 3 then return (not a) and b end
  return false
end

function order.keys(t)
  local keys, n = {}, 0
  for key in next, t do
    n = n + 1
    keys[n] = key
  end
  if n > 1 then table.sort(keys, before) end
  return keys, n
end

local function walk(t, keys)
  local at = 0
  return function()
    while true do
      at = at + 1
      local key = keys[at]
      if key == nil then return nil end
      local value = t[key]
      if value ~= nil then return key, value end
    end
  end
end

-- Two peers are given different seeds: whatever then differs in `storage` depended on the order.
function order.shuffled_pairs(seed)
  local state = (seed % 2147483646) + 1
  return function(t)
    local keys, n = order.keys(t)
    for i = n, 2, -1 do
      state = (state * 48271) % 2147483647
      local j = state % i + 1
      keys[i], keys[j] = keys[j], keys[i]
    end
    return walk(t, keys)
  end
end

return order

-- One turn of the demo world's economy. What it counts is what the chests, tanks and accumulators really took or gave.
local goods = require("goods")
local roles = require("roles")

local TICKS_A_SECOND = 60

local work = {}

local function count(totals, good, amount)
  local resource = goods.resource(good)
  totals[resource] = (totals[resource] or 0) + amount
end

local function port_of(ports, good)
  local port = ports[goods.resource(good)]
  return port and port.valid and port or nil
end

local function produce(good, amount)
  local port = port_of(storage.exports, good)
  if not port then return end
  -- Whole units only: what the port has no whole room for is not made.
  local whole = math.min(amount, goods.kind(good).room(port, good))
  if whole >= 1 then count(storage.produced, good, goods.kind(good).put(port, good, whole)) end
end

local function available(good)
  local port = port_of(storage.imports, good)
  return port and goods.kind(good).available(port, good) or 0
end

local function consume(good, amount)
  local port = port_of(storage.imports, good)
  local whole = math.min(amount, available(good))
  if port and whole >= 1 then count(storage.consumed, good, goods.kind(good).take(port, good, whole)) end
end

local function room_for(good)
  local port = port_of(storage.exports, good)
  return port and goods.kind(good).room(port, good) or 0
end

-- As many as the scarcest ingredient and the room for the product allow.
local function craft(recipe, amount)
  local times = math.min(amount, room_for(recipe))
  for _, good in ipairs(recipe.from) do times = math.min(times, available(good)) end
  if times < 1 then return end
  for _, good in ipairs(recipe.from) do consume(good, times) end
  produce(recipe, times)
end

-- `ticks` have passed since the last turn.
function work.turn(role, ticks)
  local function share(per_second) return math.floor(per_second * ticks / TICKS_A_SECOND) end
  for _, make in ipairs(role.makes) do produce(make, share(make.per_second)) end
  for _, use in ipairs(role.uses) do consume(use, share(use.per_second)) end
  if role.crafts then craft(role.crafts, share(role.crafts.per_second)) end
end

work.role = function(surface) return roles[surface.map_gen_settings.seed % 3] end

return work

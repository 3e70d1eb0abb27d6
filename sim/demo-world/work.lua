-- One turn of the demo world's economy. What it counts is what the chests really took or gave.
local roles = require("roles")

local TICKS_A_SECOND = 60

local work = {}

local function count(totals, name, amount)
  local resource = "item:" .. name
  totals[resource] = (totals[resource] or 0) + amount
end

local function chest_inventory(chest)
  return chest and chest.valid and chest.get_inventory(defines.inventory.chest) or nil
end

local function produce(name, amount)
  local inventory = chest_inventory(storage.exports[name])
  if not inventory or amount < 1 then return end
  count(storage.produced, name, inventory.insert({ name = name, count = amount }))
end

local function consume(name, amount)
  local inventory = chest_inventory(storage.imports[name])
  if not inventory or amount < 1 then return 0 end
  local taken = inventory.remove({ name = name, count = amount })
  count(storage.consumed, name, taken)
  return taken
end

local function available(name)
  local inventory = chest_inventory(storage.imports[name])
  return inventory and inventory.get_item_count(name) or 0
end

local function room_for(name)
  local inventory = chest_inventory(storage.exports[name])
  return inventory and inventory.get_insertable_count(name) or 0
end

-- As many as the scarcest ingredient and the room for the product allow.
local function craft(recipe, amount)
  local times = math.min(amount, room_for(recipe.name))
  for _, name in ipairs(recipe.from) do times = math.min(times, available(name)) end
  if times < 1 then return end
  for _, name in ipairs(recipe.from) do consume(name, times) end
  produce(recipe.name, times)
end

-- `ticks` have passed since the last turn.
function work.turn(role, ticks)
  local function share(per_second) return math.floor(per_second * ticks / TICKS_A_SECOND) end
  for _, make in ipairs(role.makes) do produce(make.name, share(make.per_second)) end
  for _, use in ipairs(role.uses) do consume(use.name, share(use.per_second)) end
  if role.crafts then craft(role.crafts, share(role.crafts.per_second)) end
end

work.role = function(surface) return roles[surface.map_gen_settings.seed % 3] end

return work

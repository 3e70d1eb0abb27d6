-- Who hears of an inventory's change: called wherever the contents, the bar or the filters of one are changed. A world without
-- inserters pays one look for it.
local use = ...
local world = use "world"

local sleepers = { wake = nil } -- wake(inv): set by api/inserter

function sleepers.changed(inv)
  if world.now and world.now.inserters then sleepers.wake(inv) end
end

-- The same for all inventories of an entity.
function sleepers.all_changed(raw)
  for _, inv in next, raw.inventories do sleepers.changed(inv) end
end

return sleepers

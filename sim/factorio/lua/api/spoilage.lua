-- Spoilage: what is spoiled becomes its spoil result, or nothing. The world knows the first tick at which anything spoils, so ticks
-- before it cost nothing.
local use = ...
local world = use "world"
local prototypes = use "api/prototypes"
local sleepers = use "api/sleepers"

local spoilage = {}

-- Notes that something spoils at this tick.
function spoilage.expect(tick)
  local now = world.now
  if now.spoils_at == nil or tick < now.spoils_at then now.spoils_at = tick end
end

-- When an item of this name and quality that is fresh to `1 - share` spoils; nil for what does not.
function spoilage.tick_of(name, quality, share)
  local ticks = prototypes.spoil_ticks(prototypes.require("item", name), quality)
  if ticks <= 0 then return nil end
  local tick = world.now.tick + math.ceil(ticks * (1 - share))
  spoilage.expect(tick)
  return tick
end

local function turn(inv, now)
  for i, slot in next, inv.slots do
    if slot.spoil_tick and slot.spoil_tick <= now.tick then
      local result = prototypes.require("item", slot.name).spoil_result
      inv.slots[i] = result and { name = result, quality = slot.quality, count = slot.count, spoil_tick = spoilage.tick_of(result, slot.quality, 0) } or nil
      sleepers.changed(inv)
    elseif slot.spoil_tick then
      spoilage.expect(slot.spoil_tick)
    end
  end
end

-- Everything whose time has come, wherever it lies.
function spoilage.turn_over()
  local now = world.now
  now.spoils_at = nil
  for _, surface in ipairs(now.surfaces) do
    for _, raw in ipairs(surface.entities) do
      if not raw.dead then for _, inv in next, raw.inventories do turn(inv, now) end end
    end
  end
  for _, force in ipairs(now.forces) do for _, inv in next, force.linked do turn(inv, now) end end
  for _, inv in ipairs(now.inventories) do turn(inv, now) end
  for _, player in ipairs(now.players) do if player.cursor then turn(player.cursor, now) end end
end

return spoilage

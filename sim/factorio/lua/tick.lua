-- One tick: on_tick, on_nth_tick, then what waits for the end of the tick. Tick 0 belongs to the making of the map; a
-- command runs between two ticks and sees the number of the one before it.
local use = ...
local world = use "world"
local events = use "api/events"
local surface = use "api/surface"
local force = use "api/force"
local player = use "api/player"
local render = use "api/render"
local platform = use "api/platform"
local spoilage = use "api/spoilage"
local order = use "lib/order"
local circuit = use "api/circuit"
local inserter = use "api/inserter"

local tick = {}

function tick.finish()
  local now = world.now
  if now.merging then force.merge_marked() end
  if now.spoils_at and now.spoils_at <= now.tick then spoilage.turn_over() end
  if now.platforms then platform.expire() end
  if now.translations then player.tell_translations() end
  if now.renders then render.expire() end
  if now.doomed then surface.delete_doomed() end
  if #now.destroyed == 0 then return end
  -- What these handlers destroy is told at the end of the next tick.
  local gone = now.destroyed
  now.destroyed = {}
  for _, data in ipairs(gone) do events.raise("on_object_destroyed", data) end
end

local function nth(now)
  for _, mod in ipairs(events.mods) do
    if next(mod.nth) then
      for _, n in ipairs((order.keys(mod.nth))) do
        local handler = mod.nth[n]
        if handler and now.tick % n == 0 then
          events.call(mod, "event " .. mod.name .. "::on_nth_tick(" .. n .. ")", handler, { tick = now.tick, nth_tick = n })
        end
      end
    end
  end
end

-- Everything of the tick that `game.tick` says.
function tick.perform()
  circuit.step()
  inserter.step()
  events.raise("on_tick", {})
  nth(world.now)
  tick.finish()
end

function tick.run(count)
  local now = world.now
  for _ = 1, count do
    now.tick = now.tick + 1
    tick.perform()
  end
  return string.format("%.0f", now.tick)
end

return tick

-- Inserters: they carry items from one entity to another, and sleep when there is nothing to take or no room for it.
--
-- IN1 The save carries `raw.arm` and the hand (an inventory of the entity). All else here is worked out from the world when it
--     is needed and not there: after loading, every peer has the same.
-- IN2 An inserter that can do nothing is in no list that a tick looks at. It lies on the inventories whose change would
--     make a difference, its own hand among them; the tiles at both ends tell it of what is built and removed there.
-- IN3 Who is woken acts in the tick after, and those of one tick act in the order in which they were built.
-- IN4 Items are in one inventory at any time: a source's, the hand's, or a target's.
local use = ...
local world = use "world"
local prototypes = use "api/prototypes"
local inventory = use "api/inventory"
local sleepers = use "api/sleepers"
local copy = use "lib/copy"
local targets = use "api/inserter-targets"

local inserter = { HAND = -1 } -- the hand's place among the inventories: no number of the game's
local HAND = inserter.HAND

-- Worked out: { world, cells = { [surface] = { [tile] = { here = { [raw] = true }, looking = { [raw] = true } } } }, at = { [raw] =
-- cells that know it }, asleep = { [inv] = { [raw] = true } }, beds = { [raw] = { inventories } }, due = { [tick] = { raws } } }.
local known

local function cell(surface, x, y)
  local by = known.cells[surface] or {}
  local key = (math.floor(x) + 2 ^ 21) * 2 ^ 22 + math.floor(y) + 2 ^ 21
  known.cells[surface], by[key] = by, by[key] or { here = {}, looking = {} }
  return by[key]
end

-- { x, y } of the end "pick" or "drop": the prototype's vector turned with the inserter, or the one that a script wrote.
function inserter.position(raw, which)
  local own = raw.arm[which .. "_vector"]
  if own then return { x = raw.x + own.x, y = raw.y + own.y } end
  local prototype = prototypes.require("entity", raw.name)
  local vector = which == "pick" and prototype.pickup_position or prototype.insert_position
  local x, y = vector.x or vector[1], vector.y or vector[2]
  for _ = 1, math.floor(raw.direction / 4) % 4 do x, y = -y, x end
  return { x = raw.x + x, y = raw.y + y }
end

local function enter(raw, set, place)
  known.at[raw] = known.at[raw] or {}
  table.insert(known.at[raw], place)
  place[set][raw] = true
end

-- Tiles as the game lays them: an even side reaches further to the left and up.
local function each_tile(raw, visit)
  local prototype = prototypes.wrapped("entity", raw.name)
  local width, height = prototype.tile_width, prototype.tile_height
  local left, top = math.floor(raw.x) - math.floor(width / 2), math.floor(raw.y) - math.floor(height / 2)
  for x = left, left + width - 1 do for y = top, top + height - 1 do visit(x, y) end end
end

local function add(raw)
  if raw.arm then
    for _, which in ipairs { "pick", "drop" } do
      local at = inserter.position(raw, which)
      enter(raw, "looking", cell(raw.surface, at.x, at.y))
    end
  end
  if targets.is_one(raw) then each_tile(raw, function(x, y) enter(raw, "here", cell(raw.surface, x, y)) end) end
end

-- What is at an end: what a script chose, else what was built there first.
function inserter.target(raw, which)
  inserter.know()
  local at, best = inserter.position(raw, which), nil
  for other in next, cell(raw.surface, at.x, at.y).here do
    if other.unit_number == raw.arm[which .. "_chosen"] then return other end
    if other ~= raw and (not best or other.unit_number < best.unit_number) then best = other end
  end
  return best
end

local function schedule(raw, ticks)
  local tick = world.now.tick + ticks
  raw.arm.due = tick
  known.due[tick] = known.due[tick] or {}
  table.insert(known.due[tick], raw)
end

local function lie_on(raw, inv)
  known.asleep[inv] = known.asleep[inv] or {}
  known.asleep[inv][raw] = true
  table.insert(known.beds[raw], inv)
end

-- Asleep, on everything that it waits for.
local function lie_down(raw)
  local arm = raw.arm
  known.beds[raw] = {}
  lie_on(raw, raw.inventories[HAND])
  local source, target = inserter.target(raw, "pick"), inserter.target(raw, "drop")
  if arm.waits == "source" and source then for _, inv in ipairs(targets.sources(source)) do lie_on(raw, inv) end end
  if target and (arm.waits == "space" or arm.picky) then
    for _, inv in ipairs(targets.all(target)) do lie_on(raw, inv) end
  end
end

local function get_up(raw)
  for _, inv in ipairs(known.beds[raw] or {}) do
    local others = known.asleep[inv]
    if others then
      others[raw] = nil
      if not next(others) then known.asleep[inv] = nil end
    end
  end
  known.beds[raw] = nil
end

-- Works out what the save does not carry.
function inserter.know()
  if known and known.world == world.now then return end
  known = { world = world.now, cells = {}, at = {}, asleep = {}, beds = {}, due = {} }
  for _, surface in ipairs(world.now.surfaces) do
    for _, raw in ipairs(surface.entities) do
      if not raw.dead and prototypes.record("entity", raw.name) then add(raw) end
    end
  end
  for raw in next, known.at do
    if raw.arm and raw.arm.due then schedule(raw, raw.arm.due - world.now.tick) elseif raw.arm then lie_down(raw) end
  end
end

-- Looks again in the next tick, if it is not on its way.
function inserter.wake(raw)
  inserter.know()
  if raw.arm.due then return end
  get_up(raw)
  schedule(raw, 1)
end

function sleepers.wake(inv)
  inserter.know()
  local others = known.asleep[inv]
  if not others then return end
  known.asleep[inv] = nil
  for raw in next, others do inserter.wake(raw) end
end

-- Wakes it and everybody who has it at an end: a setting of it was changed.
function inserter.touched(raw)
  if not world.now.inserters then return end
  inserter.know()
  if raw.arm and not raw.dead then inserter.wake(raw) end
  for _, place in ipairs(known.at[raw] or {}) do
    if place.here[raw] then for other in next, place.looking do inserter.wake(other) end end
  end
end

-- It is gone from where it stood, and from every list.
function inserter.removed(raw)
  if not world.now.inserters then return end
  inserter.know()
  local places = known.at[raw]
  known.at[raw] = nil
  get_up(raw)
  for _, place in ipairs(places or {}) do
    local stood = place.here[raw]
    place.here[raw], place.looking[raw] = nil, nil
    if stood then for other in next, place.looking do inserter.wake(other) end end
  end
end

-- It stands, or looks, somewhere else than before.
function inserter.moved(raw)
  if not world.now.inserters then return end
  inserter.removed(raw)
  add(raw)
  inserter.touched(raw)
end

-- What a settings paste or a clone carries over.
function inserter.settings_from(raw, source)
  for _, key in ipairs { "filters", "mode", "use_filters", "override", "pick_vector", "drop_vector" } do
    raw.arm[key] = copy.deep(source.arm[key])
  end
  inserter.moved(raw)
end

-- For every new entity.
function inserter.built(raw)
  if raw.type == "inserter" then
    raw.inventories[HAND] = inventory.new { size = 1, owner = raw }
    raw.arm = { at = "pick", waits = "source", filters = {}, mode = "whitelist", use_filters = false, override = 0 }
    world.now.inserters = true
  end
  inserter.moved(raw)
end

-- Half a turn, in ticks: rotation speeds are in turns a tick.
local function swing(raw)
  local speed = prototypes.require("entity", raw.name).rotation_speed
  return math.max(1, math.ceil(0.5 / speed))
end

-- How many it takes at once.
function inserter.wanted(raw) return raw.arm.override > 0 and raw.arm.override or 1 end

local function passes(arm, slot)
  if not arm.use_filters then return true end
  for _, filter in next, arm.filters do
    if filter.name == slot.name and filter.quality == slot.quality then return arm.mode == "whitelist" end
  end
  return arm.mode == "blacklist"
end

-- `n` of a stack as a stack of its own. What is partly used stays behind as long as there is more of it.
local function part(slot, n)
  local taken = {}
  for key, value in next, slot do taken[key] = value end
  taken.count = n
  if n < slot.count then taken.ammo, taken.durability = nil, nil end
  return taken
end

local function sleep(raw, why)
  raw.arm.waits = why
  lie_down(raw)
end

local function turn_to(raw, which)
  raw.arm.at, raw.arm.waits = which, nil
  schedule(raw, swing(raw))
end

-- Takes the first stack that its filters and its target let pass.
local function take(raw, hand)
  local arm, source, target = raw.arm, inserter.target(raw, "pick"), inserter.target(raw, "drop")
  arm.picky = false
  for _, inv in ipairs(source and target and not source.to_be_deconstructed and targets.sources(source) or {}) do
    for i = 1, inv.size do
      local slot = inv.slots[i]
      if slot and passes(arm, slot) then
        local _, room = targets.place(target, slot)
        local n = math.min(inserter.wanted(raw), slot.count, room or 0)
        if n >= 1 then
          hand.slots[1], slot.count = part(slot, n), slot.count - n
          if slot.count == 0 then inv.slots[i] = nil end
          sleepers.changed(inv)
          return turn_to(raw, "drop")
        end
        arm.picky = true
      end
    end
  end
  sleep(raw, "source")
end

-- Puts down what there is room for; turns back when the hand is empty.
local function give(raw, hand)
  local slot, target = hand.slots[1], inserter.target(raw, "drop")
  local inv, room
  if target and not target.to_be_deconstructed then inv, room = targets.place(target, slot) end
  local n = inv and math.min(slot.count, room) or 0
  local put = n > 0 and inventory.insert(inv, part(slot, n)) or 0
  slot.count = slot.count - put
  if slot.count > 0 then return sleep(raw, "space") end
  hand.slots[1] = nil
  turn_to(raw, "pick")
end

-- A script may have filled or emptied the hand anywhere.
local function act(raw)
  local hand = raw.inventories[HAND]
  raw.arm.due = nil
  if raw.disabled_by_script or raw.to_be_deconstructed then return sleep(raw, "leave") end
  local wants = hand.slots[1] and "drop" or "pick"
  if raw.arm.at ~= wants then return turn_to(raw, wants) end
  if wants == "drop" then give(raw, hand) else take(raw, hand) end
end

-- Those whose time has come.
function inserter.step()
  local now = world.now
  if not now.inserters then return end
  inserter.know()
  local list = known.due[now.tick]
  if not list then return end
  known.due[now.tick] = nil
  table.sort(list, function(a, b) return a.unit_number < b.unit_number end)
  for _, raw in ipairs(list) do if not raw.dead then act(raw) end end
end

-- How much of the way to where its hand is going is still ahead: 0 when it stands still.
function inserter.way_left(raw)
  local ahead = raw.arm.due and raw.arm.waits == nil and raw.arm.due - world.now.tick or 0
  return math.min(1, ahead / swing(raw))
end

return inserter

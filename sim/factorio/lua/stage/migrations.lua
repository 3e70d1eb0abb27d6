-- JSON migrations of mods: migrations/<name>.json, { "item": [["old", "new"], …], "entity": …, "fluid": …, "quality": … }. A save
-- remembers which were applied to it; a new map needs none. Not here: migrations in Lua, and the names of prototypes that are
-- gone without one, which the game lists with "" as their new name.
local use = ...
local json = use "lib/json"
local order = use "lib/order"

local migrations = {}
local files = {} -- mod -> { file name = renames by kind }
local known = { item = true, entity = true, fluid = true, quality = true }

function migrations.add(mod, file, text)
  local by_kind = json.decode(text)
  for kind in next, by_kind do
    if not known[kind] then error("migrations of " .. tostring(kind) .. " (stand-in: not offered): " .. mod .. "/" .. file, 0) end
  end
  files[mod] = files[mod] or {}
  files[mod][file] = by_kind
end

-- Calls visit(id, renames by kind) for each file: mods in load order, files by name.
local function each(mods, visit)
  for _, mod in ipairs(mods) do
    for _, file in ipairs((order.keys(files[mod.name] or {}))) do visit(mod.name .. "/" .. file, files[mod.name][file]) end
  end
end

-- A map that is made now is as the mods want it.
function migrations.none_needed(now, mods)
  now.migrations = {}
  each(mods, function(id) now.migrations[id] = true end)
end

-- One file's pairs hold for the names before it (so two things can change places), and go on from what earlier files made.
local function rename(map, pairs_)
  local step = {}
  for _, pair in ipairs(pairs_) do step[pair[1]] = pair[2] end
  for old, new in next, map do map[old] = step[new] or new end
  for old, new in next, step do map[old] = map[old] or new end
end

-- Old name -> new name by kind, of all that this save has not seen; they are noted as applied.
local function due(now, mods)
  local renames = {}
  now.migrations = now.migrations or {}
  each(mods, function(id, by_kind)
    if now.migrations[id] then return end
    now.migrations[id] = true
    for kind, pairs_ in next, by_kind do
      renames[kind] = renames[kind] or {}
      rename(renames[kind], pairs_)
    end
  end)
  return renames
end

local function inventory(inv, items, qualities)
  for _, stack in next, inv.slots do
    stack.name, stack.quality = items[stack.name] or stack.name, qualities[stack.quality] or stack.quality
  end
  for i, name in next, inv.filters or {} do
    if type(name) == "string" then inv.filters[i] = items[name] or name end
  end
end

local function sections(holder, renames, qualities)
  for _, section in ipairs(holder and holder.sections or {}) do
    for _, slot in next, section.slots do
      local names = renames[slot.type or "item"] or {}
      slot.name, slot.quality = names[slot.name] or slot.name, qualities[slot.quality] or slot.quality
    end
  end
end

-- Renames everything in the world; returns the renames by kind, {} when there was nothing to do.
function migrations.apply(now, mods)
  local renames = due(now, mods)
  if not next(renames) then return renames end
  local items, entities, fluids = renames.item or {}, renames.entity or {}, renames.fluid or {}
  local qualities = renames.quality or {}
  for _, surface in ipairs(now.surfaces) do
    for _, raw in ipairs(surface.entities) do
      raw.name, raw.quality = entities[raw.name] or raw.name, qualities[raw.quality] or raw.quality
      if raw.ghost_name then raw.ghost_name = entities[raw.ghost_name] or raw.ghost_name end
      for _, inv in next, raw.inventories do inventory(inv, items, qualities) end
      sections(raw.logistic, renames, qualities)
      sections(raw.combinator, renames, qualities)
      for _, box in ipairs(raw.fluids or {}) do box.name = fluids[box.name] or box.name end
    end
  end
  for _, force in ipairs(now.forces) do for _, inv in next, force.linked do inventory(inv, items, qualities) end end
  for _, inv in next, now.inventories do inventory(inv, items, qualities) end
  for _, player in ipairs(now.players) do
    for _, inv in next, player.inventories or {} do inventory(inv, items, qualities) end
  end
  return renames
end

return migrations

-- JSON migrations of mods: migrations/<name>.json, { "item": [["old", "new"], …], "entity": …, "fluid": …, "quality": … }. A save
-- remembers which were applied to it; a new map needs none. Migrations in Lua, too. Not here: the names of prototypes that are gone
-- without one, which the game lists with "" as their new name.
local use = ...
local json = use "lib/json"
local order = use "lib/order"

local migrations = {}
local files = {} -- mod -> { file name = renames by kind }
local scripts = {} -- mod -> { file name = source }
-- What the world holds by name; of the other kinds of prototypes it holds nothing.
local known = {}
for kind in ([[item entity fluid quality recipe technology equipment virtual-signal item-group item-subgroup recipe-category
  resource-category module-category fuel-category ammo-category damage-type equipment-category equipment-grid shortcut
  custom-input space-location asteroid-chunk decorative achievement noise-expression autoplace-control active-trigger
  airborne-pollutant collision-layer trivial-smoke particle ambient-sound burner-usage surface surface-property
  space-connection procession mod-setting]]):gmatch("%S+") do known[kind] = true end

function migrations.add(mod, file, text)
  local by_kind = json.decode(text)
  for kind in next, by_kind do
    if not known[kind] then error("migrations of " .. tostring(kind) .. " (stand-in: not offered): " .. mod .. "/" .. file, 0) end
  end
  files[mod] = files[mod] or {}
  files[mod][file] = by_kind
end

function migrations.add_script(mod, file, source)
  scripts[mod] = scripts[mod] or {}
  scripts[mod][file] = source
end

-- Lua migrations that this save has not seen, in order: calls run(mod name, path, source) for each. They come after the renames
-- and after on_load, before on_configuration_changed, and see `game` and the mod's `storage`.
function migrations.run_scripts(now, mods, run)
  local any = false
  for _, mod in ipairs(mods) do
    for _, file in ipairs((order.keys(scripts[mod.name] or {}))) do
      local id = mod.name .. "/" .. file .. ".lua"
      if not now.migrations[id] then
        now.migrations[id], any = true, true
        run(mod.name, "__" .. mod.name .. "__/migrations/" .. file .. ".lua", scripts[mod.name][file])
      end
    end
  end
  return any
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
  for _, mod in ipairs(mods) do
    for file in next, scripts[mod.name] or {} do now.migrations[mod.name .. "/" .. file .. ".lua"] = true end
  end
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
      if raw.arm then inventory({ slots = raw.arm.filters }, items, qualities) end
      sections(raw.logistic, renames, qualities)
      sections(raw.combinator, renames, qualities)
      for _, box in ipairs(raw.fluids or {}) do box.name = fluids[box.name] or box.name end
    end
  end
  for _, force in ipairs(now.forces) do for _, inv in next, force.linked do inventory(inv, items, qualities) end end
  for _, inv in next, now.inventories do inventory(inv, items, qualities) end
  for _, player in ipairs(now.players) do if player.cursor then inventory(player.cursor, items, qualities) end end
  for _, force in ipairs(now.forces) do
    for kind, key in next, { recipe = "recipes", technology = "technologies" } do
      for old, new in next, renames[kind] or {} do
        local record = force[key][old]
        if record then
          force[key][old], record.name = nil, new
          force[key][new] = record
        end
      end
    end
  end
  return renames
end

return migrations

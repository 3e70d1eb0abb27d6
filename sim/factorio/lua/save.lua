-- A save: two texts of one graph, the world (level.dat) and every mod's storage (script.dat, which points into the world).
local use = ...
local world = use "world"
local graph = use "lib/graph"
local prototypes = use "api/prototypes"
local entity = use "api/entity"
local order = use "lib/order"
local sleepers = use "api/sleepers"
local migrations = use "stage/migrations"

local save = {}

function save.write(storages)
  local writer = graph.writer()
  writer.path[1] = "world"
  writer:put(world.now)
  local level = writer:take()
  writer.path[1] = "storage"
  writer:put(storages)
  return level, writer:take()
end

-- Prototypes that are gone take their entities, items and fluids with them.
local function drop_unknown()
  local function clean(inv)
    for i in next, inv.slots do
      if not prototypes.record("item", inv.slots[i].name) then
        inv.slots[i] = nil
        sleepers.changed(inv)
      end
    end
  end
  for _, surface in ipairs(world.now.surfaces) do
    for _, raw in ipairs(surface.entities) do
      for _, inv in next, raw.inventories do clean(inv) end
      for _, box in ipairs(raw.fluids or {}) do
        if box.name and not prototypes.record("fluid", box.name) then box.name, box.amount, box.temperature = nil, 0, nil end
      end
      for _, holder in ipairs { raw.logistic or {}, raw.combinator or {} } do
        for _, section in ipairs(holder.sections or {}) do
          for _, i in ipairs((order.keys(section.slots))) do
            local slot = section.slots[i]
            if slot.type == "item" and not prototypes.record("item", slot.name) then section.slots[i] = nil end
          end
        end
      end
      if not raw.dead and not prototypes.record("entity", raw.name) then entity.remove(raw) end
    end
  end
  for _, force in ipairs(world.now.forces) do for _, inv in next, force.linked do clean(inv) end end
end

function save.read(level, script, mods)
  local reader = graph.reader()
  world.now = reader:read(level)
  local storages = reader:read(script)
  local renames = migrations.apply(world.now, mods)
  drop_unknown()
  return storages, renames
end

return save

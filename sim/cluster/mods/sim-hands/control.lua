-- What machines, inserters, pumps and players do in a world of the simulation (sim/cluster/lua-world.ts), on its word. Everything
-- is done to entities by the game's own interface; nothing is counted here but what an entity took or gave, in the reply.
local kinds = require("kinds")

-- Fluids and energy only where the simulation wants them: an import accumulator wants to be full for as long as it stands.
local function built_kinds()
  return script.active_mods["sim-mixed"] and { "item", "fluid", "energy" } or { "item" }
end

local function built(known, name, position)
  if known and known.valid then return known end
  if prototypes.entity[name] == nil then return nil end
  return game.surfaces[1].create_entity { name = name, position = position, force = "player", raise_built = true }
end

-- Slots of chests are given to resources first come first served.
local function request(resource, level)
  local kind, thing = kinds.of(resource)
  if kind == nil or kind.request == nil then return end
  local wish = storage.requests[resource]
  if wish == nil then
    storage.slots = storage.slots + 1
    wish = { slot = storage.slots }
    storage.requests[resource] = wish
  end
  wish.level = level
  local import = storage.places[kind.name].import
  if import ~= nil then kind.request(import, thing, wish) end
end

-- Entities that are gone with a mod are built again, and ask for what they asked for.
local function build()
  for _, name in ipairs(built_kinds()) do
    local kind, places = kinds[name], storage.places[name] or {}
    storage.places[name] = places
    for at, role in ipairs { "stock", "export", "import" } do
      local before = places[role]
      places[role] = built(before, kind.entities[role], { kind.apart * at + 0.5, kind.row })
      if role == "import" and places.import ~= before then
        for resource, wish in pairs(storage.requests) do
          if kinds.of(resource) == kind then request(resource, wish.level) end
        end
      end
    end
  end
end

script.on_init(function()
  storage.requests, storage.slots, storage.places = {}, 0, {}
  build()
end)

script.on_configuration_changed(function()
  for resource, wish in pairs(storage.requests) do if kinds.of(resource) == nil then wish.level = 0 end end
  for _, places in pairs(storage.places) do
    for role, entity in pairs(places) do if not entity.valid then places[role] = nil end end
  end
  build()
end)

-- Moves up to `count` out of one place into another, as far as there is room; nil is nowhere.
local function move(resource, count, from, to)
  local kind, thing = kinds.of(resource)
  if kind == nil or count < 1 then return 0 end
  local places = storage.places[kind.name]
  if to then count = math.min(count, kind.room(places[to], thing)) end
  if from then count = math.min(count, kind.available(places[from], thing)) end
  if count < 1 then return 0 end
  if from then assert(kind.take(places[from], thing, count) == count, "what is there can be taken") end
  if to then assert(kind.put(places[to], thing, count) == count, "what has room can be put there") end
  return count
end

local acts = {
  produce = function(resource, count) return move(resource, count, nil, "stock") end,
  collect = function(resource, count) return move(resource, count, "stock", "export") end,
  consume = function(resource, count) return move(resource, count, "import", nil) end,
  carry = function(resource, count) return move(resource, count, "import", "stock") end,
  request = function(resource, level)
    request(resource, level)
    return 0
  end,
  give = function(resource)
    local kind, thing = kinds.of(resource)
    if kind == nil or kind.request == nil then return 0 end
    local wish = storage.requests[resource]
    local spare = kind.available(storage.places[kind.name].import, thing) - (wish and wish.level or 0)
    return move(resource, spare, "import", "export")
  end,
}

for name, act in pairs(acts) do
  commands.add_command("sim-" .. name, "For the simulation only.", function(command)
    local resource, count = command.parameter:match("^(%S+) (%d+)$")
    rcon.print(string.format("%.0f", act(resource, tonumber(count))))
  end)
end

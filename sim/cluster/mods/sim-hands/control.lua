-- What machines, inserters and players do in a world of the simulation (sim/cluster/lua-world.ts), on its word. Everything
-- is done to chests by the game's own interface; nothing is counted here but what a chest took or gave, in the reply.
local STOCK, EXPORT, IMPORT = "steel-chest", "clusterio-export-chest", "clusterio-import-chest"
local NORMAL = "normal"

-- "item:gear:rare" -> the stack that a chest is asked for; nil when this game has no such item.
local function stack_of(resource, count)
  local name, quality = resource:match("^item:([^:]+):?(.*)$")
  if prototypes.item[name] == nil then return nil end
  return { name = name, quality = quality ~= "" and quality or NORMAL, count = count }
end

local function contents(entity) return entity.get_inventory(defines.inventory.chest) end

local function built(known, name, x)
  if known and known.valid then return known end
  if prototypes.entity[name] == nil then return nil end
  return game.surfaces[1].create_entity { name = name, position = { x, 0.5 }, force = "player", raise_built = true }
end

-- Slots are given to resources first come first served.
local function request(resource, level)
  local stack = stack_of(resource)
  if stack == nil then return end
  local wish = storage.requests[resource]
  if wish == nil then
    storage.slots = storage.slots + 1
    wish = { slot = storage.slots }
    storage.requests[resource] = wish
  end
  wish.level = level
  if storage.import == nil then return end
  local section = storage.import.get_requester_point().get_section(1)
  if level == 0 then return section.clear_slot(wish.slot) end
  section.set_slot(wish.slot, { value = { type = "item", name = stack.name, quality = stack.quality }, min = level })
end

-- Chests that are gone with a mod are built again, and ask for what they asked for.
local function build()
  storage.stock = built(storage.stock, STOCK, 0.5)
  storage.export = built(storage.export, EXPORT, 2.5)
  local import = built(storage.import, IMPORT, 4.5)
  if import ~= storage.import then
    storage.import = import
    for resource, wish in pairs(storage.requests) do request(resource, wish.level) end
  end
end

script.on_init(function()
  storage.requests, storage.slots = {}, 0
  build()
end)

script.on_configuration_changed(function()
  for resource, wish in pairs(storage.requests) do if stack_of(resource) == nil then wish.level = 0 end end
  if storage.import and not storage.import.valid then storage.import = nil end
  build()
end)

-- Moves up to `count` out of one place into another; nil is nowhere.
local function move(resource, count, from, to)
  local stack = stack_of(resource, count)
  if stack == nil or count < 1 then return 0 end
  if from then stack.count = contents(from).remove(stack) end
  if stack.count > 0 and to then
    local put = contents(to).insert(stack)
    assert(put == stack.count, "the simulation's chests are large enough")
  end
  return stack.count
end

local acts = {
  produce = function(resource, count) return move(resource, count, nil, storage.stock) end,
  collect = function(resource, count) return move(resource, count, storage.stock, storage.export) end,
  consume = function(resource, count) return move(resource, count, storage.import, nil) end,
  carry = function(resource, count) return move(resource, count, storage.import, storage.stock) end,
  request = function(resource, level)
    request(resource, level)
    return 0
  end,
  give = function(resource)
    local stack = stack_of(resource)
    if stack == nil then return 0 end
    local wish = storage.requests[resource]
    local spare = contents(storage.import).get_item_count({ name = stack.name, quality = stack.quality }) - (wish and wish.level or 0)
    return move(resource, spare, storage.import, storage.export)
  end,
}

for name, act in pairs(acts) do
  commands.add_command("sim-" .. name, "For the simulation only.", function(command)
    local resource, count = command.parameter:match("^(%S+) (%d+)$")
    rcon.print(string.format("%.0f", act(resource, tonumber(count))))
  end)
end

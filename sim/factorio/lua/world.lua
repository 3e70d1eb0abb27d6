-- The world: everything that a save file carries, as plain tables. One Lua state holds one world.
local world = {
  now = nil, -- the world table, nil before a map was created or loaded
  outbox = {}, -- what the host writes for us: files, prints, log lines, chat, saves
  options = { server = true },
  locale = {},
}

function world.emit(entry) world.outbox[#world.outbox + 1] = entry end

local function surface(index, name, seed)
  return {
    index = index,
    name = name,
    entities = {}, -- in order of creation; dead ones are dropped now and then
    dead_entities = 0,
    map_gen_settings = { seed = seed, width = 2000000, height = 2000000, starting_points = { { x = 0, y = 0 } } },
  }
end
world.new_surface = surface

function world.new_force(index, name)
  return { index = index, name = name, technologies = {}, recipes = {}, linked = {} }
end

function world.new(seed)
  return {
    tick = 0,
    seed = seed,
    rng = seed % 2147483646 + 1,
    next_unit_number = 0,
    next_registration = 0,
    next_item_number = 0,
    next_event = 1000,
    surfaces = { surface(1, "nauvis", seed) },
    forces = { world.new_force(1, "player"), world.new_force(2, "enemy"), world.new_force(3, "neutral") },
    players = {},
    by_unit_number = {},
    destroyed = {}, -- registrations whose object is gone, until the end of the tick
    inventories = {}, -- script inventories
    settings = {}, -- runtime-global
    mods = {}, -- name -> version, as of the save
    console_command_used = false,
  }
end

-- Deterministic for a map, the same on every peer.
function world.random(low, high)
  local now = world.now
  now.rng = (now.rng * 48271) % 2147483647
  local share = now.rng / 2147483647
  if low == nil then return share end
  if high == nil then low, high = 1, low end
  if low > high then error("bad argument #1 to 'random' (interval is empty)", 3) end
  return low + math.floor(share * (high - low + 1))
end

-- A localised string as English text.
function world.text(message)
  if type(message) ~= "table" then return tostring(message) end
  local parameters = {}
  for i = 2, #message do parameters[i - 1] = world.text(message[i]) end
  if message[1] == "" then return table.concat(parameters) end
  local pattern = world.locale[message[1]]
  if not pattern then return 'Unknown key: "' .. tostring(message[1]) .. '"' end
  return (pattern:gsub("__(%d+)__", function(n) return parameters[tonumber(n)] or "" end))
end

return world

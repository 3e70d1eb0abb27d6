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
    map_gen_settings = {
      seed = seed, width = 2000000, height = 2000000, starting_points = { { x = 0, y = 0 } }, starting_area = 1, peaceful_mode = false,
      no_enemies_mode = false, autoplace_controls = {}, default_enable_all_autoplace_controls = true, property_expression_names = {},
      autoplace_settings = { entity = { settings = {} }, tile = { settings = {} }, decorative = { settings = {} } },
    },
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

-- The first alternative of { "?", … } whose keys are all known, else the last.
local function first_known(message)
  local text
  for i = 2, #message do
    local known
    text, known = world.text(message[i])
    if known then return text, true end
  end
  return text or "", false
end

local function plural(kind, forms, parameters)
  local n = tonumber(parameters[tonumber(kind)]) or 0
  for condition, text in forms:gmatch("([^|=]+)=([^|]*)") do
    for each in condition:gmatch("[^,]+") do
      local from, to, rest = each:match("^(%d+)%-(%d+)$"), nil, each:match("^ends in (%d+)$")
      if from then from, to = each:match("^(%d+)%-(%d+)$") end
      local hit = each == "rest" or tonumber(each) == n or from and n >= tonumber(from) and n <= tonumber(to)
        or rest and tostring(n):sub(-#rest) == rest
      if hit then return (text:gsub("__" .. kind .. "__", tostring(parameters[tonumber(kind)]))) end
    end
  end
  return ""
end

-- A localised string as English text, and whether every key was known.
function world.text(message)
  if type(message) ~= "table" then return tostring(message), true end
  if rawget(message, 1) == nil and getmetatable(message) == "private" then return "Duration: 0.000000ms", true end -- a LuaProfiler
  if message[1] == "?" then return first_known(message) end
  local parameters, all_known = {}, true
  for i = 2, #message do
    local known
    parameters[i - 1], known = world.text(message[i])
    all_known = all_known and known
  end
  if message[1] == "" then return table.concat(parameters), all_known end
  local pattern = world.locale[message[1]]
  if not pattern then return 'Unknown key: "' .. tostring(message[1]) .. '"', false end
  pattern = pattern:gsub("__plural_for_parameter__(%d+)__{(.-)}__", function(n, forms) return plural(n, forms, parameters) end)
  pattern = pattern:gsub("__(%u+)__([%w_%-]+)__", function(kind, name)
    local known = world.locale[kind:lower() .. "-name." .. name]
    return known or nil
  end)
  return (pattern:gsub("__(%d+)__", function(n) return parameters[tonumber(n)] or "" end)), all_known
end

return world

-- What the demo worlds tell each other over circuits: each puts what lies ready in it of the things that it uses on one channel,
-- and a one besides, so that the channel counts its worlds, also those in which nothing lies ready. Each shows the sum of all.
local goods = require("goods")
local roles = require("roles")

local CHANNEL = "demo"
local ALIVE = { type = "virtual", name = "signal-A", quality = "normal", comparator = "=" }
local ROW_X, ROW_Y, APART = 4, 16, 3

local signals = {}

local function place(surface, name, i)
  local wish = { ROW_X + APART * i + 0.5, ROW_Y + 0.5 }
  local position = surface.find_non_colliding_position(name, wish, 100, 1) or wish
  return assert(
    surface.create_entity({ name = name, position = position, force = "player", raise_built = true }),
    "the demo world found no room for a " .. name
  )
end

function signals.build(surface)
  local red = defines.wire_connector_id.circuit_red
  local source = place(surface, "constant-combinator", 0)
  local transmitter = place(surface, "clusterio-transmitter", 1)
  local receiver = place(surface, "clusterio-receiver", 2)
  local inventory = place(surface, "clusterio-inventory-combinator", 3)
  source.get_wire_connector(red, true).connect_to(transmitter.get_wire_connector(red, true), false)
  for _, entity in ipairs({ transmitter, receiver }) do
    assert(remote.call("clusterio", "set_channel", entity, CHANNEL), "the combinator took no channel")
  end
  return { source = source, receiver = receiver, inventory = inventory }
end

local function signal(good)
  local kind = good.kind or "item"
  if kind == "energy" then return { type = "virtual", name = "signal-cluster-energy", quality = "normal", comparator = "=" } end
  return { type = kind, name = good.name, quality = "normal", comparator = "=" }
end

local function values(entity)
  local found = {}
  for _, section in ipairs(entity.get_or_create_control_behavior().sections) do
    for _, filter in ipairs(section.filters) do
      if filter.value and filter.min ~= 0 then found[filter.value.type .. ":" .. filter.value.name] = filter.min end
    end
  end
  return found
end

-- `ports` are the importing ones.
function signals.turn(built, role, ports)
  if not (built and built.source.valid) then return end
  local section = built.source.get_or_create_control_behavior().get_section(1)
  section.set_slot(1, { value = ALIVE, min = 1 })
  for i, good in ipairs(roles.wanted(role)) do
    local port = ports[goods.resource(good)]
    local ready = port and port.valid and goods.kind(good).available(port, good) or 0
    section.set_slot(1 + i, { value = signal(good), min = ready })
  end
end

-- What is sent, what the receiver shows, and what the inventory combinator does.
local function of(name)
  return function(built)
    local entity = built and built[name]
    return entity and entity.valid and values(entity) or {}
  end
end
signals.sent, signals.shown, signals.levels = of("source"), of("receiver"), of("inventory")

return signals

-- Circuit networks: wires between connectors, what flows in them, and what combinators make of it.
--
-- A connector is an entity and an id; `raw.wires[id]` lists what is wired to it. A network has no record of its own: it is
-- the set of connectors that wires of one colour join, and it carries what its members put out, added up at 32 bits.
-- Constant combinators put out what their sections say, at once; arithmetic and decider combinators what they computed in
-- the tick before (CN1). What flows has one key a signal, "type/name/quality".
--
-- CN1  A combinator computes from what flowed before the tick; all of them change at once.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local defines = use "api/defines"
local world = use "world"
local order = use "lib/order"

local circuit = {}
local refuse = object.refuse
local LuaWireConnector, LuaCircuitNetwork

local id = defines.wire_connector_id
local colours = {
  [id.circuit_red] = "red", [id.circuit_green] = "green",
  [id.combinator_output_red] = "red", [id.combinator_output_green] = "green",
}
local inputs_only = { [id.circuit_red] = true, [id.circuit_green] = true }
local computing = { ["arithmetic-combinator"] = true, ["decider-combinator"] = true }

-- Which families' prototypes a signal of each type names.
local families = {
  item = "item", fluid = "fluid", virtual = "virtual_signal", entity = "entity", recipe = "recipe", quality = "quality",
  ["space-location"] = "space_location", ["asteroid-chunk"] = "asteroid_chunk",
}

-- A 32-bit sum or product, as the game has it.
function circuit.wrap32(n)
  n = n % 4294967296
  return n >= 2147483648 and n - 4294967296 or n
end
local wrap32 = circuit.wrap32

-- The key of a SignalID that a mod gave; nil for none.
local function key_of(signal, level)
  if signal == nil or signal.name == nil then return nil end
  local kind, name = signal.type or "item", prototypes.name_of(signal.name)
  local family = families[kind] or refuse("Unknown signal type: " .. tostring(kind), (level or 1) + 1)
  prototypes.require(family, name, (level or 1) + 1)
  return kind .. "/" .. name .. "/" .. prototypes.quality_name(signal.quality)
end
circuit.key_of = key_of

local function signal_of(key)
  local kind, name, quality = key:match("^(.-)/(.*)/(.-)$")
  return { type = kind ~= "item" and kind or nil, name = name, quality = quality ~= "normal" and quality or nil }
end

-- Everything that flows, as the game lists it: types and names in order, what is zero left out.
local function listed(sums)
  local list = {}
  for _, key in ipairs((order.keys(sums))) do
    if sums[key] ~= 0 then list[#list + 1] = { signal = signal_of(key), count = sums[key] } end
  end
  return list
end

local function add(sums, key, count) sums[key] = wrap32((sums[key] or 0) + count) end

local function add_sections(sums, combinator)
  if not combinator or not combinator.enabled then return end
  for _, section in ipairs(combinator.sections) do
    for _, i in ipairs(section.active and (order.keys(section.slots)) or {}) do
      local slot = section.slots[i]
      add(sums, slot.type .. "/" .. slot.name .. "/" .. (slot.quality or "normal"), math.floor(slot.min * section.multiplier))
    end
  end
end

-- What this entity puts into the network at one of its connectors.
local function add_output(sums, raw, connector)
  if raw.dead then return end
  if raw.type == "constant-combinator" then
    add_sections(sums, raw.combinator)
  elseif computing[raw.type] and not inputs_only[connector] then
    for key, count in next, raw.circuit_out or {} do add(sums, key, count) end
  end
end

-- Whether an entity has this connector at all.
local function has_connector(raw, connector)
  if computing[raw.type] then return colours[connector] ~= nil end
  local prototype = prototypes.require("entity", raw.name)
  local wired = raw.type == "constant-combinator" or (prototype.circuit_wire_max_distance or 0) > 0
  return wired and inputs_only[connector] == true
end

local function wires(raw, connector) return raw.wires and raw.wires[connector] or {} end

-- Calls see(entity, connector id) once for each connector of the network of this one.
local function each_member(raw, connector, see)
  local open, seen = { { raw, connector } }, { [raw] = { [connector] = true } }
  while #open > 0 do
    local at = table.remove(open)
    see(at[1], at[2])
    for _, wire in ipairs(wires(at[1], at[2])) do
      local other, other_id = wire.entity, wire.connector
      seen[other] = seen[other] or {}
      if not seen[other][other_id] then
        seen[other][other_id] = true
        open[#open + 1] = { other, other_id }
      end
    end
  end
end

local function connected(raw, connector) return #wires(raw, connector) > 0 end

-- Adds what flows at this connector to the sums. A connector without a wire reads nothing, not even its own output.
local function flow(sums, raw, connector)
  if not connected(raw, connector) then return sums end
  each_member(raw, connector, function(member, at) add_output(sums, member, at) end)
  return sums
end

local function network_id(raw, connector)
  if not connected(raw, connector) then return 0 end
  local lowest
  each_member(raw, connector, function(member, at)
    local n = member.unit_number * 4 + at
    if not lowest or n < lowest then lowest = n end
  end)
  return lowest
end

-- Takes the wires to the other connector off one end; whether there were any.
local function cut_end(raw, connector, other, other_id)
  local kept, list = {}, wires(raw, connector)
  for _, wire in ipairs(list) do
    if wire.entity ~= other or wire.connector ~= other_id then kept[#kept + 1] = wire end
  end
  if #kept == #list then return false end
  raw.wires[connector] = kept
  return true
end

local function cut(raw, connector, other, other_id)
  cut_end(other, other_id, raw, connector)
  return cut_end(raw, connector, other, other_id)
end

-- The entity leaves the world: its wires with it.
function circuit.remove(raw)
  for connector, list in next, raw.wires or {} do
    for _, wire in ipairs(list) do cut_end(wire.entity, wire.connector, raw, connector) end
  end
  raw.wires = nil
  if not computing[raw.type] then return end
  for i, other in ipairs(world.now.combinators or {}) do
    if other == raw then table.remove(world.now.combinators, i) return end
  end
end

-- An arithmetic or decider combinator has come into the world.
function circuit.built(raw)
  if not computing[raw.type] then return end
  world.now.combinators = world.now.combinators or {}
  table.insert(world.now.combinators, raw)
end

local function in_reach(a, b)
  if a.surface ~= b.surface then return false end
  local function reach(raw) return prototypes.require("entity", raw.name).circuit_wire_max_distance or 9 end
  return (a.x - b.x) ^ 2 + (a.y - b.y) ^ 2 <= math.min(reach(a), reach(b)) ^ 2
end

local function connector(raw, connector_id) return object.wrap(LuaWireConnector, { owner = raw, id = connector_id }) end

local function target_of(target)
  if not object.is(target, LuaWireConnector) then refuse("A LuaWireConnector expected.", 3) end
  return object.raw(target)
end

local function wired_to(raw, other)
  for _, wire in ipairs(wires(raw.owner, raw.id)) do
    if wire.entity == other.owner and wire.connector == other.id then return true end
  end
  return false
end

local function wire_end(raw, other, origin)
  raw.owner.wires = raw.owner.wires or {}
  raw.owner.wires[raw.id] = raw.owner.wires[raw.id] or {}
  table.insert(raw.owner.wires[raw.id], { entity = other.owner, connector = other.id, origin = origin })
end

local function connect(raw, target, reach_check, origin)
  local other = target_of(target)
  local same = raw.owner == other.owner and raw.id == other.id
  if same or colours[raw.id] ~= colours[other.id] or wired_to(raw, other) then return false end
  if reach_check ~= false and not in_reach(raw.owner, other.owner) then return false end
  origin = origin or defines.wire_origin.player
  wire_end(raw, other, origin)
  wire_end(other, raw, origin)
  return true
end

local function connections(raw)
  local list = {}
  for i, wire in ipairs(wires(raw.owner, raw.id)) do
    list[i] = { target = connector(wire.entity, wire.connector), origin = wire.origin }
  end
  return list
end

LuaWireConnector = object.class("LuaWireConnector", {
  valid = function(raw) return not raw.owner.dead end,
  equal = function(a, b) return a.owner == b.owner and a.id == b.id end,
  read = {
    owner = function(raw) return object.wrap(object.classes.LuaEntity, raw.owner) end,
    wire_type = function(raw) return defines.wire_type[colours[raw.id]] end,
    wire_connector_id = function(raw) return raw.id end,
    connections = connections,
    connection_count = function(raw) return #wires(raw.owner, raw.id) end,
    network_id = function(raw) return network_id(raw.owner, raw.id) end,
  },
  method = {
    connect_to = connect,
    disconnect_from = function(raw, target)
      local other = target_of(target)
      return cut(raw.owner, raw.id, other.owner, other.id)
    end,
    disconnect_all = function(raw)
      local list = wires(raw.owner, raw.id)
      for i = #list, 1, -1 do cut(raw.owner, raw.id, list[i].entity, list[i].connector) end
      return #list > 0
    end,
    is_connected_to = function(raw, target) return wired_to(raw, target_of(target)) end,
  },
})

LuaCircuitNetwork = object.class("LuaCircuitNetwork", {
  valid = function(raw) return not raw.owner.dead and connected(raw.owner, raw.id) end,
  equal = function(a, b) return network_id(a.owner, a.id) == network_id(b.owner, b.id) end,
  read = {
    entity = function(raw) return object.wrap(object.classes.LuaEntity, raw.owner) end,
    wire_type = function(raw) return defines.wire_type[colours[raw.id]] end,
    wire_connector_id = function(raw) return raw.id end,
    network_id = function(raw) return network_id(raw.owner, raw.id) end,
    connected_circuit_count = function(raw)
      local count = 0
      each_member(raw.owner, raw.id, function() count = count + 1 end)
      return count
    end,
    signals = function(raw)
      local list = listed(flow({}, raw.owner, raw.id))
      return #list > 0 and list or nil
    end,
  },
  method = { get_signal = function(raw, signal) return flow({}, raw.owner, raw.id)[key_of(signal, 2)] or 0 end },
})

local function must_have(raw, connector_id)
  if type(connector_id) ~= "number" or not has_connector(raw, connector_id) then
    refuse("Entity has no such wire connector: " .. tostring(connector_id), 3)
  end
end

local function flows(raw, connector_id, extra_id)
  must_have(raw, connector_id)
  local sums = flow({}, raw, connector_id)
  if extra_id == nil then return sums end
  must_have(raw, extra_id)
  return flow(sums, raw, extra_id)
end

-- Members of LuaEntity.
circuit.method = {
  get_wire_connector = function(raw, connector_id, or_create)
    if not has_connector(raw, connector_id) then return nil end
    if not or_create and not connected(raw, connector_id) then return nil end
    return connector(raw, connector_id)
  end,
  get_wire_connectors = function(raw, or_create)
    local map = {}
    for connector_id in next, colours do
      if has_connector(raw, connector_id) and (or_create or connected(raw, connector_id)) then
        map[connector_id] = connector(raw, connector_id)
      end
    end
    return map
  end,
  get_signals = function(raw, connector_id, extra_id)
    local list = listed(flows(raw, connector_id, extra_id))
    return #list > 0 and list or nil
  end,
  get_signal = function(raw, signal, connector_id, extra_id) return flows(raw, connector_id, extra_id)[key_of(signal, 2)] or 0 end,
  get_circuit_network = function(raw, connector_id)
    must_have(raw, connector_id)
    return connected(raw, connector_id) and object.wrap(LuaCircuitNetwork, { owner = raw, id = connector_id }) or nil
  end,
}

circuit.listed = listed
circuit.signal_of = signal_of

-- What flows into a computing combinator, by the colours that `networks` selects.
function circuit.input(raw, networks)
  local sums = {}
  if not networks or networks.red ~= false then flow(sums, raw, id.combinator_input_red) end
  if not networks or networks.green ~= false then flow(sums, raw, id.combinator_input_green) end
  return sums
end

-- CN1. Called once a tick.
function circuit.step()
  local list = world.now.combinators
  if not list or #list == 0 then return end
  local compute, results = use("api/compute").of, {}
  for i, raw in ipairs(list) do results[i] = compute(raw) end
  for i, raw in ipairs(list) do raw.circuit_out = results[i] end
end

return circuit

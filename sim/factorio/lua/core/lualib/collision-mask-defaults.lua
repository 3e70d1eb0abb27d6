-- What things collide with unless their prototype says otherwise.
local function mask(words)
  local layers = {}
  for word in words:gmatch("%S+") do layers[word] = true end
  return { layers = layers }
end

local building = "item meltable object player water_tile is_object is_lower_object"
local defaults = {
  ["character"] = mask "player train is_object", ["car"] = mask "player train is_object",
  ["transport-belt"] = mask "floor meltable object water_tile transport_belt", ["pipe"] = mask(building),
  ["gate"] = mask(building), ["corpse"] = mask "", ["item-entity"] = mask "item floor",
}
for name in ([[container logistic-container linked-container assembling-machine furnace inserter accumulator storage-tank beacon
  boiler generator lab mining-drill pump solar-panel roboport radar wall electric-pole lamp constant-combinator
  arithmetic-combinator decider-combinator]]):gmatch("%S+") do defaults[name] = mask(building) end

return defaults

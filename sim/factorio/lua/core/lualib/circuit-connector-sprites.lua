-- Where wires are attached: definitions are tables of points and sprites, one for each variation.
universal_connector_template = { type = "universal" }

circuit_connector_definitions = {}

local function point(definition)
  local offset = definition.main_offset or { 0, 0 }
  local wire = { red = offset, green = offset }
  return { points = { wire = wire, shadow = { red = definition.shadow_offset or offset, green = definition.shadow_offset or offset } } }
end

function circuit_connector_definitions.create_single(_, definition) return point(definition) end
function circuit_connector_definitions.create_vector(_, definitions)
  local list = {}
  for i, definition in ipairs(definitions) do list[i] = point(definition) end
  return list
end

for name, ways in pairs {
  chest = 1, ["storage-tank"] = 4, accumulator = 1, lamp = 1, inserter = 4, belt = 7, roboport = 1, gate = 1, ["assembling-machine"] = 4,
  furnace = 4, ["electric-mining-drill"] = 4, ["train-station"] = 4, ["offshore-pump"] = 4, pump = 4, radar = 1, reactor = 1,
} do
  local definitions = {}
  for i = 1, ways do definitions[i] = {} end
  circuit_connector_definitions[name] = ways == 1 and point {} or circuit_connector_definitions.create_vector(nil, definitions)
end

return circuit_connector_definitions

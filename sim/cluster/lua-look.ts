/**
 * What the simulation reads in a real world, as Lua in the scenario's environment: `test.look()`. Items are counted where
 * they lie, in whatever inventory of the saved world, fluids in whatever tank, energy in whatever accumulator; of the mod, its
 * buffer and its totals are asked for as other mods do.
 */
export const LOOK = `
local function named(stack)
  return "item:" .. stack.name .. (stack.quality ~= "normal" and ":" .. stack.quality or "")
end
local function fluid_named(box) return string.format("fluid:%s:%.0f", box.name, math.floor(box.temperature)) end
local function add(to, resource, n) to[resource] = (to[resource] or 0) + n end
local function count(value, held, seen)
  if type(value) ~= "table" or seen[value] or rawget(value, "dead") then return end
  seen[value] = true
  if rawget(value, "supports_bar") ~= nil and value.slots then
    for _, stack in next, value.slots do add(held, named(stack), stack.count) end
  end
  for _, box in next, rawget(value, "fluids") or {} do
    if box.amount > 0 then add(held, fluid_named(box), box.amount) end
  end
  if rawget(value, "type") == "accumulator" and value.energy > 0 then add(held, "energy", value.energy / 1e6) end
  for _, inner in next, value do count(inner, held, seen) end
end
local function interface(name)
  return remote.interfaces["clusterio"] and remote.call("clusterio", name) or {}
end
function test.look()
  local hands = test.storage("sim-hands")
  local state = script.active_mods["clusterio"] and test.storage("clusterio") or { instance = "", world = "", session = { token = "" } }
  local held, there, wanted = {}, {}, {}
  count(test.world.now, held, {})
  for resource, n in next, interface("buffer") do
    add(held, resource, n)
    add(there, resource, n)
  end
  local function import_of(kind) return hands.places[kind] and hands.places[kind].import end
  local chest, tank, accumulator = import_of("item"), import_of("fluid"), import_of("energy")
  if chest then
    for _, stack in ipairs(chest.get_inventory(defines.inventory.chest).get_contents()) do
      add(there, named(stack), stack.count)
    end
  end
  local fluid = tank and tank.get_fluid(1)
  if fluid then add(there, fluid_named(fluid), fluid.amount) end
  for resource, wish in next, hands.requests do
    wanted[resource] = math.max(0, wish.level - (there[resource] or 0))
  end
  if accumulator then
    local missing = math.floor((accumulator.electric_buffer_size - accumulator.energy) / 1e6)
    wanted.energy = math.max(0, missing - (there.energy or 0))
  end
  local totals = interface("totals")
  return {
    instance = state.instance, world = state.world, token = state.session.token, tick = game.tick,
    seed = game.surfaces[1].map_gen_settings.seed,
    exported = totals.exported or {}, received = totals.received or {}, held = held, wanted = wanted,
  }
end
`;

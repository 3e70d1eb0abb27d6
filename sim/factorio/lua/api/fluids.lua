-- Fluid storages of an entity: { name?, amount, temperature?, capacity }. Amounts are fractions; fluids of one name mix
-- temperatures, another fluid is refused.
local use = ...
local prototypes = use "api/prototypes"
local object = use "api/object"

local fluids = {}

function fluids.new(prototype)
  local list = {}
  for i, box in ipairs { prototype.fluid_box } do list[i] = { amount = 0, capacity = box.volume } end
  return list
end

local function box_at(entity, i)
  return entity.fluids[i] or object.refuse("Fluid storage index out of range: " .. tostring(i), 3)
end

local function as_fluid(box)
  if box.amount <= 0 then return nil end
  return { name = box.name, amount = box.amount, temperature = box.temperature }
end

local function temperature_of(fluid)
  local prototype = prototypes.require("fluid", fluid.name, 3)
  return fluid.temperature or prototype.default_temperature
end

local function empty(box) box.name, box.amount, box.temperature = nil, 0, nil end

fluids.read = { fluids_count = function(entity) return #entity.fluids end }

fluids.method = {
  get_fluid = function(entity, i) return as_fluid(box_at(entity, i)) end,
  get_fluid_capacity = function(entity, i) return box_at(entity, i).capacity end,
  set_fluid = function(entity, i, fluid)
    local box, temperature = box_at(entity, i), temperature_of(fluid)
    box.name, box.amount, box.temperature = fluid.name, math.min(fluid.amount, box.capacity), temperature
    return box.amount
  end,
  add_fluid = function(entity, i, fluid)
    local box, temperature = box_at(entity, i), temperature_of(fluid)
    if box.amount > 0 and box.name ~= fluid.name then return 0 end
    local added = math.min(fluid.amount, box.capacity - box.amount)
    if added <= 0 then return 0 end
    box.temperature = ((box.temperature or temperature) * box.amount + temperature * added) / (box.amount + added)
    box.name, box.amount = fluid.name, box.amount + added
    return added
  end,
  remove_fluid = function(entity, i, amount)
    local box = box_at(entity, i)
    local before = as_fluid(box)
    if not before then return nil end
    local removed = math.min(amount, box.amount)
    box.amount = box.amount - removed
    if box.amount <= 0 then empty(box) end
    return { name = before.name, amount = removed, temperature = before.temperature }
  end,
  clear_fluid = function(entity, i)
    local box = box_at(entity, i)
    local before = as_fluid(box)
    empty(box)
    return before
  end,
  get_fluid_contents = function(entity)
    local amounts = {}
    for _, box in ipairs(entity.fluids) do
      if box.amount > 0 then amounts[box.name] = (amounts[box.name] or 0) + box.amount end
    end
    return amounts
  end,
}

return fluids

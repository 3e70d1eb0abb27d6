-- Fluid storages of an entity: { name?, amount, temperature?, capacity }. Amounts are multiples of 2^-24, temperatures have
-- single precision; fluids of one name mix temperatures, another fluid is refused.
local use = ...
local prototypes = use "api/prototypes"
local object = use "api/object"
local world = use "world"

local fluids = {}

function fluids.new(prototype)
  local list = {}
  for i, box in ipairs { prototype.fluid_box } do list[i] = { amount = 0, capacity = box.volume } end
  return list
end

local FRACTION = 2 ^ 24

local function fixed(amount) return math.floor(amount * FRACTION) / FRACTION end

-- Connected tanks share what flows: the engine may move less than was asked for. `test.fluid_slip` says how much less here.
function fluids.moved(amount) return fixed(math.max(0, amount - (world.now.fluid_slip or 0))) end

-- The nearest number of single precision.
local function single(x)
  if x == 0 then return 0 end
  local mantissa, exponent = math.frexp(x)
  return math.ldexp(math.floor(mantissa * 2 ^ 24 + 0.5) / 2 ^ 24, exponent)
end

local function box_at(entity, i)
  return entity.fluids[i] or object.refuse("Fluid storage index out of range: " .. tostring(i), 3)
end

local function as_fluid(box)
  if box.amount <= 0 then return nil end
  return { name = box.name, amount = box.amount, temperature = box.temperature }
end

-- The default temperature is also the lowest one.
local function temperature_of(fluid)
  local prototype = prototypes.require("fluid", fluid.name, 3)
  local low, high = prototype.default_temperature, prototype.max_temperature or prototype.default_temperature
  return math.max(low, math.min(fluid.temperature or low, high))
end

local function empty(box) box.name, box.amount, box.temperature = nil, 0, nil end

-- As much as there is room for, unless another fluid is in there; returns how much that was.
local function pour(box, fluid)
  local temperature = temperature_of(fluid)
  if box.amount > 0 and box.name ~= fluid.name then return 0 end
  local added = fluids.moved(math.min(fluid.amount, box.capacity - box.amount))
  if added <= 0 then return 0 end
  box.temperature = single(((box.temperature or temperature) * box.amount + temperature * added) / (box.amount + added))
  box.name, box.amount = fluid.name, box.amount + added
  return added
end

fluids.read = { fluids_count = function(entity) return #entity.fluids end }

fluids.method = {
  get_fluid = function(entity, i) return as_fluid(box_at(entity, i)) end,
  get_fluid_capacity = function(entity, i) return box_at(entity, i).capacity end,
  set_fluid = function(entity, i, fluid)
    local box, temperature = box_at(entity, i), temperature_of(fluid)
    box.name, box.amount, box.temperature = fluid.name, fixed(math.min(fluid.amount, box.capacity)), single(temperature)
    return box.amount
  end,
  add_fluid = function(entity, i, fluid) return pour(box_at(entity, i), fluid) end,
  insert_fluid = function(entity, fluid)
    for _, box in ipairs(entity.fluids) do
      if box.amount == 0 or box.name == fluid.name then return pour(box, fluid) end
    end
    return 0
  end,
  remove_fluid = function(entity, i, amount)
    local box = box_at(entity, i)
    local before = as_fluid(box)
    if not before then return nil end
    local removed = fluids.moved(math.min(amount, box.amount))
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

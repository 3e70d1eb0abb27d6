-- Factorio 2.0 where it differs from 2.1, which the other files are written for: members that 2.1 brought are not offered,
-- those that it took away are. Loaded before any mod when that game is played.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local entity = use "api/entity"
local fluids = use "api/fluids"
local interface = use "api/interface"
use "api/helpers"
use "api/prototype-families"
use "stage/control"
use "test-hooks"

-- Recipes had one category.
for _, name in ipairs { "LuaRecipe", "LuaRecipePrototype" } do
  local read = object.classes[name].read
  local categories = read.categories
  read.category = function(raw) return categories(raw)[1] end
end

-- What 2.1 added, and what became writable with it.
for name, class in next, object.classes do
  for _, part in ipairs { "read", "write", "method" } do
    for member in next, class[part] do
      if not interface.has(name, member) then class[part][member] = nil end
    end
  end
end
object.classes.LuaStyle.write.name = nil
object.classes.LuaGameScript.method.create_profiler = function(_, stopped) return use("api/helpers").new_profiler(stopped) end

local function fluid_in(box)
  if box.amount <= 0 then return nil end
  return { name = box.name, amount = box.amount, temperature = box.temperature }
end

local function fill(box, fluid)
  if fluid == nil or fluid.amount <= 0 then
    box.name, box.amount, box.temperature = nil, 0, nil
    return
  end
  local prototype = prototypes.require("fluid", fluid.name, 4)
  box.name, box.amount = fluid.name, math.min(fluid.amount, box.capacity)
  box.temperature = fluid.temperature or prototype.default_temperature
end

local function box_at(raw, i)
  return raw.fluids[i] or object.refuse("Fluidbox index out of range: " .. tostring(i), 3)
end

-- The fluid boxes of one entity; the record is the entity's.
local LuaFluidBox = object.class("LuaFluidBox", {
  read = { owner = entity.wrap },
  method = { get_capacity = function(raw, i) return box_at(raw, i).capacity end },
  at = function(raw, i) return fluid_in(box_at(raw, i)) end,
  at_write = function(raw, i, fluid) fill(box_at(raw, i), fluid) end,
  length = function(raw) return #raw.fluids end,
})

object.classes.LuaItemPrototype.read.inventory_size = function(raw) return raw.data.inventory_size end

local LuaEntity = object.classes.LuaEntity
LuaEntity.write.active = function(raw, active) LuaEntity.write.disabled_by_script(raw, not active) end
LuaEntity.read.fluidbox = function(raw) return object.wrap(LuaFluidBox, raw) end
LuaEntity.method.set_fluid = function(raw, i, fluid)
  fill(box_at(raw, i), fluid)
  return fluid_in(box_at(raw, i))
end
LuaEntity.method.remove_fluid = function(raw, wanted)
  local left = wanted.amount
  for _, box in ipairs(raw.fluids) do
    if box.name == wanted.name and left > 0 then
      local taken = fluids.moved(math.min(left, box.amount))
      fill(box, { name = box.name, amount = box.amount - taken, temperature = box.temperature })
      left = left - taken
    end
  end
  return wanted.amount - left
end

-- What is traded: items, fluids and energy. For each kind, which entities exchange it, and how it is put in and taken out.
-- Every function answers with what really moved.
local goods = {}

local JOULES = 1e6 -- the cluster counts energy in megajoules
local STOCK_MAX = 20000 -- fluid in an import tank, below what it holds

local function inventory(chest) return chest.get_inventory(defines.inventory.chest) end

local kinds = {
  item = {
    export = "clusterio-export-chest",
    import = "clusterio-import-chest",
    resource = function(good) return "item:" .. good.name end,
    request = function(chest, good, amount)
      local point = chest.get_requester_point()
      local section = point.get_section(1) or point.add_section()
      section.set_slot(1, { value = { type = "item", name = good.name, quality = "normal" }, min = amount })
    end,
    put = function(chest, good, amount) return inventory(chest).insert({ name = good.name, count = amount }) end,
    take = function(chest, good, amount) return inventory(chest).remove({ name = good.name, count = amount }) end,
    available = function(chest, good) return inventory(chest).get_item_count(good.name) end,
    room = function(chest, good) return inventory(chest).get_insertable_count(good.name) end,
  },
  fluid = {
    export = "clusterio-export-tank",
    import = "clusterio-import-tank",
    resource = function(good) return string.format("fluid:%s:%.0f", good.name, good.temperature) end,
    request = function(tank, good, amount)
      local wish = { name = good.name, temperature = good.temperature, amount = math.min(amount, STOCK_MAX) }
      assert(remote.call("clusterio", "request_fluid", tank, wish), "the tank took no request")
    end,
    put = function(tank, good, amount)
      return tank.add_fluid(1, { name = good.name, amount = amount, temperature = good.temperature })
    end,
    take = function(tank, _, amount)
      local taken = tank.remove_fluid(1, amount)
      return taken and taken.amount or 0
    end,
    available = function(tank)
      local fluid = tank.get_fluid(1)
      return fluid and math.floor(fluid.amount) or 0
    end,
    room = function(tank)
      local fluid = tank.get_fluid(1)
      return math.floor(tank.get_fluid_capacity(1) - (fluid and fluid.amount or 0))
    end,
  },
  energy = {
    export = "clusterio-export-accumulator",
    import = "clusterio-import-accumulator",
    resource = function() return "energy" end,
    request = function() end, -- it wants to be full
  },
}

function kinds.energy.available(accumulator) return math.floor(accumulator.energy / JOULES) end
function kinds.energy.room(accumulator)
  return math.floor((accumulator.electric_buffer_size - accumulator.energy) / JOULES)
end
function kinds.energy.put(accumulator, good, amount)
  local added = math.min(amount, kinds.energy.room(accumulator, good))
  accumulator.energy = accumulator.energy + added * JOULES
  return added
end
function kinds.energy.take(accumulator, good, amount)
  local taken = math.min(amount, kinds.energy.available(accumulator, good))
  accumulator.energy = accumulator.energy - taken * JOULES
  return taken
end

function goods.kind(good) return kinds[good.kind or "item"] end
function goods.resource(good) return goods.kind(good).resource(good) end

-- Every entity that exchanges something.
goods.entities = {}
for _, kind in ipairs({ "item", "fluid", "energy" }) do
  table.insert(goods.entities, kinds[kind].export)
  table.insert(goods.entities, kinds[kind].import)
end

return goods

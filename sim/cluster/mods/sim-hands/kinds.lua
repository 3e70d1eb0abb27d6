-- Items, fluids and energy: what holds them, and how much of them goes in and out. All amounts are whole.
local JOULES = 1e6 -- the cluster counts energy in megajoules
local NORMAL = "normal"

local function chest_of(entity) return entity.get_inventory(defines.inventory.chest) end

local kinds = {
  item = {
    entities = { stock = "steel-chest", export = "clusterio-export-chest", import = "clusterio-import-chest" },
    row = 0.5,
    apart = 2,
    available = function(chest, item) return chest_of(chest).get_item_count(item) end,
    -- The simulation's chests are large enough.
    room = function() return math.huge end,
    take = function(chest, item, count)
      return chest_of(chest).remove { name = item.name, quality = item.quality, count = count }
    end,
    put = function(chest, item, count)
      return chest_of(chest).insert { name = item.name, quality = item.quality, count = count }
    end,
    request = function(chest, item, wish)
      local section = chest.get_requester_point().get_section(1)
      if wish.level == 0 then return section.clear_slot(wish.slot) end
      section.set_slot(wish.slot, { value = { type = "item", name = item.name, quality = item.quality }, min = wish.level })
    end,
  },
  fluid = {
    entities = { stock = "storage-tank", export = "clusterio-export-tank", import = "clusterio-import-tank" },
    row = 10.5,
    apart = 6,
    available = function(tank)
      local held = tank.get_fluid(1)
      return held and math.floor(held.amount) or 0
    end,
    room = function(tank)
      local held = tank.get_fluid(1)
      return math.floor(tank.get_fluid_capacity(1) - (held and held.amount or 0))
    end,
    take = function(tank, _, count) return tank.remove_fluid(1, count).amount end,
    put = function(tank, fluid, count)
      return tank.add_fluid(1, { name = fluid.name, amount = count, temperature = fluid.temperature })
    end,
    request = function(tank, fluid, wish)
      local level = wish.level > 0 and { name = fluid.name, temperature = fluid.temperature, amount = wish.level } or nil
      assert(remote.call("clusterio", "request_fluid", tank, level), "the tank is set")
    end,
  },
  -- An import accumulator wants to be full: nobody sets it.
  energy = {
    entities = {
      stock = "sim-battery",
      export = "clusterio-export-accumulator",
      import = "clusterio-import-accumulator",
    },
    row = 20.5,
    apart = 4,
    available = function(accumulator) return math.floor(accumulator.energy / JOULES) end,
    room = function(accumulator) return math.floor((accumulator.electric_buffer_size - accumulator.energy) / JOULES) end,
    take = function(accumulator, _, count)
      accumulator.energy = accumulator.energy - count * JOULES
      return count
    end,
    put = function(accumulator, _, count)
      accumulator.energy = accumulator.energy + count * JOULES
      return count
    end,
  },
}
for name, kind in pairs(kinds) do kind.name = name end

-- "item:gear:rare" -> its kind, and what a chest is asked for; nil when this game has no such thing.
function kinds.of(resource)
  if resource == "energy" then return prototypes.entity["sim-battery"] and kinds.energy, {} end
  local fluid, temperature = resource:match("^fluid:([^:]+):(-?%d+)$")
  if fluid ~= nil then
    if prototypes.fluid[fluid] == nil then return nil end
    return kinds.fluid, { name = fluid, temperature = tonumber(temperature) }
  end
  local name, quality = resource:match("^item:([^:]+):?(.*)$")
  if prototypes.item[name] == nil then return nil end
  return kinds.item, { name = name, quality = quality ~= "" and quality or NORMAL }
end

return kinds

-- What this world physically holds: every chest, tank and accumulator of the cluster on every surface, and what the
-- clusterio mod has taken in and not handed out yet.
local goods = require("goods")

-- Robots empty a requester's trash; until they come, it is in the chest.
local INVENTORIES = { defines.inventory.chest, defines.inventory.logistic_container_trash }

local count = {}

local function resource_of(item)
  if item.quality == "normal" then return "item:" .. item.name end
  return "item:" .. item.name .. ":" .. item.quality
end

-- Fluids and energy by whole units: what is below one was produced by nobody here.
local function add_contents(port, add)
  for _, index in ipairs(port.fluids_count == 0 and INVENTORIES or {}) do
    local inventory = port.get_inventory(index)
    for _, item in ipairs(inventory and inventory.get_contents() or {}) do add(resource_of(item), item.count) end
  end
  local fluid = port.fluids_count > 0 and port.get_fluid(1) or nil
  if fluid and fluid.amount >= 1 then
    add(goods.resource({ kind = "fluid", name = fluid.name, temperature = math.floor(fluid.temperature) }), math.floor(fluid.amount))
  end
  local charge = port.electric_buffer_size and math.floor(port.energy / 1e6) or 0
  if charge > 0 then add("energy", charge) end
end

function count.held()
  local held = {}
  local function add(resource, amount) held[resource] = (held[resource] or 0) + amount end
  for _, surface in pairs(game.surfaces) do
    for _, port in ipairs(surface.find_entities_filtered({ name = goods.entities })) do add_contents(port, add) end
  end
  for resource, amount in pairs(remote.call("clusterio", "buffer")) do add(resource, amount) end
  return held
end

-- Whole numbers, however large, keys in order: table_to_json may write large ones as 1e+15.
function count.json(totals)
  local resources, parts = {}, {}
  for resource in pairs(totals) do resources[#resources + 1] = resource end
  table.sort(resources)
  for i, resource in ipairs(resources) do parts[i] = string.format('"%s":%.0f', resource, totals[resource]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

return count

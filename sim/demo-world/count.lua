-- What this world physically holds: every cluster chest on every surface, and what the clusterio mod has taken in and not
-- handed out yet.
local build = require("build")

-- Robots empty a requester's trash; until they come, it is in the chest.
local INVENTORIES = { defines.inventory.chest, defines.inventory.logistic_container_trash }

local count = {}

local function resource_of(item)
  if item.quality == "normal" then return "item:" .. item.name end
  return "item:" .. item.name .. ":" .. item.quality
end

function count.held()
  local held = {}
  local function add(resource, amount) held[resource] = (held[resource] or 0) + amount end
  for _, surface in pairs(game.surfaces) do
    for _, chest in ipairs(surface.find_entities_filtered({ name = build.chest_names })) do
      for _, index in ipairs(INVENTORIES) do
        local inventory = chest.get_inventory(index)
        for _, item in ipairs(inventory and inventory.get_contents() or {}) do add(resource_of(item), item.count) end
      end
    end
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

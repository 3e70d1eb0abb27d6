-- Which prototype types there are here, and what kind of thing each makes. Another type in a mod's data is refused.
local kinds = {}

local function add(kind, names)
  for name in names:gmatch("%S+") do kinds[name] = kind end
end

add("item", [[item ammo armor capsule gun module rail-planner repair-tool tool item-with-entity-data item-with-inventory
  item-with-label item-with-tags blueprint blueprint-book deconstruction-item upgrade-item selection-tool spidertron-remote
  space-platform-starter-pack]])
add("entity", [[container logistic-container linked-container infinity-container temporary-container constant-combinator arithmetic-combinator decider-combinator
  accumulator storage-tank electric-energy-interface character inserter assembling-machine furnace item-entity entity-ghost
  simple-entity simple-entity-with-owner resource construction-robot logistic-robot space-platform-hub]])
add("fluid", "fluid")
add("quality", "quality")
add("recipe", "recipe")
add("technology", "technology")
add("mod-setting", "bool-setting int-setting double-setting string-setting")
add("virtual_signal", "virtual-signal")
add("space_location", "space-location planet")
add("asteroid_chunk", "asteroid-chunk")
add("custom_event", "custom-event")
add("other", [[item-group item-subgroup recipe-category fuel-category ammo-category custom-input
  sprite animation sound font shortcut tips-and-tricks-item mod-data collision-layer tile damage-type resource-category
  equipment-grid gui-style tutorial]])

return kinds

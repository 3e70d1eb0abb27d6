-- What an inserter may take out of an entity, and where in an entity it puts what it holds.
local use = ...
local prototypes = use "api/prototypes"
local inventory = use "api/inventory"
local index = use("api/interface").defines().inventory
local data = use "stage/data"

local targets = {}
local FUEL_KEPT, MAGAZINES_KEPT, CRAFTS_KEPT = 5, 10, 2

-- Stores take everything and give everything.
local stores = {
  container = true, ["logistic-container"] = true, ["linked-container"] = true, ["cargo-wagon"] = true, car = true,
  ["spider-vehicle"] = true, ["space-platform-hub"] = true, ["cargo-landing-pad"] = true,
}
local crafters = { furnace = true, ["assembling-machine"] = true, ["rocket-silo"] = true }
local input = index.crafter_input or index.assembling_machine_input
local furnace_input = index.crafter_input or index.furnace_source

local function main(raw) return use("api/entity").main_inventory(raw) end

-- Whether inserters have any business with it.
function targets.is_one(raw)
  return raw.type ~= "character" and raw.type ~= "item-entity" and (raw.type == "linked-container" or next(raw.inventories) ~= nil)
end

-- The inventories that are taken from, in order.
function targets.sources(raw)
  local list = {}
  if stores[raw.type] or crafters[raw.type] then list[1] = main(raw) end
  list[#list + 1] = raw.inventories[index.burnt_result]
  return list
end

-- All inventories that can matter to who gives to it.
function targets.all(raw)
  local list = {}
  if raw.type == "linked-container" then list[1] = main(raw) end
  for _, inv in next, raw.inventories do list[#list + 1] = inv end
  return list
end

local function amount_in(recipe, name)
  for _, ingredient in ipairs(recipe.ingredients or {}) do
    if ingredient.name == name and (ingredient.type or "item") == "item" then return ingredient.amount end
  end
end

local function smelted(prototype, name)
  local mine = {}
  for _, category in ipairs(prototype.crafting_categories or {}) do mine[category] = true end
  for _, recipe in next, data.raw.recipe do
    local amount = amount_in(recipe, name)
    for _, category in ipairs(amount and (recipe.categories or { recipe.category or "crafting" }) or {}) do
      if mine[category] then return amount end
    end
  end
end

local function crafted(raw, prototype, name)
  if raw.type == "furnace" then return smelted(prototype, name) end
  return raw.recipe and amount_in(prototypes.require("recipe", raw.recipe.name), name)
end

local function burns(prototype, item)
  local source = prototype.energy_source
  if not item.fuel_value or not source or source.type ~= "burner" then return false end
  for _, category in ipairs(source.fuel_categories or { "chemical" }) do
    if category == (item.fuel_category or "chemical") then return true end
  end
  return false
end

local function filtered_out(inv, name)
  if not inv.filters or not next(inv.filters) then return false end
  for i = 1, inv.size do
    if not inv.filters[i] or inv.filters[i] == name then return false end
  end
  return true
end

-- Where an item goes and how many more of it are wanted there: nil when never. A store wants what it has no room for, too.
function targets.place(raw, slot)
  local name, prototype, item = slot.name, prototypes.require("entity", raw.name), prototypes.require("item", slot.name)
  if stores[raw.type] then
    local inv = main(raw)
    if filtered_out(inv, name) then return nil end
    return inv, math.huge
  end
  local function up_to(inv, most) return inv, most - inventory.count(inv, name, slot.quality) end
  local need = crafters[raw.type] and crafted(raw, prototype, name)
  if need then return up_to(raw.inventories[raw.type == "furnace" and furnace_input or input], CRAFTS_KEPT * need) end
  if raw.inventories[index.fuel] and burns(prototype, item) then return up_to(raw.inventories[index.fuel], FUEL_KEPT) end
  if raw.type == "ammo-turret" and item.type == "ammo" then return up_to(raw.inventories[index.turret_ammo], MAGAZINES_KEPT) end
  return nil
end

return targets

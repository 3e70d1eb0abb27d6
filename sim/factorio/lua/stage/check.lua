-- Every name in the prototypes must stand for something; the game refuses to start otherwise, and so does this.
local use = ...
local data = use "stage/data"
local kinds = use "stage/kinds"
local order = use "lib/order"

local check = {}

function check.known_names()
  local names = {}
  for type_name, prototypes in next, data.raw do
    local kind = kinds[type_name] or "other"
    names[kind] = names[kind] or {}
    names[type_name] = names[type_name] or {}
    for name in next, prototypes do
      names[kind][name] = true
      names[type_name][name] = true
    end
  end
  return names
end

local function fail(prototype, path, kind, name)
  error({
    message = "Error while loading " .. kinds[prototype.type] .. ' prototype "' .. prototype.name .. '" (' .. prototype.type .. "): "
      .. "Error in assignID: " .. kind .. ' with name "' .. tostring(name) .. '" does not exist.\n\nSource: ' .. prototype.name
      .. " (" .. prototype.type .. ")." .. path,
  }, 0)
end

local function need(prototype, path, value, what)
  if value == nil then
    local of = prototype.type .. "." .. prototype.name .. " (" .. what .. ")"
    error({ message = 'Value for the key "' .. path .. '" is missing in ' .. of }, 0)
  end
  return value
end

-- The fields of prototypes that name other prototypes, as far as a mod of this kind uses them.
function check.references(prototype, see)
  local kind = kinds[prototype.type]
  if kind == "item" then
    see("place_result", "entity", prototype.place_result)
    see("spoil_result", "item", prototype.spoil_result)
    see("burnt_result", "item", prototype.burnt_result)
    see("subgroup", "item-subgroup", prototype.subgroup)
  elseif kind == "entity" then
    local minable = prototype.minable or {}
    see("minable.result", "item", minable.result)
    for i, result in ipairs(minable.results or {}) do
      see("minable.results[" .. i .. "]", result.type or "item", result.name)
    end
    see("next_upgrade", "entity", prototype.next_upgrade)
    local placeable = prototype.placeable_by
    for i, by in ipairs(placeable and (placeable.item and { placeable } or placeable) or {}) do
      see("placeable_by[" .. i .. "]", "item", by.item)
    end
    see("subgroup", "item-subgroup", prototype.subgroup)
  elseif kind == "recipe" then
    for i, ingredient in ipairs(prototype.ingredients or {}) do
      see("ingredients[" .. i .. "]", ingredient.type, ingredient.name)
    end
    for i, result in ipairs(prototype.results or {}) do see("results[" .. i .. "]", result.type, result.name) end
    see("main_product", "item", prototype.main_product ~= "" and prototype.main_product or nil)
    for i, name in ipairs(prototype.categories or {}) do see("categories[" .. i .. "]", "recipe-category", name) end
    see("subgroup", "item-subgroup", prototype.subgroup)
  elseif kind == "technology" then
    for i, name in ipairs(prototype.prerequisites or {}) do see("prerequisites[" .. i .. "]", "technology", name) end
    for i, effect in ipairs(prototype.effects or {}) do
      local path = "effects[" .. i .. "].recipe"
      if effect.type == "unlock-recipe" then see(path, "recipe", need(prototype, path, effect.recipe, "technology")) end
    end
    local unit = prototype.unit
    for i, ingredient in ipairs(unit and unit.ingredients or {}) do
      see("unit.ingredients[" .. i .. "]", "item", ingredient[1] or ingredient.name)
    end
  elseif prototype.type == "item-subgroup" then
    see("group", "item-group", prototype.group)
  end
end

local pictured = { ["container"] = "picture", ["linked-container"] = "picture" }

local function shape(prototype)
  local kind = kinds[prototype.type]
  if kind == "item" then
    need(prototype, "stack_size", prototype.stack_size, "item")
    if not prototype.icon and not prototype.icons then need(prototype, "icon", nil, "item") end
  elseif kind == "entity" and prototype.type:find("container") then
    need(prototype, "inventory_size", prototype.inventory_size, "container")
    if pictured[prototype.type] then need(prototype, pictured[prototype.type], prototype[pictured[prototype.type]], "container") end
    if prototype.type == "logistic-container" then need(prototype, "logistic_mode", prototype.logistic_mode, "container") end
  elseif kind == "recipe" then
    for i, ingredient in ipairs(prototype.ingredients or {}) do
      need(prototype, "ingredients[" .. i .. "].type", ingredient.type, "recipe")
      need(prototype, "ingredients[" .. i .. "].amount", ingredient.amount, "recipe")
    end
    for i, result in ipairs(need(prototype, "results", prototype.results, "recipe")) do
      need(prototype, "results[" .. i .. "].type", result.type, "recipe")
    end
  elseif kind == "technology" then
    if not prototype.unit and not prototype.research_trigger then need(prototype, "unit", nil, "technology") end
  end
end

function check.prototypes()
  local names = check.known_names()
  local owner = {} -- kind/name -> type: a name may stand for one thing of a kind only
  for _, type_name in ipairs((order.keys(data.raw))) do
    for _, key in ipairs((order.keys(data.raw[type_name]))) do
      local prototype = data.raw[type_name][key]
      if prototype.name ~= key then
        error({ message = "Prototype data.raw." .. type_name .. "." .. key .. " has the name " .. tostring(prototype.name) }, 0)
      end
      local kind = kinds[type_name]
      local id = kind .. "/" .. key
      if kind ~= "other" and owner[id] then
        error({ message = "Duplicate name " .. key .. ": " .. owner[id] .. " and " .. type_name }, 0)
      end
      owner[id] = type_name
      shape(prototype)
      check.references(prototype, function(path, wanted, name)
        if name == nil then return end
        if not (names[wanted] and names[wanted][name]) then fail(prototype, path, wanted, name) end
      end)
    end
  end
end

return check

-- prototypes.get_item_filtered{…} and its kin: what each filter looks at, by kind of prototype.
local use = ...
local object = use "api/object"
local prototypes = use "api/prototypes"
local filters = use "lib/filters"
local quantity = use "lib/quantity"
local copy = use "lib/copy"

-- One value or a list of them.
local function among(wanted, value)
  if type(wanted) ~= "table" then return wanted == value end
  for _, each in ipairs(wanted) do if each == value then return true end end
  return false
end

local function has_flag(data, flag)
  for _, each in ipairs(data.flags or {}) do if each == flag then return true end end
  return false
end

local function compare(filter, value)
  local n = filter.value
  local op = filter.comparison
  if op == "=" then return value == n elseif op == "!=" or op == "≠" then return value ~= n elseif op == "<" then return value < n
  elseif op == ">" then return value > n elseif op == "<=" or op == "≤" then return value <= n else return value >= n end
end

local common = {
  name = function(filter, data) return among(filter.name, data.name) end,
  type = function(filter, data) return among(filter.type, data.type) end,
  hidden = function(_, data) return data.hidden == true end,
  flag = function(filter, data) return has_flag(data, filter.flag) end,
  parameter = function(_, data) return data.parameter == true end,
}

local function with(own)
  for key, match in next, common do own[key] = own[key] or match end
  return own
end

local crafting = { ["assembling-machine"] = true, furnace = true, ["rocket-silo"] = true }
local rolling = { locomotive = true, ["cargo-wagon"] = true, ["fluid-wagon"] = true, ["artillery-wagon"] = true }

local function categories_of(recipe) return recipe.categories or { recipe.category or "crafting" } end

-- Whether one of the things is of this type and passes the inner filters.
local function any_of(list, kind, inner)
  for _, thing in ipairs(list or {}) do
    if thing.type == kind then
      local data = prototypes.data(kind, thing.name)
      if data and prototypes.passes(kind, data, inner) then return true end
    end
  end
  return false
end

local function inner(kind, field)
  return function(filter, data) return data[field] ~= nil and prototypes.passes(kind, prototypes.data(kind, data[field]), filter.elem_filters) end
end

local by_kind = {
  item = with {
    ["place-result"] = inner("entity", "place_result"), ["place-as-tile"] = function(_, data) return data.place_as_tile ~= nil end,
    ["burnt-result"] = inner("item", "burnt_result"), ["spoil-result"] = inner("item", "spoil_result"),
    ["place-as-equipment-result"] = inner("equipment", "place_as_equipment_result"),
    fuel = function(_, data) return data.fuel_value ~= nil end,
    ["fuel-value"] = function(filter, data) return compare(filter, quantity.joules(data.fuel_value or "0J")) end,
    ["fuel-category"] = function(filter, data) return among(filter["fuel-category"], data.fuel_category) end,
    ["stack-size"] = function(filter, data) return compare(filter, data.stack_size) end,
    subgroup = function(filter, data) return among(filter.subgroup, prototypes.subgroup_of("item", data)) end,
    ["has-rocket-launch-products"] = function(_, data) return data.rocket_launch_products ~= nil end,
    ["has-quality-bonus"] = function() return true end,
  },
  entity = with {
    buildable = function(_, data) return has_flag(data, "player-creation") end,
    building = function(_, data) return has_flag(data, "player-creation") end,
    minable = function(_, data) return data.minable ~= nil end,
    ["crafting-machine"] = function(_, data) return crafting[data.type] == true end,
    ["rolling-stock"] = function(_, data) return rolling[data.type] == true end,
    ["crafting-category"] = function(filter, data)
      for _, category in ipairs(data.crafting_categories or {}) do if among(filter.crafting_category, category) then return true end end
      return false
    end,
    vehicle = function(_, data) return rolling[data.type] or data.type == "car" or data.type == "spider-vehicle" end,
    turret = function(_, data) return data.type:find("turret", 1, true) ~= nil end,
  },
  fluid = with { subgroup = function(filter, data) return among(filter.subgroup, prototypes.subgroup_of("fluid", data)) end },
  recipe = with {
    enabled = function(_, data) return data.enabled ~= false end,
    category = function(filter, data)
      for _, category in ipairs(categories_of(data)) do if among(filter.category, category) then return true end end
      return false
    end,
    subgroup = function(filter, data) return among(filter.subgroup, prototypes.subgroup_of("recipe", data)) end,
    ["has-ingredients"] = function(_, data) return #(data.ingredients or {}) > 0 end,
    ["has-products"] = function(_, data) return #(data.results or {}) > 0 end,
    ["has-ingredient-item"] = function(filter, data) return any_of(data.ingredients, "item", filter.elem_filters) end,
    ["has-ingredient-fluid"] = function(filter, data) return any_of(data.ingredients, "fluid", filter.elem_filters) end,
    ["has-product-item"] = function(filter, data) return any_of(data.results, "item", filter.elem_filters) end,
    ["has-product-fluid"] = function(filter, data) return any_of(data.results, "fluid", filter.elem_filters) end,
  },
  technology = with {
    enabled = function(_, data) return data.enabled ~= false end,
    ["research-unit-ingredient"] = function(filter, data)
      for _, each in ipairs(data.unit and data.unit.ingredients or {}) do if among(filter.ingredient, each[1] or each.name) then return true end end
      return false
    end,
    ["unlocks-recipe"] = function(filter, data)
      for _, effect in ipairs(data.effects or {}) do
        if effect.type == "unlock-recipe" and prototypes.passes("recipe", prototypes.data("recipe", effect.recipe), filter.elem_filters) then return true end
      end
      return false
    end,
    ["has-effects"] = function(_, data) return #(data.effects or {}) > 0 end,
    ["has-prerequisites"] = function(_, data) return #(data.prerequisites or {}) > 0 end,
  },
  tile = with { minable = function(_, data) return data.minable ~= nil end },
  equipment = with {}, achievement = with {}, decorative = with {},
  ["mod-setting"] = with {
    ["setting-type"] = function(filter, data) return among(filter.type, data.setting_type) end,
    mod = function(filter, data) return among(filter.mod, data.mod) end,
  },
}

function prototypes.passes(kind, data, list)
  return filters.pass(list, data, by_kind[kind], function(name)
    object.refuse("filter " .. name .. " of " .. kind .. " prototypes (stand-in: not offered)", 5)
  end)
end

local LuaPrototypes = object.classes.LuaPrototypes

LuaPrototypes.method.get_history = function(_, type_name, name)
  local history = use("stage/data").history[type_name .. "/" .. name]
  if not history then object.refuse("Unknown prototype: " .. type_name .. "/" .. name, 2) end
  return copy.deep(history)
end

for kind in next, by_kind do
  LuaPrototypes.method["get_" .. kind:gsub("-", "_") .. "_filtered"] = function(_, list)
    local names, found = {}, {}
    for _, name in ipairs(prototypes.names(kind)) do
      if prototypes.passes(kind, prototypes.data(kind, name), list) then
        names[#names + 1], found[name] = name, true
      end
    end
    return object.custom_table(
      function(name) return found[name] and prototypes.wrapped(kind, name) or nil end,
      function() return names end
    )
  end
end

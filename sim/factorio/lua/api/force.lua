-- Forces and their technologies and recipes. A technology record: { force = index, name, researched, level, … }.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local surface = use "api/surface"
local inventory = use "api/inventory"
local prototypes = use "api/prototypes"
local events = use "api/events"

local force = {}
local refuse = object.refuse
local LuaForce, LuaTechnology, LuaRecipe

function force.wrap(raw) return object.wrap(LuaForce, raw) end

local function technology(raw, name)
  local prototype = prototypes.data("technology", name)
  if not prototype then return nil end
  if not raw.technologies[name] then
    raw.technologies[name] = {
      force = raw.index, name = name, researched = false, enabled = prototype.enabled ~= false,
      level = prototype.level or 1, saved_progress = 0,
    }
  end
  return raw.technologies[name]
end

local function recipe(raw, name)
  local prototype = prototypes.data("recipe", name)
  if not prototype then return nil end
  if not raw.recipes[name] then raw.recipes[name] = { force = raw.index, name = name, enabled = prototype.enabled ~= false } end
  return raw.recipes[name]
end

local function apply_effects(raw, name, on)
  for _, effect in ipairs(prototypes.data("technology", name).effects or {}) do
    if effect.type == "unlock-recipe" then recipe(raw, effect.recipe).enabled = on end
  end
end

function force.research(raw, name, by_script)
  local record = technology(raw, name)
  if not record or record.researched then return end
  record.researched, record.saved_progress = true, 0
  apply_effects(raw, name, true)
  local was_current = raw.queue and raw.queue[1] == name
  for i = #(raw.queue or {}), 1, -1 do if raw.queue[i] == name then table.remove(raw.queue, i) end end
  events.raise("on_research_finished", { research = object.wrap(LuaTechnology, record), by_script = by_script })
  if was_current then force.start_next(raw, name) end
end

local function prototype_field(key, default)
  return function(record)
    local value = prototypes.require("technology", record.name)[key]
    if value == nil then return default end
    return value
  end
end

LuaTechnology = object.class("LuaTechnology", {
  read = {
    name = function(record) return record.name end,
    force = function(record) return force.wrap(entity.force(record.force)) end,
    prototype = function(record) return prototypes.wrapped("technology", record.name) end,
    localised_name = function(record) return prototypes.wrapped("technology", record.name).localised_name end,
    order = prototype_field("order", ""),
    localised_description = function(record) return prototypes.wrapped("technology", record.name).localised_description end,
    successors = function(record)
      local map = {}
      for _, name in ipairs(prototypes.names("technology")) do
        for _, before in ipairs(prototypes.data("technology", name).prerequisites or {}) do
          if before == record.name then map[name] = object.wrap(LuaTechnology, technology(entity.force(record.force), name)) end
        end
      end
      return map
    end,
    research_unit_ingredients = function(record) return prototypes.research_ingredients(prototypes.require("technology", record.name)) end,
    research_unit_count = function(record) return prototypes.wrapped("technology", record.name).research_unit_count end,
    research_unit_energy = function(record) return prototypes.wrapped("technology", record.name).research_unit_energy end,
    research_unit_count_formula = function(record) return prototypes.wrapped("technology", record.name).research_unit_count_formula end,
    upgrade = prototype_field("upgrade", false),
    visible_when_disabled = function(record)
      if record.visible_when_disabled ~= nil then return record.visible_when_disabled end
      return prototypes.require("technology", record.name).visible_when_disabled or false
    end,
    enabled = function(record) return record.enabled end,
    researched = function(record) return record.researched end,
    level = function(record) return record.level end,
    saved_progress = function(record) return record.saved_progress end,
    prerequisites = function(record)
      local map = {}
      for _, name in ipairs(prototypes.require("technology", record.name).prerequisites or {}) do
        map[name] = object.wrap(LuaTechnology, technology(entity.force(record.force), name))
      end
      return map
    end,
  },
  write = {
    enabled = function(record, enabled) record.enabled = enabled end,
    visible_when_disabled = function(record, visible) record.visible_when_disabled = visible end,
    saved_progress = function(record, share) record.saved_progress = share end,
    level = function(record, level) record.level = level end,
    researched = function(record, researched)
      local raw = entity.force(record.force)
      if researched then return force.research(raw, record.name, true) end
      record.researched = false
      apply_effects(raw, record.name, false)
    end,
  },
})

LuaRecipe = object.class("LuaRecipe", {
  read = {
    name = function(record) return record.name end,
    force = function(record) return force.wrap(entity.force(record.force)) end,
    prototype = function(record) return prototypes.wrapped("recipe", record.name) end,
    enabled = function(record) return record.enabled end,
    productivity_bonus = function(record) return record.productivity_bonus or 0 end,
  },
  write = { enabled = function(record, enabled) record.enabled = enabled end },
})

LuaRecipe.write.productivity_bonus = function(record, bonus) record.productivity_bonus = bonus end
-- What is the prototype's own.
for _, key in ipairs { "localised_name", "localised_description", "categories", "ingredients", "products", "hidden", "energy", "order", "group", "subgroup" } do
  LuaRecipe.read[key] = function(record) return prototypes.wrapped("recipe", record.name)[key] end
end

local function table_of(kind, class, get)
  return function(raw)
    return object.custom_table(
      function(name) return object.wrap(class, get(raw, name)) end,
      function() return prototypes.names(kind) end
    )
  end
end

local function players_of(raw, connected)
  local list = {}
  for _, player in ipairs(world.now.players) do
    if player.force == raw.index and (not connected or player.connected) then
      list[#list + 1] = object.wrap(object.classes.LuaPlayer, player)
    end
  end
  return list
end

LuaForce = object.class("LuaForce", {
  read = {
    name = function(raw) return raw.name end,
    index = function(raw) return raw.index end,
    technologies = table_of("technology", LuaTechnology, technology),
    recipes = table_of("recipe", LuaRecipe, recipe),
    players = function(raw) return players_of(raw, false) end,
    connected_players = function(raw) return players_of(raw, true) end,
  },
  method = {
    print = function(_, message) world.emit { kind = "message", text = world.text(message) } end,
    get_linked_inventory = function(raw, prototype, link_id)
      return inventory.wrap(entity.linked_inventory(raw, prototypes.name_of(prototype), link_id, false))
    end,
    get_entity_count = function(raw, name)
      local n = 0
      prototypes.require("entity", prototypes.name_of(name), 2)
      for _, ground in ipairs(world.now.surfaces) do
        n = n + #surface.find(ground, { name = prototypes.name_of(name), force = raw.index })
      end
      return n
    end,
    reset = function(raw)
      raw.technologies, raw.recipes = {}, {}
      events.raise("on_force_reset", { force = force.wrap(raw) })
    end,
    reset_technologies = function(raw) raw.technologies = {} end,
    reset_recipes = function(raw) raw.recipes = {} end,
    reset_technology_effects = function(raw)
      for name, record in next, raw.technologies do if record.researched then apply_effects(raw, name, true) end end
    end,
    research_all_technologies = function(raw)
      for _, name in ipairs(prototypes.names("technology")) do
        local record = technology(raw, name)
        record.researched = true
        apply_effects(raw, name, true)
      end
    end,
    add_research = function(raw, id)
      local name = prototypes.name_of(id)
      prototypes.require("technology", name, 2)
      raw.queue = raw.queue or {}
      if technology(raw, name).researched then return false end
      for _, queued in ipairs(raw.queue) do if queued == name then return false end end
      table.insert(raw.queue, name)
      if #raw.queue == 1 then force.start_next(raw, nil) end
      return true
    end,
  },
})

force.class, force.LuaTechnology, force.technology, force.recipe = LuaForce, LuaTechnology, technology, recipe
function force.recipe_of(index, name) return object.wrap(LuaRecipe, recipe(entity.force(index), name)) end
use "api/force-members"(force)

-- At the end of the tick: whatever belongs to the source belongs to the destination, and the source is gone.
function force.merge(source, destination)
  if source.index <= 3 then refuse("The built-in forces can't be merged into others.", 3) end
  local now = world.now
  now.merging = now.merging or {}
  table.insert(now.merging, { source = source, destination = destination })
end

function force.merge_marked()
  local now = world.now
  local marked = now.merging
  now.merging = nil
  for _, pair in ipairs(marked or {}) do
    local source, destination = pair.source, pair.destination
    if not source.dead then
      events.raise("on_forces_merging", { source = force.wrap(source), destination = force.wrap(destination) })
      for _, ground in ipairs(now.surfaces) do
        for _, raw in ipairs(ground.entities) do if raw.force == source.index then raw.force = destination.index end end
      end
      use("api/platform").merge(source.index, destination.index)
      for _, player in ipairs(now.players) do if player.force == source.index then player.force = destination.index end end
      source.dead = true
      for i, other in ipairs(now.forces) do if other == source then table.remove(now.forces, i) break end end
      events.raise("on_forces_merged", { source_name = source.name, source_index = source.index, destination = force.wrap(destination) })
    end
  end
end

return force

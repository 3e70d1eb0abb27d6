-- What mods ask of forces beyond technologies: the research queue, bonuses, marks on the map, statistics, relations.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local prototypes = use "api/prototypes"
local events = use "api/events"
local copy = use "lib/copy"
local refuse = object.refuse

-- Numbers that technologies and scripts raise.
local bonuses = [[manual_mining_speed_modifier manual_crafting_speed_modifier laboratory_speed_modifier laboratory_productivity_bonus
  worker_robots_speed_modifier worker_robots_battery_modifier worker_robots_storage_bonus inserter_stack_size_bonus
  bulk_inserter_capacity_bonus character_trash_slot_count maximum_following_robot_count following_robots_lifetime_modifier
  character_running_speed_modifier character_build_distance_bonus character_item_drop_distance_bonus
  character_reach_distance_bonus character_resource_reach_distance_bonus character_item_pickup_distance_bonus
  character_loot_pickup_distance_bonus character_inventory_slots_bonus deconstruction_time_to_live character_health_bonus
  mining_drill_productivity_bonus train_braking_force_bonus artillery_range_modifier rockets_launched]]
local flags = { "friendly_fire", "share_chart", "ai_controllable", "character_logistic_requests" }
local initial_flags = { friendly_fire = true, ai_controllable = true }

local LuaFlowStatistics, LuaCustomChartTag

-- Counts of what was made and used up: { input = { name -> n }, output = … }. Nothing is made by itself here.
LuaFlowStatistics = object.class("LuaFlowStatistics", {
  valid = function() return true end,
  read = {
    input_counts = function(raw) return copy.deep(raw.input) end,
    output_counts = function(raw) return copy.deep(raw.output) end,
    force = function(raw) return raw.force and object.wrap(object.classes.LuaForce, entity.force(raw.force)) or nil end,
  },
  method = {
    get_input_count = function(raw, id) return raw.input[prototypes.name_of(id)] or 0 end,
    get_output_count = function(raw, id) return raw.output[prototypes.name_of(id)] or 0 end,
    set_input_count = function(raw, id, n) raw.input[prototypes.name_of(id)] = n end,
    set_output_count = function(raw, id, n) raw.output[prototypes.name_of(id)] = n end,
    on_flow = function(raw, id, n)
      local side = n >= 0 and raw.input or raw.output
      local name = prototypes.name_of(id)
      side[name] = (side[name] or 0) + math.abs(n)
    end,
    clear = function(raw) raw.input, raw.output = {}, {} end,
  },
})

LuaCustomChartTag = object.class("LuaCustomChartTag", {
  read = {
    tag_number = function(raw) return raw.tag_number end,
    text = function(raw) return raw.text end,
    icon = function(raw) return copy.deep(raw.icon) end,
    position = function(raw) return { x = raw.x, y = raw.y } end,
    force = function(raw) return object.wrap(object.classes.LuaForce, entity.force(raw.force)) end,
    surface = function(raw) return object.wrap(object.classes.LuaSurface, entity.surface(raw.surface)) end,
    last_user = function(raw) return raw.last_user and object.wrap(object.classes.LuaPlayer, world.now.players[raw.last_user]) or nil end,
  },
  write = {
    text = function(raw, text) raw.text = text end,
    icon = function(raw, icon) raw.icon = copy.deep(icon) end,
    last_user = function(raw, user) raw.last_user = user and use("api/player").by(user).index or nil end,
    position = function(raw, at) raw.x, raw.y = at.x or at[1], at.y or at[2] end,
  },
  method = {
    destroy = function(raw)
      local force = entity.force(raw.force)
      events.raise("on_chart_tag_removed", { tag = object.wrap(LuaCustomChartTag, raw), force = object.wrap(object.classes.LuaForce, force) })
      raw.dead = true
      for i, each in ipairs(force.tags) do if each == raw then table.remove(force.tags, i) break end end
    end,
  },
})

return function(force)
  local class = force.class
  local read, write, method = class.read, class.write, class.method

  for key in bonuses:gmatch("%S+") do
    read[key] = function(raw) return raw.bonuses and raw.bonuses[key] or 0 end
    write[key] = function(raw, value)
      raw.bonuses = raw.bonuses or {}
      raw.bonuses[key] = value
    end
  end
  for _, key in ipairs(flags) do
    read[key] = function(raw)
      if raw[key] == nil then return initial_flags[key] or false end
      return raw[key]
    end
    write[key] = function(raw, value) raw[key] = value end
  end

  -- Research: what is first in the queue is the current one.
  local function technology(raw, name) return object.wrap(force.LuaTechnology, force.technology(raw, name)) end
  local function current(raw) return raw.queue and raw.queue[1] end

  function force.start_next(raw, last)
    local name = current(raw)
    if not name then return end
    events.raise("on_research_started", { research = technology(raw, name), last_research = last and technology(raw, last) or nil })
  end

  read.current_research = function(raw) return current(raw) and technology(raw, current(raw)) or nil end
  read.research_progress = function(raw) return current(raw) and force.technology(raw, current(raw)).saved_progress or 0 end
  write.research_progress = function(raw, share)
    if not current(raw) then refuse("There is no current research.", 2) end
    force.technology(raw, current(raw)).saved_progress = share
  end
  read.research_queue = function(raw)
    local list = {}
    for i, name in ipairs(raw.queue or {}) do list[i] = technology(raw, name) end
    return list
  end
  write.research_queue = function(raw, list)
    local last = current(raw)
    raw.queue = {}
    for i, id in ipairs(list or {}) do
      raw.queue[i] = prototypes.name_of(id)
      prototypes.require("technology", raw.queue[i], 3)
    end
    if current(raw) ~= last then force.start_next(raw, last) end
  end
  read.research_enabled = function() return true end
  method.cancel_current_research = function(raw)
    local name = current(raw)
    if not name then return end
    table.remove(raw.queue, 1)
    events.raise("on_research_cancelled", { force = force.wrap(raw), research = { [name] = 1 } })
    force.start_next(raw, name)
  end

  -- Marks on the map; the whole map is charted.
  method.add_chart_tag = function(raw, ground, tag)
    local surface = use("api/surface").by(ground) or refuse("Unknown surface: " .. tostring(ground), 2)
    world.now.next_tag = (world.now.next_tag or 0) + 1
    raw.tags = raw.tags or {}
    local at = tag.position
    local made = {
      tag_number = world.now.next_tag, x = at.x or at[1], y = at.y or at[2], text = tag.text or "", icon = copy.deep(tag.icon), force = raw.index,
      surface = surface.index, last_user = tag.last_user and use("api/player").by(tag.last_user).index or nil,
    }
    table.insert(raw.tags, made)
    events.raise("on_chart_tag_added", { tag = object.wrap(LuaCustomChartTag, made), force = force.wrap(raw), player_index = made.last_user })
    return object.wrap(LuaCustomChartTag, made)
  end
  method.find_chart_tags = function(raw, ground, area)
    local surface, list = use("api/surface").by(ground), {}
    local a, b = area and (area.left_top or area[1]), area and (area.right_bottom or area[2])
    for _, tag in ipairs(raw.tags or {}) do
      local inside = not area or tag.x >= (a.x or a[1]) and tag.y >= (a.y or a[2]) and tag.x <= (b.x or b[1]) and tag.y <= (b.y or b[2])
      if tag.surface == surface.index and inside then list[#list + 1] = object.wrap(LuaCustomChartTag, tag) end
    end
    return list
  end
  for _, name in ipairs { "chart", "chart_all", "clear_chart", "rechart", "unchart_chunk", "play_sound", "enable_all_recipes" } do
    method[name] = function() end
  end
  method.enable_all_recipes = function(raw)
    for _, name in ipairs(prototypes.names("recipe")) do force.recipe(raw, name).enabled = true end
  end
  method.is_chunk_charted = function() return true end
  method.is_chunk_visible = function() return true end

  -- Statistics, by surface.
  for kind, name in next, { item = "get_item_production_statistics", fluid = "get_fluid_production_statistics", kill = "get_kill_count_statistics", build = "get_entity_build_count_statistics" } do
    method[name] = function(raw, ground)
      local surface = use("api/surface").by(ground) or refuse("Unknown surface: " .. tostring(ground), 2)
      raw.statistics = raw.statistics or {}
      local key = kind .. "/" .. surface.index
      raw.statistics[key] = raw.statistics[key] or { input = {}, output = {}, force = raw.index }
      return object.wrap(LuaFlowStatistics, raw.statistics[key])
    end
  end

  -- Relations, and where people start.
  local function other(id) return entity.force_index(id) end
  local function relation(key, event)
    method["get_" .. key] = function(raw, id)
      local index = other(id)
      return index == raw.index and key == "friend" or raw[key] ~= nil and raw[key][index] == true
    end
    method["set_" .. key] = function(raw, id, value)
      raw[key] = raw[key] or {}
      raw[key][other(id)] = value or nil
      events.raise(event, { force = force.wrap(raw), other_force = force.wrap(entity.force(other(id))), added = value })
    end
  end
  relation("friend", "on_force_friends_changed")
  relation("cease_fire", "on_force_cease_fire_changed")
  method.is_friend = method.get_friend
  method.is_enemy = function(raw, id) return not method.get_friend(raw, id) and not method.get_cease_fire(raw, id) and other(id) ~= 3 end
  method.get_spawn_position = function(raw, ground)
    local spawn = raw.spawn and raw.spawn[use("api/surface").by(ground).index]
    return spawn and { x = spawn.x, y = spawn.y } or { x = 0, y = 0 }
  end
  method.set_spawn_position = function(raw, at, ground)
    raw.spawn = raw.spawn or {}
    raw.spawn[use("api/surface").by(ground).index] = { x = at.x or at[1], y = at.y or at[2] }
  end
  method.get_evolution_factor = function(raw) return raw.evolution or 0 end
  method.set_evolution_factor = function(raw, share) raw.evolution = share end
  for what, family in next, { ammo_damage_modifier = "ammo_category", gun_speed_modifier = "ammo_category", turret_attack_modifier = "entity" } do
    method["get_" .. what] = function(raw, id)
      local name = prototypes.name_of(id)
      prototypes.require(family, name, 3)
      return raw[what] and raw[what][name] or 0
    end
    method["set_" .. what] = function(raw, id, value)
      raw[what] = raw[what] or {}
      raw[what][prototypes.name_of(id)] = value
    end
  end
end

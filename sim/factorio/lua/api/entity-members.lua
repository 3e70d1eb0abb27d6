-- What mods ask of entities beyond chests, tanks and wires: states that are kept, orders to robots (nobody carries them out here),
-- recipes, modules, damage, ghosts.
local use = ...
local object = use "api/object"
local world = use "world"
local prototypes = use "api/prototypes"
local inventory = use "api/inventory"
local inventories = use "api/entity-inventories"
local stack = use "api/stack"
local events = use "api/events"
local copy = use "lib/copy"
local inserter = use "api/inserter"
local defines = use("api/interface").defines()
local refuse = object.refuse

return function(entity)
  local class = entity.class
  local read, write, method = class.read, class.write, class.method

  local function data_of(raw) return prototypes.require("entity", raw.name, 4) end

  local function only(raw, what, types)
    if not types:find(raw.type, 1, true) then refuse("Entity is not " .. what .. ".", 5) end
  end

  -- Plain values that are kept: name -> initial value; nil until written.
  local kept = {
    orientation = 0, temperature = 0, time_to_live = 0, kills = 0, products_finished = 0, crafting_progress = 0, bonus_progress = 0,
    graphics_variation = 1, combinator_description = "", mirroring = false, protected = false, recipe_locked = false, always_on = false,
    power_switch_state = false, copy_color_from_train_stop = true,
  }
  local optional = { "color", "backer_name", "entity_label", "render_player" }
  local function keep(key, initial)
    read[key] = read[key] or function(raw)
      if raw[key] == nil then return initial end
      return copy.deep(raw[key])
    end
    write[key] = write[key] or function(raw, value) raw[key] = copy.deep(value) end
  end
  for key, initial in next, kept do keep(key, initial) end
  for _, key in ipairs(optional) do keep(key, nil) end
  read.localised_description = function(raw) return prototypes.wrapped("entity", raw.name).localised_description end
  read.selection_box = function(raw)
    local box = prototypes.wrapped("entity", raw.name).selection_box
    return {
      left_top = { x = raw.x + box.left_top.x, y = raw.y + box.left_top.y }, right_bottom = { x = raw.x + box.right_bottom.x, y = raw.y + box.right_bottom.y },
    }
  end
  read.tile_width = function(raw) return prototypes.wrapped("entity", raw.name).tile_width end
  read.tile_height = function(raw) return prototypes.wrapped("entity", raw.name).tile_height end
  read.is_entity_with_health = function(raw) return data_of(raw).max_health ~= nil end
  read.is_military_target = function(raw) return raw.type:find("turret", 1, true) ~= nil or raw.type == "character" end
  read.disabled_by_control_behavior = function() return false end
  read.frozen = function() return false end
  read.status = function(raw)
    if raw.disabled_by_script then return defines.entity_status.disabled_by_script end
    if raw.to_be_deconstructed then return defines.entity_status.marked_for_deconstruction end
    return defines.entity_status.normal
  end
  read.player = function(raw)
    only(raw, "a character", "character")
    return raw.player and object.wrap(object.classes.LuaPlayer, world.now.players[raw.player]) or nil
  end
  write.last_user = function(raw, user) raw.last_user = user and use("api/player").by(user).index or nil end
  method.has_flag = function(raw, flag)
    for _, each in ipairs(data_of(raw).flags or {}) do if each == flag then return true end end
    return false
  end
  method.supports_backer_name = function(raw)
    return raw.type == "locomotive" or raw.type == "train-stop" or raw.type == "lab" or raw.type == "radar" or raw.type == "roboport"
  end

  -- Ore.
  read.amount = function(raw)
    only(raw, "a resource", "resource")
    return raw.amount or 1
  end
  write.amount = function(raw, amount)
    only(raw, "a resource", "resource")
    if amount < 1 then refuse("amount: not above zero", 3) end
    raw.amount = math.floor(amount)
  end
  read.initial_amount = function(raw)
    only(raw, "a resource", "resource")
    return data_of(raw).infinite and (raw.initial_amount or raw.amount or 1) or nil
  end

  -- Ghosts.
  local function ghost_data(raw)
    return prototypes.data("entity", raw.ghost_name or refuse("Entity is not an entity-ghost.", 5))
  end
  read.ghost_type = function(raw) return ghost_data(raw).type end
  read.ghost_prototype = function(raw) return ghost_data(raw) and prototypes.wrapped("entity", raw.ghost_name) end
  read.ghost_localised_name = function(raw) return ghost_data(raw) and prototypes.wrapped("entity", raw.ghost_name).localised_name end
  read.tags = function(raw) return copy.deep(raw.tags) end
  write.tags = function(raw, tags) raw.tags = copy.deep(tags) end
  local function revive(raw, options)
    if not raw.ghost_name then refuse("Entity is not an entity-ghost.", 4) end
    local made = entity.new {
      name = raw.ghost_name, x = raw.x, y = raw.y, surface = raw.surface, force = raw.force, quality = raw.quality, direction = raw.direction,
    }
    made.x, made.y, made.last_user = raw.x, raw.y, raw.last_user
    inserter.moved(made)
    local tags = raw.tags
    entity.remove(raw)
    if options and options.raise_revive then
      events.raise("script_raised_revive", { entity = entity.wrap(made), tags = copy.deep(tags) }, made)
    end
    return {}, entity.wrap(made), nil
  end
  method.revive, method.silent_revive = revive, revive

  -- Orders that robots would carry out.
  local function told(event, raw, by, more)
    local fields = { entity = entity.wrap(raw), player_index = by and use("api/player").by(by).index or nil }
    for key, value in next, more or {} do fields[key] = value end
    events.raise(event, fields, raw)
  end
  method.order_deconstruction = function(raw, _, by)
    if raw.ghost_name then
      events.raise("on_pre_ghost_deconstructed", { ghost = entity.wrap(raw), player_index = by and use("api/player").by(by).index or nil }, raw)
      entity.remove(raw)
      return true
    end
    if not raw.minable or not data_of(raw).minable then return false end
    raw.to_be_deconstructed = true
    told("on_marked_for_deconstruction", raw, by)
    return true
  end
  method.cancel_deconstruction = function(raw, _, by)
    if not raw.to_be_deconstructed then return end
    raw.to_be_deconstructed = nil
    told("on_cancelled_deconstruction", raw, by)
  end
  method.order_upgrade = function(raw, options)
    local name, quality = prototypes.name_of(options.target), type(options.target) == "table" and options.target.quality or nil
    prototypes.require("entity", name, 3)
    raw.upgrade = { name = name, quality = quality and prototypes.quality_name(quality) or raw.quality }
    told("on_marked_for_upgrade", raw, options.player, {
      target = prototypes.wrapped("entity", name), quality = prototypes.wrapped("quality", raw.upgrade.quality),
    })
    return true
  end
  method.to_be_upgraded = function(raw) return raw.upgrade ~= nil end
  method.get_upgrade_target = function(raw)
    if not raw.upgrade then return nil end
    return prototypes.wrapped("entity", raw.upgrade.name), prototypes.wrapped("quality", raw.upgrade.quality)
  end
  method.cancel_upgrade = function(raw, _, by)
    if not raw.upgrade then return false end
    local target, quality = prototypes.wrapped("entity", raw.upgrade.name), prototypes.wrapped("quality", raw.upgrade.quality)
    raw.upgrade = nil
    told("on_cancelled_upgrade", raw, by, { target = target, quality = quality })
    return true
  end
  method.rotate = function(raw, options)
    if raw.rotatable == false then return false end
    local old = raw.direction
    raw.direction = (raw.direction + (options and options.reverse and 12 or 4)) % 16
    if options and options.by_player then
      events.raise("on_player_rotated_entity", { entity = entity.wrap(raw), player_index = use("api/player").by(options.by_player).index, previous_direction = old, previous_mirroring = raw.mirroring or false })
    end
    return true
  end

  -- Moves it; what hangs on wires and ports stays.
  method.teleport = function(raw, position, target, raise)
    local x, y = position.x or position[1], position.y or position[2]
    local ground = target and use("api/surface").by(target)
    if raw.player then
      use("api/player").move(world.now.players[raw.player], x, y, ground and ground.index)
      return true
    end
    local old_index, old = raw.surface, { x = raw.x, y = raw.y }
    if ground and ground.index ~= raw.surface then
      if raw.type ~= "character" and raw.type ~= "car" and raw.type ~= "spider-vehicle" then return false end
      entity.to_surface(raw, ground.index)
    end
    raw.x, raw.y = x, y
    if raise then
      events.raise("script_raised_teleported", { entity = entity.wrap(raw), old_surface_index = old_index, old_position = old }, raw)
    end
    return true
  end

  -- Damage: resistances of the prototype count; nothing left kills.
  method.damage = function(raw, amount, force, kind, source, cause)
    local data = data_of(raw)
    if not data.max_health or raw.destructible == false then return 0 end
    local name = prototypes.name_of(kind or "impact")
    prototypes.require("damage_type", name, 3)
    local final = amount
    for _, resistance in ipairs(data.resistances or {}) do
      if resistance.type == name then
        final = math.max(0, final - (resistance.decrease or 0)) * (1 - (resistance.percent or 0) / 100)
      end
    end
    final = math.min(final, raw.health)
    raw.health = raw.health - final
    events.raise("on_entity_damaged", {
      entity = entity.wrap(raw), damage_type = prototypes.wrapped("damage_type", name), original_damage_amount = amount,
      final_damage_amount = final, final_health = raw.health, source = source, cause = cause,
      force = force and object.wrap(object.classes.LuaForce, entity.force(entity.force_index(force))) or nil,
    }, raw)
    if not raw.dead and raw.health <= 0 then entity.die(raw, force, cause) end
    return final
  end

  -- What burns: fuel lies there, nothing takes it.
  local LuaBurner = object.class("LuaBurner", {
    valid = function(own) return not own.owner.dead end,
    equal = function(a, b) return a.owner == b.owner end,
    read = {
      owner = function(own) return entity.wrap(own.owner) end,
      inventory = function(own) return inventory.wrap(own.owner.inventories[defines.inventory.fuel]) end,
      burnt_result_inventory = function(own) return inventory.wrap(own.owner.inventories[defines.inventory.burnt_result]) end,
      remaining_burning_fuel = function(own) return own.owner.burning or 0 end,
      currently_burning = function() return nil end,
      heat = function() return 0 end,
      fuel_categories = function(own)
        local set = {}
        for _, name in ipairs(data_of(own.owner).energy_source.fuel_categories or { "chemical" }) do set[name] = true end
        return set
      end,
    },
    write = { remaining_burning_fuel = function(own, joules) own.owner.burning = joules end },
  })
  read.burner = function(raw)
    local source = data_of(raw).energy_source
    return source and source.type == "burner" and object.wrap(LuaBurner, { owner = raw }) or nil
  end

  -- Inventories by what they are for.
  method.get_main_inventory = function(raw)
    only(raw, "a character", "character")
    return inventory.wrap(raw.inventories[defines.inventory.character_main])
  end
  method.get_fuel_inventory = function(raw) return inventory.wrap(raw.inventories[defines.inventory.fuel]) end
  method.get_burnt_result_inventory = function(raw) return inventory.wrap(raw.inventories[defines.inventory.burnt_result]) end
  method.get_module_inventory = function(raw) return inventory.wrap(raw.inventories[inventories.modules[raw.type]]) end
  method.get_max_inventory_index = function(raw)
    local highest = 0
    for index in next, raw.inventories do highest = math.max(highest, index) end
    return highest
  end
  method.get_item_count = function(raw, item)
    local n, name, quality = 0, nil, nil
    if item ~= nil then name, quality = stack.wanted(item) end
    for _, inv in next, raw.inventories do n = n + inventory.count(inv, name, quality) end
    return n
  end
  read.stack = function(raw)
    only(raw, "an item entity", "item-entity")
    return object.wrap(stack.LuaItemStack, { inventory = raw.inventories[inventories.main["item-entity"]], at = 1 })
  end

  -- Recipes of crafting machines.
  method.get_recipe = function(raw)
    only(raw, "a crafting machine", "assembling-machine furnace rocket-silo")
    if not raw.recipe then return nil, nil end
    return use("api/force").recipe_of(raw.force, raw.recipe.name), prototypes.wrapped("quality", raw.recipe.quality)
  end
  read.previous_recipe = function() return nil end
  method.set_recipe = function(raw, recipe, quality)
    only(raw, "an assembling machine", "assembling-machine rocket-silo")
    local name = recipe and prototypes.name_of(recipe)
    if name then prototypes.require("recipe", name, 3) end
    raw.recipe = name and { name = name, quality = prototypes.quality_name(quality) } or nil
    return {}
  end
  method.is_crafting = function() return false end
  read.crafting_speed = function(raw)
    only(raw, "a crafting machine", "assembling-machine furnace rocket-silo")
    return data_of(raw).crafting_speed
  end
  read.effects = function() return nil end
  for _, key in ipairs { "speed_bonus", "productivity_bonus", "consumption_bonus", "pollution_bonus" } do read[key] = function() return 0 end end
end

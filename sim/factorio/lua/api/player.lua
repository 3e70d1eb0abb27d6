-- Players: { index, name, connected, force, surface, x, y, character? }. They act through the test hooks only. What a player carries
-- is its character's; without a character it carries nothing.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local inventory = use "api/inventory"
local stack = use "api/stack"
local prototypes = use "api/prototypes"
local events = use "api/events"
local settings = use "api/settings"
local gui = use "api/gui"
local logistic = use "api/logistic"
local fields = use "api/player-fields"
local copy = use "lib/copy"
local defines = use("api/interface").defines()

local player = {}
local refuse = object.refuse

-- Gives a player a body with pockets.
function player.embody(raw)
  local body = entity.new { name = "character", x = raw.x, y = raw.y, surface = raw.surface, force = raw.force }
  body.x, body.y, body.player = raw.x, raw.y, raw.index
  body.logistic = logistic.new_point(body, "requester")
  raw.character = body
  return body
end

local function body_of(raw)
  if raw.character and raw.character.dead then raw.character = nil end
  return raw.character
end

local function main(raw)
  local body = body_of(raw)
  return body and body.inventories[defines.inventory.character_main]
end

local function cursor(raw)
  raw.cursor = raw.cursor or inventory.new { size = 1 }
  return raw.cursor
end

function player.cursor_changed(raw) events.raise("on_player_cursor_stack_changed", { player_index = raw.index }) end

local function opened_type(raw)
  local opened = raw.opened
  if not opened then return defines.gui_type.none end
  return opened.entity and defines.gui_type.entity or defines.gui_type.custom
end

local read = {
  name = function(raw) return raw.name end,
  index = function(raw) return raw.index end,
  connected = function(raw) return raw.connected end,
  admin = function(raw) return raw.admin or false end,
  online_time = function(raw) return raw.online_time + (raw.connected and world.now.tick - raw.joined_at or 0) end,
  last_online = function(raw) return raw.last_online end,
  gui = gui.of,
  mod_settings = settings.of_player,
  character = function(raw) return entity.wrap(body_of(raw)) end,
  controller_type = function(raw)
    return raw.controller or (body_of(raw) and defines.controllers.character or defines.controllers.god)
  end,
  opened = function(raw)
    gui.forget_closed()
    local opened = raw.opened
    if not opened then return nil end
    if opened.gui_element then return gui.wrap(opened.gui_element) end
    return not opened.entity.dead and entity.wrap(opened.entity) or nil
  end,
  opened_gui_type = opened_type,
  opened_self = function() return false end,
  selected = function(raw) return raw.selected and not raw.selected.dead and entity.wrap(raw.selected) or nil end,
  cursor_stack = function(raw) return object.wrap(stack.LuaItemStack, { inventory = cursor(raw), at = 1 }) end,
  cursor_ghost = function(raw) return copy.deep(raw.cursor_ghost) end,
  vehicle = function() return nil end,
  hub = function() return nil end,
  driving = function() return false end,
  physical_surface = function(raw) return object.wrap(object.classes.LuaSurface, entity.surface(raw.surface)) end,
  physical_surface_index = function(raw) return raw.surface end,
  physical_position = function(raw) return { x = raw.x, y = raw.y } end,
  physical_vehicle = function() return nil end,
  ticks_to_respawn = function() return nil end,
  following_robots = function() return {} end,
}

local write = {
  admin = function(raw, admin) raw.admin = admin end,
  opened = function(raw, target)
    if target == nil then return gui.close(raw) end
    local class = object.class_of(target)
    if class == entity.class then gui.open(raw, { entity = object.raw(target) })
    elseif class == gui.class then gui.open(raw, { gui_element = object.raw(target) })
    else refuse("LuaPlayer::opened: this can't be opened. (stand-in: not offered)", 3) end
  end,
  selected = function(raw, target) player.select(raw, target and object.raw(target) or nil) end,
  cursor_ghost = function(raw, ghost)
    raw.cursor_ghost = ghost and { name = prototypes.name_of(ghost), quality = prototypes.quality_name(type(ghost) == "table" and ghost.quality or nil) } or nil
    player.cursor_changed(raw)
  end,
}
for key, get in next, fields.read do read[key] = get end
for key, set in next, fields.write do write[key] = set end

function player.select(raw, target)
  local before = raw.selected
  raw.selected = target
  if before ~= target then
    events.raise("on_selected_entity_changed", { player_index = raw.index, last_entity = before and not before.dead and entity.wrap(before) or nil })
  end
end

-- Moves a player, with its body; what changed is told.
function player.move(raw, x, y, surface_index)
  local old = raw.surface
  raw.x, raw.y, raw.surface = x, y, surface_index or raw.surface
  local body = body_of(raw)
  if body then
    body.x, body.y = x, y
    if raw.surface ~= old then entity.to_surface(body, raw.surface) end
  end
  if raw.surface ~= old then events.raise("on_player_changed_surface", { player_index = raw.index, surface_index = old }) end
  events.raise("on_player_changed_position", { player_index = raw.index })
end

local method = {
  print = function(raw, message)
    if raw.connected then world.emit { kind = "player", player = raw.name, text = world.text(message) } end
  end,
  is_player = function() return true end,
  get_main_inventory = function(raw) return inventory.wrap(main(raw)) end,
  get_inventory = function(raw, index)
    local body = body_of(raw)
    return body and inventory.wrap(body.inventories[index]) or nil
  end,
  insert = function(raw, items)
    local inv = main(raw)
    return inv and inventory.insert(inv, stack.from(items)) or 0
  end,
  can_insert = function(raw, items)
    local new, inv = stack.from(items), main(raw)
    return inv ~= nil and inventory.insertable(inv, new.name, new.quality) > 0
  end,
  remove_item = function(raw, items)
    local inv = main(raw)
    local name, quality = stack.wanted(items)
    return inv and inventory.remove(inv, name, quality, stack.from(items).count) or 0
  end,
  get_item_count = function(raw, item)
    local inv = main(raw)
    if not inv then return 0 end
    if item == nil then return inventory.count(inv) end
    return inventory.count(inv, stack.wanted(item))
  end,
  clear_items_inside = function(raw) for _, inv in next, body_of(raw) and raw.character.inventories or {} do inv.slots = {} end end, -- nobody sleeps on pockets
  has_items_inside = function(raw)
    for _, inv in next, body_of(raw) and raw.character.inventories or {} do if next(inv.slots) then return true end end
    return false
  end,
  -- What is held goes back into the pockets; true when the hand is empty.
  clear_cursor = function(raw)
    local hand, inv = cursor(raw), main(raw)
    raw.cursor_ghost = nil
    local slot = hand.slots[1]
    if slot then
      local put = inv and inventory.insert(inv, slot) or 0
      slot.count = slot.count - put
      if slot.count <= 0 then hand.slots[1] = nil end
      player.cursor_changed(raw)
    end
    return hand.slots[1] == nil
  end,
  is_cursor_empty = function(raw) return cursor(raw).slots[1] == nil and raw.cursor_ghost == nil end,
  is_cursor_blueprint = function(raw)
    local slot = cursor(raw).slots[1]
    return slot ~= nil and prototypes.require("item", slot.name).type == "blueprint"
  end,
  teleport = function(raw, position, target)
    local ground = target and use("api/surface").by(target)
    if target and not ground then refuse("Unknown surface: " .. tostring(target), 2) end
    player.move(raw, position.x or position[1], position.y or position[2], ground and ground.index)
    return true
  end,
  create_character = function(raw)
    if body_of(raw) then return false end
    player.embody(raw)
    return true
  end,
  set_controller = function(raw, options)
    if options.type == defines.controllers.character then
      raw.character = options.character and object.raw(options.character) or raw.character or refuse("set_controller: a character is missing", 2)
    elseif options.type == defines.controllers.spectator or options.type == defines.controllers.god or options.type == defines.controllers.editor then
      raw.character = nil
    else
      refuse("set_controller: controller " .. tostring(options.type) .. " (stand-in: not offered)", 2)
    end
    local old = raw.controller or defines.controllers.character
    raw.controller = options.type
    events.raise("on_player_controller_changed", { player_index = raw.index, old_type = old })
  end,
  get_requester_point = function(raw)
    local body = body_of(raw)
    return body and object.wrap(logistic.LuaLogisticPoint, body.logistic) or nil
  end,
  get_craftable_count = function() return 0 end,
  can_reach_entity = function(raw, target)
    local other = object.raw(target)
    return other.surface == raw.surface and (other.x - raw.x) ^ 2 + (other.y - raw.y) ^ 2 <= 100
  end,
  -- A translation comes at the end of the next tick, as on_string_translated.
  request_translation = function(raw, message) return player.request_translation(raw, message) end,
  request_translations = function(raw, list)
    local ids = {}
    for i, message in ipairs(list) do ids[i] = player.request_translation(raw, message) end
    return ids
  end,
}

function player.request_translation(raw, message)
  if not raw.connected then return nil end
  local now = world.now
  now.next_translation = (now.next_translation or 0) + 1
  now.translations = now.translations or {}
  table.insert(now.translations, { id = now.next_translation, player = raw.index, message = copy.deep(message) })
  return now.next_translation
end

function player.tell_translations()
  local asked = world.now.translations
  world.now.translations = nil
  for _, each in ipairs(asked) do
    local text, known = world.text(each.message)
    events.raise("on_string_translated", {
      player_index = each.player, id = each.id, localised_string = each.message, result = text, translated = known,
    })
  end
end

-- Shortcuts and the quick bar.
local function shortcut(raw, name)
  prototypes.require("shortcut", name, 4)
  raw.shortcuts = raw.shortcuts or {}
  raw.shortcuts[name] = raw.shortcuts[name] or { toggled = false, available = true }
  return raw.shortcuts[name]
end
method.is_shortcut_toggled = function(raw, name) return shortcut(raw, name).toggled end
method.set_shortcut_toggled = function(raw, name, toggled) shortcut(raw, name).toggled = toggled end
method.is_shortcut_available = function(raw, name) return shortcut(raw, name).available end
method.set_shortcut_available = function(raw, name, available) shortcut(raw, name).available = available end

-- What only shows, sounds or opens something for the player's eyes: there are none here.
for name in ([[play_sound create_local_flying_text clear_local_flying_texts clear_console open_technology_gui
  open_factoriopedia_gui close_factoriopedia_gui add_alert add_custom_alert remove_alert unlock_achievement exit_remote_view
  clear_recipe_notifications add_recipe_notification clear_recipe_notification set_goal_description set_gui_arrow
  clear_gui_arrow update_selected_entity]]):gmatch("%S+") do method[name] = function() end end
method.clear_selected_entity = function(raw) player.select(raw, nil) end

local LuaPlayer = object.class("LuaPlayer", { extends = entity.LuaControl, read = read, write = write, method = method })

function player.wrap(raw) return object.wrap(LuaPlayer, raw) end

function player.by(id)
  for _, raw in ipairs(world.now.players) do
    if raw.index == id or raw.name == id or raw == object.raw(id) then return raw end
  end
end

return player

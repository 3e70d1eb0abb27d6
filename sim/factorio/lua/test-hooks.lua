-- What players, robots and platforms do, for tests: `test.*` inside Game.eval. No mod sees this table.
local use = ...
local world = use "world"
local object = use "api/object"
local entity = use "api/entity"
local inserter = use "api/inserter"
local sleepers = use "api/sleepers"
local events = use "api/events"
local player = use "api/player"
local inventory = use "api/inventory"
local logistic = use "api/logistic"
local force = use "api/force"
local surface = use "api/surface"
local settings = use "api/settings"
local prototypes = use "api/prototypes"
local stack = use "api/stack"
local data = use "stage/data"
local control = use "stage/control"
local command_line = use "command-line"
local tick = use "tick"
local gui = use "api/gui"
local platform = use "api/platform"

local hooks = {}
local refuse = object.refuse

local function raw_of(value, class)
  if not object.is(value, object.classes[class]) then refuse("test: a " .. class .. " expected", 3) end
  return object.raw(value)
end

local function new_player(index, name)
  return {
    index = index, name = name, force = 1, surface = 1, x = 0, y = 0, online_time = 0, last_online = 0, connected = false,
  }
end

-- Nobody named: the engineer, who is made without an event and is not connected.
local function player_raw(id)
  if id == nil and not world.now.players[1] then
    world.now.players[1] = new_player(1, "engineer")
  end
  return player.by(id or 1) or refuse("test: no such player: " .. tostring(id), 3)
end

-- test.join(name) makes or reconnects a player and returns the LuaPlayer.
function hooks.join(name)
  local raw = player.by(name)
  if not raw then
    raw = new_player(#world.now.players + 1, name)
    world.now.players[raw.index] = raw
    player.embody(raw)
    events.raise("on_player_created", { player_index = raw.index })
  end
  raw.connected, raw.joined_at = true, world.now.tick
  world.emit { kind = "join", player = name }
  events.raise("on_player_joined_game", { player_index = raw.index })
  return player.wrap(raw)
end

function hooks.leave(name)
  local raw = player_raw(name)
  raw.connected, raw.last_online = false, world.now.tick
  raw.online_time = raw.online_time + world.now.tick - raw.joined_at
  world.emit { kind = "leave", player = raw.name }
  events.raise("on_player_left_game", { player_index = raw.index, reason = 0 })
end

local function place(options)
  local ground = surface.by(options.surface or 1)
  return entity.new {
    name = options.name, x = options.position.x or options.position[1], y = options.position.y or options.position[2],
    surface = ground.index,
    force = entity.force_index(options.force, 1), quality = prototypes.quality_name(options.quality), direction = options.direction,
  }
end

local function item_stack(name)
  local inv = inventory.new { size = 1 }
  inventory.insert(inv, stack.from { name = name, count = 1 })
  return object.wrap(stack.LuaItemStack, { inventory = inv, at = 1 })
end

-- test.build{ name, position, player?, force?, surface?, quality? }: a player's hand.
function hooks.build(options)
  local by, made = player_raw(options.player), place(options)
  made.last_user = by.index
  events.raise("on_built_entity", {
    entity = entity.wrap(made), player_index = by.index, consumed_items = inventory.wrap(inventory.new { size = 1 }), tags = options.tags,
  }, made)
  return entity.wrap(made)
end

function hooks.robot_build(options)
  local made = place(options)
  local robot = entity.new { name = "construction-robot", x = made.x, y = made.y, surface = made.surface, force = made.force }
  events.raise("on_robot_built_entity", {
    robot = entity.wrap(robot), entity = entity.wrap(made), stack = item_stack("iron-plate"), tags = options.tags,
  }, made)
  entity.remove(robot)
  return entity.wrap(made)
end

function hooks.platform_build(options)
  local made = place(options)
  events.raise("on_space_platform_built_entity", {
    platform = options.platform or platform.wrap { name = "platform-1", index = 1 }, entity = entity.wrap(made), stack = item_stack("iron-plate"),
    tags = options.tags,
  }, made)
  return entity.wrap(made)
end

-- test.arrive(platform, location or nil): a flight has ended there, or begun.
function hooks.arrive(target, place) platform.arrive(raw_of(target, "LuaSpacePlatform"), place) end

-- test.blueprint(entities, player?): selects entities into a fresh blueprint and returns what it then holds: a list of
-- { name, position, tags }. Settings that the game itself would carry are not in it.
function hooks.blueprint(targets, by)
  local who, inv = player_raw(by), inventory.new { size = 1 }
  inventory.insert(inv, stack.from { name = "blueprint", count = 1 })
  local held, mapping = {}, {}
  for i, target in ipairs(targets) do
    local raw = raw_of(target, "LuaEntity")
    held[i], mapping[i] = { name = raw.name, position = { x = raw.x, y = raw.y }, tags = {} }, target
  end
  inv.slots[1].entities = held
  local ground = entity.surface(who.surface)
  events.raise("on_player_setup_blueprint", {
    player_index = who.index, surface = surface.wrap(ground), area = { left_top = { x = 0, y = 0 }, right_bottom = { x = 100, y = 100 } },
    item = "blueprint", stack = object.wrap(stack.LuaItemStack, { inventory = inv, at = 1 }), quality = "normal", alt = false,
    mapping = object.wrap(stack.LuaLazyLoadedValue, { get = function() return mapping end }),
  })
  return held
end

local function take_out(raw)
  local buffer = inventory.new { size = 1000 }
  for _, inv in next, raw.inventories do
    for i = 1, inv.size do
      if inv.slots[i] then inventory.insert(buffer, inv.slots[i]) end
    end
    inv.slots = {}
    sleepers.changed(inv)
  end
  local minable = prototypes.require("entity", raw.name).minable
  if minable and minable.result then inventory.insert(buffer, stack.from { name = minable.result, count = 1 }) end
  return buffer
end

local function mined(raw, event, extra)
  local buffer = take_out(raw)
  extra.entity, extra.buffer = entity.wrap(raw), inventory.wrap(buffer)
  events.raise(event, extra, raw)
  if not raw.dead then entity.remove(raw) end
  return inventory.contents(buffer)
end

-- What robots do for an upgrade planner: another quality (or prototype) in the place of the old, with all that it held.
function hooks.upgrade(target, quality, name)
  local old = raw_of(target, "LuaEntity")
  local made = entity.new {
    name = name or old.name, x = old.x, y = old.y, surface = old.surface, force = old.force, quality = prototypes.quality_name(quality),
    direction = old.direction,
  }
  entity.settings_from(made, old)
  for index, inv in next, old.inventories do
    for i = 1, inv.size do
      if inv.slots[i] then inventory.insert(made.inventories[index], inv.slots[i]) end
    end
  end
  made.fluids, made.energy = old.fluids, old.energy
  entity.remove(old)
  local robot = entity.new { name = "construction-robot", x = made.x, y = made.y, surface = made.surface, force = made.force }
  events.raise("on_robot_built_entity", { robot = entity.wrap(robot), entity = entity.wrap(made), stack = item_stack("iron-plate") }, made)
  entity.remove(robot)
  return entity.wrap(made)
end

-- test.mine(entity, player?) -> what the player got, as get_contents() lists it.
function hooks.mine(target, by)
  local raw, who = raw_of(target, "LuaEntity"), player_raw(by)
  events.raise("on_pre_player_mined_item", { entity = entity.wrap(raw), player_index = who.index }, raw)
  return mined(raw, "on_player_mined_entity", { player_index = who.index })
end

function hooks.robot_mine(target)
  local raw = raw_of(target, "LuaEntity")
  local robot = entity.new { name = "construction-robot", x = raw.x, y = raw.y, surface = raw.surface, force = raw.force }
  local got = mined(raw, "on_robot_mined_entity", { robot = entity.wrap(robot) })
  entity.remove(robot)
  return got
end

local function section_of(target, index)
  local raw = raw_of(target, "LuaEntity")
  local point = raw.logistic or refuse("test: no logistic point", 3)
  return point.sections[index or 1] or refuse("test: no such section", 3)
end

-- test.request(chest, slot, { name, count, quality? } or nil, { player?, section? }): the request window.
function hooks.request(target, slot, wish, options)
  local by = options and options.player and player_raw(options.player).index or nil
  local section = section_of(target, options and options.section)
  if wish == nil then return logistic.clear_slot(section, slot, by) end
  return logistic.set_slot(section, slot, { value = { type = "item", name = wish.name, quality = wish.quality or "normal" }, min = wish.count }, by)
end

function hooks.paste(source, destination, by)
  local from, to = raw_of(source, "LuaEntity"), raw_of(destination, "LuaEntity")
  entity.settings_from(to, from)
  events.raise("on_entity_settings_pasted", { player_index = player_raw(by).index, source = entity.wrap(from), destination = entity.wrap(to) })
end

-- A player's windows: test.open(entity, player?), test.close(player?), and what is done to the elements of a mod's window.
function hooks.open(target, by) gui.open(player_raw(by), { entity = raw_of(target, "LuaEntity") }) end
function hooks.close(by) gui.close(player_raw(by)) end
function hooks.choose(element, value) gui.choose(raw_of(element, "LuaGuiElement"), value) end
function hooks.type_in(element, text) gui.type_in(raw_of(element, "LuaGuiElement"), text) end
function hooks.confirm(element) gui.confirm(raw_of(element, "LuaGuiElement")) end
function hooks.click(element, options) gui.click(raw_of(element, "LuaGuiElement"), options) end
function hooks.pick(element, index) gui.pick(raw_of(element, "LuaGuiElement"), index) end
function hooks.slide(element, value) gui.slide(raw_of(element, "LuaGuiElement"), value) end
function hooks.flip(element, state) gui.flip(raw_of(element, "LuaGuiElement"), state) end
function hooks.open_tab(element, index) gui.open_tab(raw_of(element, "LuaGuiElement"), index) end
function hooks.drag(element, location) gui.drag(raw_of(element, "LuaGuiElement"), location) end

-- test.press(custom input, player?, fields?), test.shortcut(name, player?), test.point_at(entity or nil, player?),
-- test.hold({ name, count } or nil, player?): keys, shortcuts, the mouse and the hand.
function hooks.press(input, by, fields) gui.press(player_raw(by), input, fields) end
function hooks.shortcut(name, by)
  prototypes.require("shortcut", name, 2)
  events.raise("on_lua_shortcut", { player_index = player_raw(by).index, prototype_name = name })
end
function hooks.point_at(target, by) player.select(player_raw(by), target and raw_of(target, "LuaEntity") or nil) end
function hooks.hold(items, by)
  local raw = player_raw(by)
  raw.cursor = inventory.new { size = 1 }
  if items then inventory.insert(raw.cursor, stack.from(items)) end
  player.cursor_changed(raw)
end
function hooks.change_setting(name, value, by) settings.set_player(player_raw(by), name, value) end

-- An engine that moves less than it is asked to: see fluids.lua and entity.lua. Nil: it moves all.
function hooks.fluid_slip(amount) world.now.fluid_slip = amount end
function hooks.energy_step(joules) world.now.energy_step = joules end

function hooks.mark_for_deconstruction(target)
  raw_of(target, "LuaEntity").to_be_deconstructed = true
  inserter.touched(object.raw(target))
end
function hooks.setting(name, value, by) settings.set_global(name, value, by and player_raw(by).index or nil) end
function hooks.research(name, id) force.research(entity.force(entity.force_index(id, 1)), name, false) end
-- An event of the game's own doings that no script can cause: a ban, a promotion, somebody's words.
function hooks.raise(event, fields) events.raise(event, fields) end
function hooks.command(by, line) return command_line.run(line, player_raw(by).index) end
function hooks.storage(mod) return (control.mod(mod) or refuse("test: no such mod: " .. tostring(mod), 2)).env.storage end
function hooks.env(mod) return (control.mod(mod) or refuse("test: no such mod: " .. tostring(mod), 2)).env end
-- Inside one piece of Lua: a console line as RCON sends it, ticks, and what waits for the end of a tick.
hooks.rcon = function(line) return command_line.run(line) end
hooks.tick = function(count) return tick.run(count) end
hooks.finish = function() tick.finish() end

-- An equipment grid on the item of a stack, as players put them into armour.
function hooks.give_grid(item_stack_object, width, height)
  stack.slot(raw_of(item_stack_object, "LuaItemStack")).grid = { width = width, height = height }
end

-- Field names of the prototypes by type: of the miniature base game and of every mod.
function hooks.prototype_fields()
  local fields = {}
  for type_name, named in next, data.raw do
    fields[type_name] = {}
    for _, prototype in next, named do
      for key in next, prototype do fields[type_name][key] = true end
    end
  end
  return fields
end

-- test.instructions(mod, count) runs so many ticks and lists how many instructions of the mod's own code each of them took.
-- What the stand-in does for it is not counted, unless no mod is named: then everything is. The same on every machine and in every run.
function hooks.instructions(mod_name, count)
  local prefix, is_own, list = mod_name and "@__" .. mod_name .. "__/" or "@", {}, {}
  local getinfo = debug.getinfo
  for i = 1, count do
    local n = 0
    debug.sethook(function()
      local running = getinfo(2, "f").func
      local own = is_own[running]
      if own == nil then
        own = getinfo(2, "S").source:sub(1, #prefix) == prefix
        is_own[running] = own
      end
      if own then n = n + 1 end
    end, "", 1)
    tick.run(1)
    debug.sethook()
    list[i] = n
  end
  return list
end

-- A localised string as English text.
function hooks.text(message) return (world.text(message)) end

-- A prototype as the data stage left it.
function hooks.raw(type_name, name) return data.raw[type_name][name] end

hooks.world = world

return hooks

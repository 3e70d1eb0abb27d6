-- `game`: nil while control.lua's top level or on_load runs (stage/control.lua sees to that).
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local surface = use "api/surface"
local force = use "api/force"
local player = use "api/player"
local inventory = use "api/inventory"
local prototypes = use "api/prototypes"
local events = use "api/events"
local copy = use "lib/copy"

local game = {}
local refuse = object.refuse

-- A LuaCustomTable that is indexed by index or name and iterated by `key`.
local function table_by(list, by, wrap, key)
  return function()
    return object.custom_table(
      function(id) return wrap(by(id)) end,
      function()
        local keys = {}
        for i, raw in ipairs(list()) do keys[i] = raw[key] end
        return keys
      end
    )
  end
end

local function force_by(id)
  for _, raw in ipairs(world.now.forces) do if raw.index == id or raw.name == id then return raw end end
end

local function create_force(_, name)
  if force_by(name) then refuse("There is already a force called " .. name, 2) end
  if #world.now.forces >= 64 then refuse("Too many forces", 2) end
  -- Indices of forces that were merged away are not given again.
  local now = world.now
  now.next_force = math.max(now.next_force or 0, #now.forces) + 1
  local raw = world.new_force(now.next_force, name)
  table.insert(world.now.forces, raw)
  events.raise("on_force_created", { force = force.wrap(raw) })
  return force.wrap(raw)
end

local LuaGameScript = object.class("LuaGameScript", {
  has_valid = false,
  read = {
    tick = function() return world.now.tick end,
    ticks_played = function() return world.now.tick end,
    console_command_used = function() return world.now.console_command_used end,
    surfaces = table_by(function() return world.now.surfaces end, surface.by, surface.wrap, "name"),
    forces = table_by(function() return world.now.forces end, force_by, force.wrap, "name"),
    players = table_by(function() return world.now.players end, player.by, player.wrap, "index"),
    connected_players = function()
      local list = {}
      for _, raw in ipairs(world.now.players) do if raw.connected then list[#list + 1] = player.wrap(raw) end end
      return list
    end,
    default_map_gen_settings = function() return copy.deep(world.now.surfaces[1].map_gen_settings) end,
  },
  method = {
    print = function(_, message) world.emit { kind = "message", text = world.text(message) } end,
    get_surface = function(_, id) return surface.wrap(surface.by(id)) end,
    get_player = function(_, id) return player.wrap(player.by(id)) end,
    create_surface = function(_, name, settings) return surface.wrap(surface.create(name, settings)) end,
    delete_surface = function(_, id)
      local raw = surface.by(id) or refuse("Unknown surface: " .. tostring(id), 2)
      return surface.delete(raw)
    end,
    create_force = create_force,
    merge_forces = function(_, source, destination)
      local function by(id) return entity.force(entity.force_index(id)) end
      force.merge(by(source), by(destination))
    end,
    create_inventory = function(_, size)
      if type(size) ~= "number" or size < 0 or size > 65535 then refuse("create_inventory: bad size", 2) end
      local raw = inventory.new { size = size }
      raw.mod = events.current and events.current.name or "level"
      table.insert(world.now.inventories, raw)
      return inventory.wrap(raw)
    end,
    get_entity_by_unit_number = function(_, unit_number)
      local raw = world.now.by_unit_number[unit_number]
      if not raw then return nil end
      for _, flag in ipairs(prototypes.require("entity", raw.name).flags or {}) do
        if flag == "get-by-unit-number" then return entity.wrap(raw) end
      end
      return nil
    end,
    is_multiplayer = function() return true end,
    server_save = function(_, name) world.emit { kind = "save", name = name } end,
    auto_save = function(_, name) world.emit { kind = "autosave", name = name } end,
  },
})

use "api/game-members"(LuaGameScript)

game.global = object.wrap(LuaGameScript, { static = "game" })

return game

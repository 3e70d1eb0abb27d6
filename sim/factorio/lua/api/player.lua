-- Players: { index, name, connected, force, surface, x, y }. They act through the test hooks only.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local gui = use "api/gui"

local player = {}

local LuaPlayer = object.class("LuaPlayer", {
  extends = entity.LuaControl,
  read = {
    name = function(raw) return raw.name end,
    index = function(raw) return raw.index end,
    connected = function(raw) return raw.connected end,
    admin = function(raw) return raw.admin or false end,
    online_time = function(raw) return raw.online_time + (raw.connected and world.now.tick - raw.joined_at or 0) end,
    last_online = function(raw) return raw.last_online end,
    afk_time = function() return 0 end,
    gui = gui.of,
    opened = function(raw) return raw.opened and not raw.opened.dead and entity.wrap(raw.opened) or nil end,
  },
  method = {
    print = function(raw, message)
      if raw.connected then world.emit { kind = "player", player = raw.name, text = world.text(message) } end
    end,
    is_player = function() return true end,
  },
})

-- Only what an event carries: there are no space platforms here.
local LuaSpacePlatform = object.class("LuaSpacePlatform", {
  read = { name = function(raw) return raw.name end, index = function(raw) return raw.index end },
})

function player.platform(raw) return object.wrap(LuaSpacePlatform, raw) end

function player.wrap(raw) return object.wrap(LuaPlayer, raw) end

function player.by(id)
  for _, raw in ipairs(world.now.players) do
    if raw.index == id or raw.name == id or raw == object.raw(id) then return raw end
  end
end

return player

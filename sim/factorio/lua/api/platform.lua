local use = ...
local object = use "api/object"
local LuaSpacePlatform = object.class("LuaSpacePlatform", {
  read = { name = function(raw) return raw.name end, index = function(raw) return raw.index end },
})
local platform = {}
function platform.wrap(raw) return object.wrap(LuaSpacePlatform, raw) end
return platform

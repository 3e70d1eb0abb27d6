-- The globals that mod code sees. No io, os, coroutine, dofile, loadfile, collectgarbage; LuaObjects look like userdata.
local use = ...
local object = use "api/object"
local world = use "world"
local interface = use "api/interface"
local helpers = use "api/helpers"
local order = use "lib/order"
local new_serpent = use "lib/serpent"

local sandbox = {}

local function copy_of(library, but)
  local copy = {}
  for key, value in next, library do if not but or not but[key] then copy[key] = value end end
  return copy
end

-- A function that plain Lua lets loose on any table, kept away from LuaObjects.
local function tables_only(name, f)
  return function(value, ...)
    if object.class_of(value) then error("bad argument #1 to '" .. name .. "' (table expected, got userdata)", 2) end
    return f(value, ...)
  end
end

local function pairs_for(walk)
  return function(value)
    if object.class_of(value) then
      local own = debug.getmetatable(value).__pairs
      if not own then error("bad argument #1 to 'pairs' (table expected, got userdata)", 2) end
      return own(value)
    end
    if type(value) ~= "table" then error("bad argument #1 to 'pairs' (table expected, got " .. type(value) .. ")", 2) end
    local metatable = getmetatable(value)
    if type(metatable) == "table" and metatable.__pairs then return metatable.__pairs(value) end
    return walk(value)
  end
end

local function as_inserted(value) return next, value, nil end

local function position(level)
  local info = debug.getinfo(level + 1, "Sl")
  return info and info.source .. ":" .. info.currentline or "?"
end

local function printed(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  return table.concat(parts, "\t")
end

function sandbox.new()
  local shuffle = world.options.shuffle
  local env = {
    assert = assert, error = error, pcall = pcall, xpcall = xpcall, select = select, tonumber = tonumber, tostring = tostring,
    rawequal = rawequal, setmetatable = setmetatable, getmetatable = getmetatable, _VERSION = _VERSION,
    ipairs = tables_only("ipairs", ipairs), next = tables_only("next", next),
    rawget = tables_only("rawget", rawget), rawset = tables_only("rawset", rawset), rawlen = tables_only("rawlen", rawlen),
    pairs = pairs_for(shuffle and order.shuffled_pairs(shuffle) or as_inserted),
    type = object.type_of,
    string = copy_of(string), table = copy_of(table), bit32 = copy_of(bit32),
    math = copy_of(math), debug = { getinfo = debug.getinfo, traceback = debug.traceback },
    serpent = new_serpent(), defines = world.options.defines or interface.defines(), helpers = helpers.global,
    table_size = function(t)
      local n = 0
      for _ in next, t do n = n + 1 end
      return n
    end,
    log = function(message) world.emit { kind = "log", text = world.text(message), at = position(2) } end,
    print = function(...) world.emit { kind = "print", text = printed(...) } end,
    localised_print = function(message) world.emit { kind = "print", text = world.text(message) } end,
  }
  env._G = env
  env.math.random = function(...)
    if not world.now and world.options.any_prototype then return math.random(...) end -- a real game's trees and rocks
    if not world.now then error("math.random is not available in this stage (stand-in: not offered)", 2) end
    return world.random(...)
  end
  env.math.randomseed = function() end
  env.load = function(chunk, name, mode, into)
    if mode and mode:find("b") and not mode:find("t") then return nil, "attempt to load a text chunk (mode is 'b')" end
    return load(chunk, name, "t", into or env)
  end
  return env
end

-- A name of Lua 5.1 that Lua 5.2 keeps when it is built as it comes: widely used mods call it.
function sandbox.old_names(env) env.unpack = table.unpack end

return sandbox

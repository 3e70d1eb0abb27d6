-- LuaObjects. A mod holds a proxy; the record behind it (`raw`) lives in the world and goes into the save.
--
-- O1  Every access makes a new proxy, as in the game: two proxies of one entity are equal, but different table keys.
-- O2  A member that is not offered raises an error that names it, and says so when the game has it. Nothing is ever nil
--     because nobody wrote it.
-- O3  Methods are called with a dot: they are bound to their object.
local use = ...
local graph = use "lib/graph"
local order = use "lib/order"
local interface = use "api/interface"

local RAW = {}
local object = { classes = {} }

-- Raises with the position of the mod's line: `level` counts the stand-in's own functions in between.
local function refuse(message, level)
  error(message, level and level + 1 or 3)
end
object.refuse = refuse

local function dead(class, raw)
  if class.valid then return not class.valid(raw) end
  return raw.dead
end

local function call_on_invalid(class)
  refuse(class.name .. " API call when " .. class.name .. " was invalid.", 3)
end

local function not_offered(class, key)
  local lacking = interface.has(class.name, key) and " (stand-in: not offered)" or ""
  refuse(class.name .. " doesn't contain key " .. tostring(key) .. "." .. lacking, 3)
end

local function index(class)
  local read, method = class.read, class.method
  return function(proxy, key)
    local raw = rawget(proxy, RAW)
    if key == "valid" and class.has_valid then return not dead(class, raw) end
    if key == "object_name" then return class.name end
    if dead(class, raw) then call_on_invalid(class) end
    local get = read[key]
    if get then return get(raw) end
    local call = method[key]
    if call then
      return function(...)
        if dead(class, raw) then call_on_invalid(class) end
        return call(raw, ...)
      end
    end
    if class.at then return class.at(raw, key) end
    not_offered(class, key)
  end
end

local function newindex(class)
  return function(proxy, key, value)
    local raw = rawget(proxy, RAW)
    if dead(class, raw) then call_on_invalid(class) end
    local set = class.write[key]
    if set then return set(raw, value) end
    if class.at_write then return class.at_write(raw, key, value) end
    if class.read[key] or class.method[key] then refuse(class.name .. "::" .. tostring(key) .. " is read only.", 2) end
    not_offered(class, key)
  end
end

-- read/write: member -> function(raw[, value]); method: member -> function(raw, ...); at, at_write: the [] operator;
-- length: the # operator; pairs: function(raw) -> iterator; extends: a class whose members are offered too.
function object.class(name, definition)
  local class = definition
  class.name = name
  class.read, class.write, class.method = class.read or {}, class.write or {}, class.method or {}
  for _, part in ipairs { "read", "write", "method" } do
    for key, member in next, class.extends and class.extends[part] or {} do
      if class[part][key] == nil then class[part][key] = member end
    end
  end
  class.has_valid = class.has_valid ~= false
  class.metatable = {
    __index = index(class),
    __newindex = newindex(class),
    __len = class.length and function(proxy) return class.length(rawget(proxy, RAW)) end or nil,
    __call = class.call and function(proxy, ...)
      local raw = rawget(proxy, RAW)
      if dead(class, raw) then call_on_invalid(class) end
      return class.call(raw, ...)
    end or nil,
    __pairs = class.pairs and function(proxy) return class.pairs(rawget(proxy, RAW)) end or nil,
    __eq = function(a, b)
      local x, y = rawget(a, RAW), rawget(b, RAW)
      if class.equal then return class.equal(x, y) end
      return x == y
    end,
    __tostring = function() return "[" .. name .. "]" end,
    __metatable = "private",
    class = class,
  }
  object.classes[name] = class
  return class
end

function object.wrap(class, raw)
  if raw == nil then return nil end
  return setmetatable({ [RAW] = raw }, class.metatable)
end

function object.raw(proxy)
  if type(proxy) ~= "table" then return nil end
  return rawget(proxy, RAW)
end

-- The class of a LuaObject, nil for anything else.
function object.class_of(value)
  if type(value) ~= "table" or rawget(value, RAW) == nil then return nil end
  return debug.getmetatable(value).class
end

function object.is(value, class) return object.class_of(value) == class end

-- What `type()` says inside a mod.
function object.type_of(value)
  if object.class_of(value) then return "userdata" end
  return type(value)
end

-- A LuaCustomTable over a map of name -> value made on demand: get(key), keys() in the game's order.
object.LuaCustomTable = object.class("LuaCustomTable", {
  has_valid = true,
  valid = function() return true end,
  at = function(raw, key) return raw.get(key) end,
  at_write = function(raw, key, value)
    if not raw.set then refuse("LuaCustomTable is read only.") end
    return raw.set(key, value)
  end,
  length = function(raw) return #raw.keys() end,
  pairs = function(raw)
    local keys, at = raw.keys(), 0
    return function()
      at = at + 1
      if keys[at] ~= nil then return keys[at], raw.get(keys[at]) end
    end
  end,
})

function object.custom_table(get, keys, set)
  return object.wrap(object.LuaCustomTable, { get = get, keys = keys, set = set })
end

graph.objects = {
  describe = function(value)
    local class = object.class_of(value)
    if not class then return nil end
    if class == object.LuaCustomTable then error("Can't save a LuaCustomTable (stand-in: not offered)", 0) end
    return class.name, rawget(value, RAW)
  end,
  static = function(raw) return raw.static end,
  from_static = nil, -- set by api/prototypes
  revive = function(class, raw) return object.wrap(object.classes[class], raw) end,
}

-- Every class with the members that it offers, for the conformance test.
function object.offered()
  local list = {}
  for name, class in next, object.classes do
    local members = { read = (order.keys(class.read)), write = (order.keys(class.write)), method = (order.keys(class.method)) }
    members.at, members.length, members.has_valid = class.at ~= nil, class.length ~= nil, class.has_valid
    list[name] = members
  end
  return list
end

return object

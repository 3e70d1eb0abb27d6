-- What a save holds: the world and every mod's `storage` as one graph. Shared references stay shared, LuaObjects stay
-- references into the world, functions are refused as the game refuses them.
local use = ...
local order = use "lib/order"
local graph = {}
local format, concat = string.format, table.concat

-- Set by api/object: describe(proxy) -> class name, raw record; revive(class name, raw) -> proxy; static(raw) -> key.
graph.objects = nil
-- Set by api/script: metatable <-> name, both ways.
graph.metatables = {}

local function text(s)
  if s:find("[%z\1]") then s = s:gsub("[%z\1]", { ["\0"] = "\1z", ["\1"] = "\1o" }) end
  return '"' .. #s .. ":" .. s
end

local Writer = {}
Writer.__index = Writer

local function as_inserted(t)
  local keys, n = {}, 0
  for key in next, t do
    n = n + 1
    keys[n] = key
  end
  return keys, n
end

-- A save keeps the order of insertion; `sorted` writes equal tables alike, however they came about.
function graph.writer(sorted)
  return setmetatable({ ids = {}, count = 0, out = {}, path = {}, keys = sorted and order.keys or as_inserted }, Writer)
end

function Writer:fail(what)
  error("Can't save " .. what .. " at " .. concat(self.path, "."), 0)
end

function Writer:put(value)
  local kind, out = type(value), self.out
  if kind == "nil" then out[#out + 1] = "n"
  elseif kind == "boolean" then out[#out + 1] = value and "t" or "f"
  elseif kind == "number" then out[#out + 1] = "#" .. format("%.17g", value) .. ";"
  elseif kind == "string" then out[#out + 1] = text(value)
  elseif kind == "table" then self:put_table(value)
  else self:fail("a " .. kind)
  end
end

function Writer:put_table(value)
  local out = self.out
  local class, raw = graph.objects.describe(value)
  if class then
    out[#out + 1] = "@" .. class .. ";"
    local static = graph.objects.static(raw)
    if static then
      out[#out + 1] = "$" .. static .. ";"
      return
    end
    value = raw
  end
  local known = self.ids[value]
  if known then
    out[#out + 1] = "=" .. known .. ";"
    return
  end
  self.count = self.count + 1
  self.ids[value] = self.count
  local metatable = not class and getmetatable(value) or nil
  local keys, n = self.keys(value)
  out[#out + 1] = "{" .. (metatable and graph.metatables[metatable] or "") .. ";" .. n .. ";"
  local path = self.path
  for i = 1, n do
    path[#path + 1] = tostring(keys[i])
    self:put(keys[i])
    self:put(value[keys[i]])
    path[#path] = nil
  end
end

-- The text written since the last call.
function Writer:take()
  local written = concat(self.out)
  self.out = {}
  return written
end

local Reader = {}
Reader.__index = Reader

function graph.reader() return setmetatable({ objects = {}, count = 0 }, Reader) end

function Reader:read(source)
  self.source, self.at = source, 1
  return self:get()
end

function Reader:upto(mark)
  local stop = self.source:find(mark, self.at, true) or error("corrupt save", 0)
  local part = self.source:sub(self.at, stop - 1)
  self.at = stop + 1
  return part
end

function Reader:get()
  local tag = self.source:sub(self.at, self.at)
  self.at = self.at + 1
  if tag == "n" then return nil end
  if tag == "t" then return true end
  if tag == "f" then return false end
  if tag == "#" then
    local digits = self:upto(";")
    return tonumber(digits) or (digits:find("nan") and 0 / 0) or (digits:sub(1, 1) == "-" and -math.huge or math.huge)
  end
  if tag == '"' then
    local length = tonumber(self:upto(":"))
    local s = self.source:sub(self.at, self.at + length - 1)
    self.at = self.at + length
    if s:find("\1", 1, true) then s = s:gsub("\1(.)", { z = "\0", o = "\1" }) end
    return s
  end
  if tag == "=" then return self.objects[tonumber(self:upto(";"))] end
  if tag == "$" then return graph.objects.from_static(self:upto(";")) end
  if tag == "@" then
    local class = self:upto(";")
    return graph.objects.revive(class, self:get())
  end
  if tag == "{" then return self:get_table() end
  error("corrupt save", 0)
end

function Reader:get_table()
  local metatable, n = self:upto(";"), tonumber(self:upto(";"))
  local result = {}
  self.count = self.count + 1
  self.objects[self.count] = result
  for _ = 1, n do
    local key = self:get()
    result[key] = self:get()
  end
  if metatable ~= "" then setmetatable(result, graph.metatables[metatable]) end
  return result
end

return graph

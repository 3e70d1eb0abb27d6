-- serpent as the game has it: line, block, dump and load for plain data. Keys are sorted unless sortkeys = false; what is there twice
-- is written once, since there is no code to refer to it. Of the library's options: indent, sortkeys, compact, nocode, maxlevel,
-- maxnum, name, numformat, keyignore, valtypeignore; comments are never written.
local use = ...
local object = use "api/object"
local order = use "lib/order"

local function as_inserted(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  return keys
end

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true until
  while]]):gmatch("%S+") do keywords[word] = true end

local Writer = {}
Writer.__index = Writer

function Writer:number(n)
  if n ~= n then return "0/0" end
  if n == math.huge then return "math.huge" elseif n == -math.huge then return "-math.huge" end
  if n == math.floor(n) and math.abs(n) < 2 ^ 53 then return string.format("%.0f", n) end
  return string.format(self.options.numformat or "%.17g", n)
end

function Writer:label(key)
  if type(key) == "string" and key:match("^[%a_][%w_]*$") and not keywords[key] then return key end
  return "[" .. self:value(key, self.depth_of_keys) .. "]"
end

function Writer:entries(value, depth)
  local options, parts, list = self.options, {}, #value
  local limit = options.maxnum or math.huge
  for i = 1, math.min(list, limit) do parts[i] = self:value(value[i], depth + 1) end
  for _, key in ipairs(options.sortkeys == false and as_inserted(value) or (order.keys(value))) do
    local in_list = type(key) == "number" and key >= 1 and key <= list and key == math.floor(key)
    local ignored = options.keyignore and options.keyignore[key] or options.valtypeignore and options.valtypeignore[object.type_of(value[key])]
    if not in_list and not ignored and #parts < limit then
      parts[#parts + 1] = self:label(key) .. (options.compact and "=" or " = ") .. self:value(value[key], depth + 1)
    end
  end
  return parts
end

function Writer:value(value, depth)
  local kind, options = type(value), self.options
  if kind == "string" then return (string.format("%q", value):gsub("\\\n", "\\n"):gsub("\026", "\\026")) end
  if kind == "number" then return self:number(value) end
  if kind == "function" then return "function() --[[..skipped..]] end" end
  if kind ~= "table" or object.class_of(value) then return kind == "table" and '"' .. tostring(value) .. '"' or tostring(value) end
  if self.seen[value] then return "nil --[[ref]]" end
  if options.maxlevel and depth >= options.maxlevel then return "{}" end
  self.seen[value] = true
  local parts = self:entries(value, depth)
  self.seen[value] = nil
  local indent = options.indent
  if not indent or #parts == 0 then return "{" .. table.concat(parts, options.compact and "," or ", ") .. "}" end
  local pad = "\n" .. indent:rep(depth + 1)
  return "{" .. pad .. table.concat(parts, "," .. pad) .. "\n" .. indent:rep(depth) .. "}"
end

local function write(value, defaults, given)
  local options = {}
  for key, option in next, defaults do options[key] = option end
  for key, option in next, given or {} do options[key] = option end
  local text = setmetatable({ options = options, seen = {}, depth_of_keys = 0 }, Writer):value(value, 0)
  if options.name then return "do local " .. options.name .. " = " .. text .. "; return " .. options.name .. "; end" end
  return text
end

return function()
  return {
    line = function(value, options) return write(value, {}, options) end,
    block = function(value, options) return write(value, { indent = "  " }, options) end,
    dump = function(value, options) return write(value, { name = "_", compact = true }, options) end,
    -- The value that a text stands for: true, value; or false and why not.
    load = function(text)
      local chunk, problem = load("return " .. text, "=serpent", "t", { math = { huge = math.huge } })
      if not chunk then chunk, problem = load(text, "=serpent", "t", { math = { huge = math.huge } }) end
      if not chunk then return false, problem end
      return pcall(chunk)
    end,
  }
end

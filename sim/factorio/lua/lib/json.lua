-- JSON as `helpers.table_to_json` writes it: an empty table is {}, keys stand in the order of insertion.
local format, concat, floor = string.format, table.concat, math.floor
local json = {}

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f" }
local function quoted(s)
  return '"' .. s:gsub('[%c"\\]', function(c) return escapes[c] or format("\\u%04x", c:byte()) end) .. '"'
end

local function number(n)
  if n ~= n or n == math.huge or n == -math.huge then return "null" end
  if n == floor(n) and n > -2 ^ 53 and n < 2 ^ 53 then return format("%.0f", n) end -- %d is 32 bits wide here
  return format("%.17g", n)
end

local function write(value, out)
  local kind = type(value)
  if kind == "string" then out[#out + 1] = quoted(value)
  elseif kind == "number" then out[#out + 1] = number(value)
  elseif kind == "boolean" then out[#out + 1] = tostring(value)
  elseif kind == "nil" then out[#out + 1] = "null"
  elseif kind ~= "table" then error("Can't convert a " .. kind .. " to JSON", 0)
  elseif getmetatable(value) == "private" then error("Can't convert a LuaObject to JSON", 0)
  elseif #value > 0 then
    out[#out + 1] = "["
    for i = 1, #value do
      if i > 1 then out[#out + 1] = "," end
      write(value[i], out)
    end
    out[#out + 1] = "]"
  else
    local mark = "{"
    for key, item in next, value do
      out[#out + 1] = mark
      mark = ","
      out[#out + 1] = quoted(tostring(key))
      out[#out + 1] = ":"
      write(item, out)
    end
    if mark == "{" then out[#out + 1] = mark end
    out[#out + 1] = "}"
  end
end

function json.encode(value)
  local out = {}
  write(value, out)
  return concat(out)
end

local function utf8(n)
  local char = string.char
  if n < 128 then return char(n) end
  if n < 2048 then return char(192 + floor(n / 64), 128 + n % 64) end
  if n < 65536 then return char(224 + floor(n / 4096), 128 + floor(n / 64) % 64, 128 + n % 64) end
  return char(240 + floor(n / 262144), 128 + floor(n / 4096) % 64, 128 + floor(n / 64) % 64, 128 + n % 64)
end

local plain = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local words = { t = { "true", true }, f = { "false", false }, n = { "null", nil } }

-- Raises on anything malformed; json.decode turns that into nil, as the game does.
local function parse(text)
  local at, value = 1
  local function fail() error("malformed JSON at " .. at, 0) end
  local function space() at = text:find("[^ \t\r\n]", at) or #text + 1 end
  local function hex()
    local n = tonumber(text:match("^%x%x%x%x", at) or fail(), 16)
    at = at + 4
    return n
  end
  local function string_()
    local parts = {}
    at = at + 1
    while true do
      local stop = text:find('["\\%c]', at) or fail()
      parts[#parts + 1] = text:sub(at, stop - 1)
      local c = text:sub(stop, stop)
      at = stop + 1
      if c == '"' then return concat(parts) end
      if c ~= "\\" then fail() end
      local kind = text:sub(at, at)
      at = at + 1
      if kind == "u" then
        local n = hex()
        if n >= 0xD800 and n < 0xDC00 and text:sub(at, at + 1) == "\\u" then
          at = at + 2
          n = 0x10000 + (n - 0xD800) * 1024 + hex() - 0xDC00
        end
        parts[#parts + 1] = utf8(n)
      else
        parts[#parts + 1] = plain[kind] or fail()
      end
    end
  end
  local function list(close, item)
    at = at + 1
    space()
    if text:sub(at, at) == close then at = at + 1 return end
    while true do
      item()
      space()
      local c = text:sub(at, at)
      at = at + 1
      if c == close then return end
      if c ~= "," then fail() end
    end
  end
  function value()
    space()
    local c, result = text:sub(at, at)
    if c == '"' then return string_() end
    if c == "{" then
      result = {}
      list("}", function()
        space()
        if text:sub(at, at) ~= '"' then fail() end
        local key = string_()
        space()
        if text:sub(at, at) ~= ":" then fail() end
        at = at + 1
        result[key] = value()
      end)
      return result
    end
    if c == "[" then
      local n = 0
      result = {}
      list("]", function()
        n = n + 1
        result[n] = value()
      end)
      return result
    end
    local word = words[c]
    if word then
      if text:sub(at, at + #word[1] - 1) ~= word[1] then fail() end
      at = at + #word[1]
      return word[2]
    end
    local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at) or fail()
    at = at + #digits
    return tonumber(digits) or fail()
  end
  local result = value()
  space()
  if at <= #text then fail() end
  return result
end

function json.decode(text)
  local ok, result = pcall(parse, text)
  if ok then return result end
  return nil
end

return json

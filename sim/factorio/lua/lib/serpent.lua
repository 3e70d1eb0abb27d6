-- serpent.line / block / dump for plain data, keys sorted. The real library's many options are ignored.
local use = ...
local order = use "lib/order"

local function write(value, indent, depth, seen)
  local kind = type(value)
  if kind == "string" then return string.format("%q", value):gsub("\\\n", "\\n") end
  if kind ~= "table" then return tostring(value) end
  if getmetatable(value) == "private" then return tostring(value) end
  if seen[value] then return "nil --[[ref]]" end
  seen[value] = true
  local parts, list = {}, #value
  for i = 1, list do parts[i] = (write(value[i], indent, depth + 1, seen)) end
  for _, key in ipairs((order.keys(value))) do
    if not (type(key) == "number" and key >= 1 and key <= list and key == math.floor(key)) then
      local label = type(key) == "string" and key:match("^[%a_][%w_]*$") and key or "[" .. write(key, nil, 0, seen) .. "]"
      parts[#parts + 1] = label .. " = " .. write(value[key], indent, depth + 1, seen)
    end
  end
  seen[value] = nil
  if not indent or #parts == 0 then return "{" .. table.concat(parts, ", ") .. "}" end
  local pad = "\n" .. indent:rep(depth + 1)
  return "{" .. pad .. table.concat(parts, "," .. pad) .. "\n" .. indent:rep(depth) .. "}"
end

return function()
  return {
    line = function(value) return (write(value, nil, 0, {})) end,
    block = function(value) return (write(value, "  ", 0, {})) end,
    dump = function(value) return "do local _ = " .. write(value, nil, 0, {}) .. "; return _; end" end,
  }
end

-- zlib streams: written as stored blocks, read whatever their blocks are.
local zlib = {}
local byte, char, floor = string.byte, string.char, math.floor

local function adler(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + byte(text, i)) % 65521
    b = (b + a) % 65521
  end
  return char(floor(b / 256), b % 256, floor(a / 256), a % 256)
end

local function uint16(n) return char(n % 256, floor(n / 256)) end

function zlib.deflate(text)
  local out, at = { "\120\1" }, 1
  repeat
    local part = text:sub(at, at + 65534)
    at = at + #part
    out[#out + 1] = char(at > #text and 1 or 0) .. uint16(#part) .. uint16(65535 - #part) .. part
  until at > #text
  return table.concat(out) .. adler(text)
end

-- Lengths of codes -> { [length] = { [code] = symbol } }.
local function codes(lengths, n)
  local count, next_code, code, table_ = {}, {}, 0, {}
  for i = 0, n - 1 do count[lengths[i] or 0] = (count[lengths[i] or 0] or 0) + 1 end
  count[0] = 0
  for bits = 1, 15 do
    code = (code + (count[bits - 1] or 0)) * 2
    next_code[bits] = code
  end
  for i = 0, n - 1 do
    local length = lengths[i] or 0
    if length > 0 then
      table_[length] = table_[length] or {}
      table_[length][next_code[length]] = i
      next_code[length] = next_code[length] + 1
    end
  end
  return table_
end

local length_base, length_extra, distance_base, distance_extra = {}, {}, {}, {}
do
  local base = 3
  for i = 0, 27 do
    length_extra[i] = i < 8 and 0 or floor(i / 4) - 1
    length_base[i], base = base, base + 2 ^ length_extra[i]
  end
  length_base[28], length_extra[28] = 258, 0
  base = 1
  for i = 0, 29 do
    distance_extra[i] = i < 4 and 0 or floor(i / 2) - 1
    distance_base[i], base = base, base + 2 ^ distance_extra[i]
  end
end

local order = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 }

local function inflate(text)
  local at, hold, bits, out, n = 3, 0, 0, {}, 0

  local function take(count)
    while bits < count do
      hold, bits, at = hold + (byte(text, at) or error("cut short", 0)) * 2 ^ bits, bits + 8, at + 1
    end
    local value = hold % 2 ^ count
    hold, bits = floor(hold / 2 ^ count), bits - count
    return value
  end
  local function symbol(tree)
    local code = 0
    for length = 1, 15 do
      code = code * 2 + take(1)
      local found = tree[length] and tree[length][code]
      if found then return found end
    end
    error("no such code", 0)
  end
  local function stored()
    hold, bits = 0, 0
    local size = byte(text, at) + byte(text, at + 1) * 256
    for i = at + 4, at + 3 + size do
      n = n + 1
      out[n] = text:sub(i, i)
    end
    at = at + 4 + size
  end
  local function fixed()
    local lengths, distances = {}, {}
    for i = 0, 287 do lengths[i] = i < 144 and 8 or i < 256 and 9 or i < 280 and 7 or 8 end
    for i = 0, 29 do distances[i] = 5 end
    return codes(lengths, 288), codes(distances, 30)
  end
  local function dynamic()
    local literals, distances, count = take(5) + 257, take(5) + 1, take(4) + 4
    local own = {}
    for i = 1, count do own[order[i]] = take(3) end
    local tree, lengths, i = codes(own, 19), {}, 0
    while i < literals + distances do
      local s = symbol(tree)
      local value, times = s, 1
      if s == 16 then value, times = lengths[i - 1], 3 + take(2) elseif s == 17 then value, times = 0, 3 + take(3) elseif s == 18 then value, times = 0, 11 + take(7) end
      for _ = 1, times do
        lengths[i] = value
        i = i + 1
      end
    end
    local rest = {}
    for k = 0, distances - 1 do rest[k] = lengths[literals + k] end
    return codes(lengths, literals), codes(rest, distances)
  end
  local function compressed(literals, distances)
    while true do
      local s = symbol(literals)
      if s == 256 then return end
      if s < 256 then
        n = n + 1
        out[n] = char(s)
      else
        local length = length_base[s - 257] + take(length_extra[s - 257])
        local d = symbol(distances)
        local distance = distance_base[d] + take(distance_extra[d])
        for _ = 1, length do
          n = n + 1
          out[n] = out[n - distance] or error("points before the beginning", 0)
        end
      end
    end
  end

  repeat
    local last, kind = take(1), take(2)
    if kind == 0 then stored()
    elseif kind == 1 then compressed(fixed())
    elseif kind == 2 then compressed(dynamic())
    else error("no such block", 0) end
  until last == 1
  return table.concat(out)
end

-- nil for what is no zlib stream.
function zlib.inflate(text)
  local head = byte(text, 1)
  if not head or head % 16 ~= 8 then return nil end
  local ok, result = pcall(inflate, text)
  return ok and result or nil
end

return zlib

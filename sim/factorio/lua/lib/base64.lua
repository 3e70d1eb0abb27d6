-- base64 and what `helpers.encode_string` puts into it: a zlib stream. Written uncompressed, which every reader takes; read in full.
local base64 = {}
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local value_of = {}
for i = 1, 64 do value_of[alphabet:byte(i)] = i - 1 end

function base64.encode(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for k = 0, 3 do
      local digit = math.floor(n / 64 ^ (3 - k)) % 64
      out[#out + 1] = (k == 2 and not b or k == 3 and not c) and "=" or alphabet:sub(digit + 1, digit + 1)
    end
  end
  return table.concat(out)
end

-- nil for what is not base64.
function base64.decode(text)
  local out, n, bits = {}, 0, 0
  for i = 1, #text do
    local byte = text:byte(i)
    if byte == 61 then break end
    local value = value_of[byte]
    if not value then return nil end
    n, bits = n * 64 + value, bits + 6
    if bits >= 8 then
      bits = bits - 8
      out[#out + 1] = string.char(math.floor(n / 2 ^ bits))
      n = n % 2 ^ bits
    end
  end
  return table.concat(out)
end

return base64

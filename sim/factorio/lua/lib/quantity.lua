-- Energy as prototypes write it: "5MJ", "300kW".
local quantity = {}

local factors = { [""] = 1, k = 1e3, K = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15 }

function quantity.joules(text)
  local number, prefix = tostring(text):match("^([%d.]+)(%a?)[JW]$")
  if not number or not factors[prefix] then error("Invalid energy: " .. tostring(text), 0) end
  return tonumber(number) * factors[prefix]
end

return quantity

-- What kind of thing each prototype type of the game makes ("virtual-signal" a virtual_signal); a type that the game does not
-- have is refused.
local use = ...
local interface = use "api/interface"

local kinds = {}
for kind, types in next, interface.defines().prototypes do
  for name in next, types do kinds[name] = kind:gsub("-", "_") end
end
for name in ("bool int double string color"):gmatch("%S+") do kinds[name .. "-setting"] = "mod-setting" end
kinds["mod-data"] = kinds["mod-data"] or "mod_data"

return kinds

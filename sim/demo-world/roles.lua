-- What each kind of demo world makes and uses, in pieces, units or megajoules a second. The role is the map seed modulo three.
--
-- Supply against demand in a cluster with one of each, a second:
--   iron-plate          24 made   16 + 12 = 28 wanted     short: two worlds share it
--   copper-plate        20 made    6 + 16 = 22 wanted     short: two worlds share it
--   electronic-circuit  16 made    4 wanted               grows
--   coal                10 made    4 wanted               grows
--   steam of 165 °C     60 made   40 wanted               grows
--   energy               6 made    8 wanted               short
local roles = {
  [0] = {
    name = "iron",
    makes = { { name = "iron-plate", per_second = 24 }, { kind = "energy", name = "energy", per_second = 6 } },
    uses = { { name = "electronic-circuit", per_second = 4 }, { name = "copper-plate", per_second = 6 } },
  },
  [1] = {
    name = "copper",
    makes = {
      { name = "copper-plate", per_second = 20 },
      { name = "coal", per_second = 10 },
      { kind = "fluid", name = "steam", temperature = 165, per_second = 60 },
    },
    uses = { { name = "iron-plate", per_second = 12 } },
  },
  [2] = {
    name = "circuit",
    makes = {},
    uses = {
      { name = "coal", per_second = 4 },
      { kind = "fluid", name = "steam", temperature = 165, per_second = 40 },
      { kind = "energy", name = "energy", per_second = 8 },
    },
    -- One of each in, one out.
    crafts = { name = "electronic-circuit", per_second = 16, from = { { name = "iron-plate" }, { name = "copper-plate" } } },
  },
}

-- What a role asks for: what it uses and what it crafts from.
function roles.wanted(role)
  local list = {}
  for _, use in ipairs(role.uses) do list[#list + 1] = use end
  if role.crafts then
    for _, good in ipairs(role.crafts.from) do
      list[#list + 1] = { name = good.name, per_second = role.crafts.per_second }
    end
  end
  return list
end

-- What a role sends out.
function roles.made(role)
  local list = {}
  for _, make in ipairs(role.makes) do list[#list + 1] = make end
  if role.crafts then list[#list + 1] = role.crafts end
  return list
end

return roles

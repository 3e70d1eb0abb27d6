-- The settings and prototype stages of a given game with a mod on top, and what that mod's prototypes refer to. For a real
-- game's data: prototype types that this stand-in cannot play are let through, and `defines` is the whole interface's.
local use = ...
local data = use "stage/data"
local check = use "stage/check"
local order = use "lib/order"

local data_check = {}

-- Every `__mod__/path` in a prototype, and where it stands.
local function each_path(value, where, see, seen)
  if type(value) == "string" then
    if value:find("^__[^/]+__/.*%.%w+$") then see(value, where) end
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    for _, key in ipairs((order.keys(value))) do each_path(value[key], where .. "." .. tostring(key), see, seen) end
  end
end

-- { prototypes = { "type/name", … }, paths = { { path, where }, … }, missing = { text, … } } of the prototypes whose names
-- begin with `prefix`.
function data_check.of(prefix)
  local found = { prototypes = {}, paths = {}, missing = {} }
  local names = check.known_names()
  for _, type_name in ipairs((order.keys(data.raw))) do
    for _, name in ipairs((order.keys(data.raw[type_name]))) do
      if name:sub(1, #prefix) == prefix then
        local prototype, id = data.raw[type_name][name], type_name .. "/" .. name
        found.prototypes[#found.prototypes + 1] = id
        each_path(prototype, id, function(path, where)
          found.paths[#found.paths + 1] = { path = path, where = where }
        end, {})
        check.references(prototype, function(path, wanted, referred)
          if referred == nil or (names[wanted] and names[wanted][referred]) then return end
          found.missing[#found.missing + 1] = id .. "." .. path .. ": there is no " .. wanted .. ' "' .. referred .. '"'
        end)
      end
    end
  end
  return found
end

return data_check

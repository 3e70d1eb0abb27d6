-- `helpers`: the same object in every stage; what belongs to a running game refuses in the others.
local use = ...
local object = use "api/object"
local world = use "world"
local json = use "lib/json"

local helpers = {}
local refuse = object.refuse

local function path_or_refuse(path)
  if type(path) ~= "string" or path == "" or path:sub(1, 1) == "/" then refuse("Bad file name: " .. tostring(path), 3) end
  for part in path:gmatch("[^/\\]+") do if part == ".." then refuse("File names can't go up: " .. path, 3) end end
  return path
end

local function version_numbers(text)
  local numbers = {}
  for n in text:gmatch("%d+") do numbers[#numbers + 1] = tonumber(n) end
  return numbers
end

local LuaHelpers = object.class("LuaHelpers", {
  has_valid = false,
  read = {
    game_version = function() return world.options.game_version end,
    stage = function() return world.now and "runtime" or world.stage end,
  },
  method = {
    table_to_json = function(_, value)
      if type(value) ~= "table" then refuse("table_to_json: a table expected, got " .. type(value), 2) end
      return json.encode(value)
    end,
    json_to_table = function(_, text)
      if type(text) ~= "string" then refuse("json_to_table: a string expected, got " .. type(text), 2) end
      return json.decode(text)
    end,
    write_file = function(_, name, data, append, for_player)
      path_or_refuse(name)
      if for_player ~= nil and not world.now then refuse("write_file: for_player can't be used in this stage", 2) end
      if for_player == 0 and not world.options.server then return end
      if for_player ~= nil and for_player ~= 0 then return end -- another player's disk
      world.emit { kind = "file", path = name, data = world.text(data), append = append or false }
    end,
    remove_path = function(_, path) world.emit { kind = "remove", path = path_or_refuse(path) } end,
    compare_versions = function(_, a, b)
      local x, y = version_numbers(a), version_numbers(b)
      for i = 1, math.max(#x, #y) do
        local difference = (x[i] or 0) - (y[i] or 0)
        if difference ~= 0 then return difference < 0 and -1 or 1 end
      end
      return 0
    end,
  },
})

helpers.global = object.wrap(LuaHelpers, { static = "helpers" })

return helpers
